import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heldPlan } from "../../test/support/judge/held-run.ts";
import type { Plan } from "../record/plan.ts";
import { schedule } from "./schedule.ts";

const of = (steps: readonly { atMs: number; forMs: number }[]): ReturnType<typeof schedule> => {
  const plan: Plan = {
    ...heldPlan(),
    leadInMs: 4_000,
    phasesMs: { baseline: 10_000, fault: 20_000, recovery: 30_000 },
    steps: steps.map((step) => ({ ...step, fault: { kind: "kill", service: "x" } })),
  };
  return schedule(plan);
};

describe("schedule", () => {
  it("puts phases in sequence and steps into the fault phase", () => {
    expect(
      of([{ atMs: 2_000, forMs: 5_000 }]).map(
        (action) =>
          `${action.atMs} ${action.kind} ${action.kind === "phase" ? action.phase : action.step}`,
      ),
    ).toEqual([
      "0 phase leadIn",
      "4000 phase baseline",
      "14000 phase fault",
      "16000 inject 0",
      "21000 heal 0",
      "34000 phase recovery",
      "64000 phase drain",
    ]);
  });

  it("heals before a phase ends and injects only after it has begun", () => {
    expect(of([{ atMs: 0, forMs: 20_000 }]).map((action) => action.kind)).toEqual([
      "phase",
      "phase",
      "phase",
      "inject",
      "heal",
      "phase",
      "phase",
    ]);
    expect(
      of([
        { atMs: 0, forMs: 5_000 },
        { atMs: 5_000, forMs: 1_000 },
      ])
        .map((action) => action.kind)
        .slice(3, 7),
    ).toEqual(["inject", "heal", "inject", "heal"]);
  });

  it("is in order, and heals each step once after its injection", () => {
    const step = fc.record({
      atMs: fc.nat({ max: 10_000 }),
      forMs: fc.integer({ min: 1, max: 10_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const actions = of(steps);
        expect(actions.map((action) => action.atMs)).toEqual(
          actions.map((action) => action.atMs).toSorted((a, b) => a - b),
        );
        for (const index of steps.keys()) {
          const own = actions.filter((action) => action.kind !== "phase" && action.step === index);
          expect(own.map((action) => action.kind)).toEqual(["inject", "heal"]);
        }
        const phase = (name: string): number =>
          actions.findIndex((action) => action.kind === "phase" && action.phase === name);
        const faults = actions.flatMap((action, at) => (action.kind === "phase" ? [] : [at]));
        expect(faults.every((at) => at > phase("fault") && at < phase("recovery"))).toBe(true);
      }),
    );
  });
});
