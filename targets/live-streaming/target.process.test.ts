/**
 * The whole target, deployed once for several tests in turn: it recovers from kills, keeps what it
 * acknowledged, and shows each fault. Tests that damage its store for good come after those that
 * read it.
 */
import { afterAll, beforeAll, describe } from "vitest";
import { skewSteps, testFaults } from "../../test/support/live-streaming/fault-suite.ts";
import { type Deployed, deployed } from "../../test/support/live-streaming/deployed.ts";
import { keepsWhatItAcknowledged } from "../../test/support/live-streaming/durability.ts";
import { testRecovery } from "../../test/support/live-streaming/recovery-suite.ts";

let target: Deployed;
beforeAll(async () => {
  target = await deployed({ steps: skewSteps });
});
afterAll(async () => {
  await target?.[Symbol.asyncDispose]();
});

describe("a killed service", () => testRecovery(() => target));
describe("an acknowledged segment", () => keepsWhatItAcknowledged(() => target));
describe("the reference target", () => testFaults(() => target));
