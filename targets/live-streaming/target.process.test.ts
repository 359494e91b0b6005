/**
 * The whole target, deployed once for several tests in turn: it recovers from kills, keeps what it
 * acknowledged, and shows each fault. Tests that damage its store for good come after those that
 * read it.
 */
import { afterAll, beforeAll, describe } from "vitest";
import { skewSteps, suffersFaults } from "../../test/support/live-streaming/suffers-faults.ts";
import { type Deployed, deployed } from "../../test/support/live-streaming/deployed.ts";
import { keepsWhatItAcknowledged } from "../../test/support/live-streaming/durability.ts";
import { comesBack } from "../../test/support/live-streaming/comes-back.ts";

let target: Deployed;
beforeAll(async () => {
  target = await deployed({ steps: skewSteps });
});
afterAll(async () => {
  await target?.[Symbol.asyncDispose]();
});

describe("a killed service", () => comesBack(() => target));
describe("an acknowledged segment", () => keepsWhatItAcknowledged(() => target));
describe("the reference target", () => suffersFaults(() => target));
