/**
 * The whole target, brought up once for all that can be asked of it in turn: that it comes back,
 * that it then has what it acknowledged, and that faults are felt. What damages its store for good
 * comes after what reads all of it.
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

describe("what is struck dead", () => comesBack(() => target));
describe("what was acknowledged", () => keepsWhatItAcknowledged(() => target));
describe("the reference target", () => suffersFaults(() => target));
