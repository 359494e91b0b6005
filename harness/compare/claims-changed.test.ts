import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  alarmsMost,
  alarmsOverClaims,
  sidesOfClaims,
} from "../../test/support/compare/false-alarms.ts";
import { claimOutcomes } from "./claims-changed.ts";
import { times } from "../../test/support/thorough.ts";

const pairs = times(40);

type Came = "held" | "refuted" | "inconclusive";
const finding = (status: Came, observed: number | null) => ({
  kind: "claim",
  id: "claim.served",
  title: "served",
  status,
  phase: "fault",
  observed,
  comparison: ">=",
  limit: 0.99,
  unit: "",
  samples: 1,
  why: "",
});
const verdict = (status: Came, observed: number | null = null) =>
  ({
    findings: [
      finding(status, observed),
      { ...finding("held", 1), kind: "evidence", id: "faults.landed", title: "landed" },
    ],
  }) as never;
const runs = (status: Came, count: number, observed: number | null = null) =>
  Array.from({ length: count }, () => verdict(status, observed));
const turnedOf = (a: never[], b: never[]) => claimOutcomes(a, b)[0]?.turned;

describe("changed claims", () => {
  const titled = (id: string, title: string) =>
    ({ findings: [{ ...finding("held", 1), id, title }] }) as never;

  it("are matched by id, and by title for records without ids", () => {
    const today = titled("claim.live-served", "Served");
    const rewritten = titled("claim.live-served", "Viewers are served");
    expect(claimOutcomes([today], [rewritten])).toHaveLength(1);
    expect(claimOutcomes([titled("claim.served", "Served")], [today])).toHaveLength(1);
    expect(claimOutcomes([titled("claim.other", "Other")], [today])).toHaveLength(2);
  });

  it("have counts and observed values", () => {
    expect(
      claimOutcomes(
        [verdict("held", 1), verdict("held", 0.995)],
        [verdict("held", 1), verdict("refuted", 0.9)],
      ),
    ).toEqual([
      expect.objectContaining({
        title: "served",
        changed: true,
        turned: null,
        tellable: false,
        chance: 1,
        a: { held: 2, refuted: 0, inconclusive: 0 },
        b: { held: 1, refuted: 1, inconclusive: 0 },
        observed: [
          [1, 0.995],
          [1, 0.9],
        ],
      }),
    ]);
  });

  it("have turned only if the counts cannot be chance", () => {
    expect(turnedOf(runs("held", 5), runs("refuted", 5))).toBe("worse");
    expect(turnedOf(runs("refuted", 6), runs("held", 6))).toBe("better");
    expect(turnedOf(runs("held", 3), [...runs("refuted", 1), ...runs("held", 9)])).toBeNull();
    expect(turnedOf(runs("inconclusive", 10), runs("refuted", 10))).toBeNull();
    expect(turnedOf(runs("held", 10), runs("inconclusive", 10))).toBeNull();
    expect(turnedOf(runs("held", 1), runs("refuted", 1))).toBeNull();
  });

  it("have turned with three runs a side if the observed values leave no doubt", () => {
    const observed = (status: Came, ...values: number[]) =>
      values.map((value) => verdict(status, value));
    expect(turnedOf(observed("held", 0.999, 1, 0.998), observed("refuted", 0.5, 0.49, 0.51))).toBe(
      "worse",
    );
    expect(
      turnedOf(observed("held", 0.999, 0.991, 0.995), observed("refuted", 0.989, 0.988, 0.98)),
    ).toBeNull();
  });

  it.each(sidesOfClaims)(
    "are called worse or better on an unchanged target in 5 %% at most: %i runs, refuted %f",
    (runs, refuted) => {
      expect(alarmsOverClaims(pairs, runs, refuted)).toBeLessThanOrEqual(alarmsMost(pairs));
    },
  );

  it("are mirrored if the sides are swapped", () => {
    const side = fc.array(
      fc.tuple(
        fc.constantFrom<Came>("held", "refuted", "inconclusive"),
        fc.double({ min: 0.1, max: 1, noNaN: true }),
      ),
      { minLength: 1, maxLength: 8 },
    );
    const mirror = { worse: "better", better: "worse" } as const;
    fc.assert(
      fc.property(side, side, (a, b) => {
        const [ofA, ofB] = [a, b].map((list) =>
          list.map(([status, value]) => verdict(status, value)),
        ) as [never[], never[]];
        const [there, back] = [claimOutcomes(ofA, ofB)[0], claimOutcomes(ofB, ofA)[0]];
        expect(there?.p).toBeCloseTo(back?.p ?? 2, 9);
        expect(there?.turned).toBe(back?.turned == null ? null : mirror[back.turned]);
        expect((there?.p ?? 2) >= 0 && (there?.p ?? 2) <= 1).toBe(true);
      }),
      { numRuns: times(8) },
    );
  }, 60_000);
});
