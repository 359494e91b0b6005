import { describe, expect, it } from "vitest";
import { times } from "../../test/support/thorough.ts";
import { trial, type Trial } from "../../test/support/simulated/trial.ts";

/** `benchmarks/simulate.ts` runs 2,000. */
const runs = times(300);

describe("whatever fails, at any time", () => {
  it(`${runs} seeded runs heal all faults, and claim only what they know`, async () => {
    const all: Trial[] = [];
    for (let seed = 1; seed <= runs; seed++) {
      const one = await trial(seed);
      expect(
        one.broken,
        `replay it: node_modules/.bin/node benchmarks/simulate.ts --seed ${seed}`,
      ).toEqual([]);
      all.push(one);
    }
    // Trials without any of these events would prove nothing.
    const count = (which: (one: Trial) => boolean): number => all.filter(which).length;
    expect(count((one) => one.crashed)).toBeGreaterThan(runs * 0.15);
    expect(count((one) => one.verdict.aborted !== null)).toBeGreaterThan(runs * 0.1);
    for (const status of ["held", "refuted", "inconclusive"] as const)
      expect(
        count((one) => one.verdict.status === status),
        status,
      ).toBeGreaterThan(runs * 0.02);
    for (const reason of ["user", "claim", "substrate", "internal"] as const)
      expect(
        count((one) => one.verdict.aborted?.reason === reason),
        reason,
      ).toBeGreaterThan(5);
  }, 240_000);
});
