import { describe, expect, it } from "vitest";
import { fakeClock, fakeService, injected } from "../../../test/support/faults/strike.ts";
import { inject } from "./inject.ts";

const fault = { kind: "clockSkew", byMs: 60_000 };

/** Its clock goes by so much, whatever is imposed on it. */
function skewed(byMs: () => number) {
  const clock = fakeClock();
  const undo = async () => ({ landed: true, observation: "" });
  const service = fakeService("a", {
    impair: async () => ({ observe: undo, undo }),
    operate: async () => new Date(Math.floor((clock.nowMs() + byMs()) / 1000) * 1000).toUTCString(),
  });
  return { fault, clock, services: [service] };
}

describe("a wrong clock", () => {
  it.each([
    [60_000, true],
    [57_000, false],
    [0, false],
    [-60_000, false],
  ])("is seen where it is %s ms off, or not", async (byMs, landed) => {
    const { evidence } = await injected(
      inject,
      skewed(() => byMs),
    );
    expect(evidence.landed, evidence.observation).toBe(landed);
  });

  it("is healed where the service tells the right time", async () => {
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
