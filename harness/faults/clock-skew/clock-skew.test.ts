import { describe, expect, it } from "vitest";
import { fakeClock, fakeService, injected } from "../../../test/support/faults/strike.ts";
import { inject } from "./inject.ts";

const fault = { kind: "clockSkew", byMs: 60_000 };

/** A fake service whose clock is off by `byMs`, whatever effect is imposed. */
function skewed(byMs: () => number) {
  const clock = fakeClock();
  const undo = async () => ({ landed: true, observation: "" });
  const service = fakeService("a", {
    impair: async () => ({ observe: undo, undo }),
    operate: async () => new Date(Math.floor((clock.nowMs() + byMs()) / 1000) * 1000).toUTCString(),
  });
  return { fault, clock, services: [service] };
}

describe("clock skew", () => {
  it.each([
    [60_000, true],
    [57_000, false],
    [0, false],
    [-60_000, false],
  ])("is verified against the service's own time, %s ms off", async (byMs, landed) => {
    const { evidence } = await injected(
      inject,
      skewed(() => byMs),
    );
    expect(evidence.landed, evidence.observation).toBe(landed);
  });

  it("is reverted once the service reports the right time", async () => {
    let byMs = 60_000;
    const { evidence, heal } = await injected(
      inject,
      skewed(() => byMs),
    );
    byMs = 0;
    expect(evidence.landed).toBe(true);
    expect(await heal()).toMatchObject({ landed: true });
    const stuck = await injected(
      inject,
      skewed(() => 60_000),
    );
    expect(await stuck.heal()).toMatchObject({ landed: false });
  });
});
