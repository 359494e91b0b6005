import { describe, expect, it } from "vitest";
import { arrivalsOf, arrivalsUntil, gracefulStopMsOf, stagesOf, tailMs } from "./arrivals.ts";
import { heldPlan } from "../../test/support/judge/held-run.ts";

const load = { ratePerSecond: { baseline: 2, fault: 8, recovery: 2 } };
const plan = {
  ...heldPlan(),
  substrate: "process" as const,
  leadInMs: 1_000,
  phasesMs: { baseline: 2_000, fault: 2_000, recovery: 2_000 },
};

describe("the arrivals of a load", () => {
  const stages = stagesOf(load, plan);

  it("follow the rate of their phase, including lead-in and tail", () => {
    const due = [...arrivalsOf(stages)];
    expect(due.slice(0, 3)).toEqual([500, 1_000, 1_500]);
    expect(due.filter((ms) => ms > 3_000 && ms <= 5_000)).toHaveLength(16);
    expect(due).toHaveLength(6 + 16 + (2 * (2_000 + tailMs)) / 1_000);
    expect(arrivalsUntil(stages, 3_000)).toBe(6);
    expect(arrivalsUntil(stages, 1e9)).toBe(due.length);
    expect(arrivalsUntil(stages, -5)).toBe(0);
  });

  it("continue their rhythm when the rate changes, as in k6", () => {
    const slow = stagesOf({ ratePerSecond: { baseline: 0.5, fault: 1, recovery: 0.5 } }, plan);
    // One and a half are due in the first three seconds, so the second one falls 0.5 s into the
    // fault.
    expect([...arrivalsOf(slow)].slice(0, 3)).toEqual([2_000, 3_500, 4_500]);
  });

  it("are rates that k6 supports, in tenths of an iteration per second", () => {
    expect(
      stagesOf({ ratePerSecond: { baseline: 1 / 3, fault: 0, recovery: 0.04 } }, plan).map(
        ({ perSecond }) => perSecond,
      ),
    ).toEqual([0.3, 0, 0]);
    expect(
      stagesOf(
        { ratePerSecond: { baseline: 250, fault: 1_000, recovery: 251 } },
        { ...plan, substrate: "simulated" },
      ).map(({ perSecond }) => perSecond),
    ).toEqual([250, 250, 125.5]);
  });

  it("follow the schedule of a replayed trace, to the last request", () => {
    const counts = [3, 0, 0, 70, 1, 0, 0, 0, 33];
    const replayed = stagesOf(
      {
        ...load,
        replay: { everyMs: 125, counts } as unknown as NonNullable<
          Parameters<typeof stagesOf>[0]["replay"]
        >,
      },
      plan,
    );
    expect(arrivalsUntil(replayed, 125)).toBe(3);
    expect(arrivalsUntil(replayed, 375)).toBe(3);
    expect(arrivalsUntil(replayed, 500)).toBe(73);
    expect(arrivalsUntil(replayed, 1e9)).toBe(107);
    expect([...arrivalsOf(replayed)]).toHaveLength(107);
  });

  it("may end later than the longest patience of a user", () => {
    expect(gracefulStopMsOf(heldPlan())).toBeGreaterThan(16_000 + 2_000);
  });
});
