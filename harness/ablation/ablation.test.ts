import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NamedClaim } from "../record/claim-ids.ts";
import { ablationOf, type AblationRun, cellOf } from "./ablation.ts";

/** Two claims with the same id are one claim, whatever their titles. */
const named = (...titles: readonly string[]): NamedClaim[] =>
  titles.map((title) => ({ id: `claim.${title.toLowerCase()}`, title }));

const run: AblationRun = {
  experiment: "storm",
  topology: "quick",
  without: null,
  status: "held",
  why: "all held",
  expected: [],
  refuted: [],
  doubts: [],
  attempts: 1,
  reused: false,
  seconds: 90,
  runId: "1",
  directory: "/1",
};
const control: AblationRun = {
  ...run,
  without: "collapsing",
  status: "refuted",
  why: "it broke",
  expected: named("GETs", "Served"),
  refuted: named("Served"),
};
const texts = (runs: readonly AblationRun[], unneeded: readonly string[] = []): string[] =>
  ablationOf(runs, unneeded).complaints.map(({ text }) => text);

describe("an ablation", () => {
  it("has no complaints if all hold, and each control is refuted as expected", () => {
    const { rows, complaints } = ablationOf(
      [run, control, { ...control, without: "msTtl", refuted: named("Served", "GETs") }],
      [],
    );
    expect(complaints).toEqual([]);
    expect(rows).toEqual([
      expect.objectContaining({
        experiment: "storm",
        whole: expect.objectContaining({ outcome: "held" }),
      }),
    ]);
    expect(rows[0]?.controls.map(({ outcome, as }) => [outcome, as])).toEqual([
      ["refuted", named("Served")],
      ["refuted", named("GETs", "Served")],
    ]);
  });

  it.each<[string, Partial<AblationRun>, string]>([
    [
      "a control that stays green",
      { ...control, status: "held", refuted: [] },
      "storm without collapsing holds: it proves nothing about collapsing",
    ],
    [
      "a control that falls for something else",
      { ...control, refuted: named("Acked") },
      'storm without collapsing is refuted for "Acked" instead of "GETs", "Served": it ' +
        "proves nothing about collapsing",
    ],
    [
      "a control that cannot be judged",
      { ...control, status: "inconclusive", why: "too busy", attempts: 3 },
      "storm without collapsing could not be judged in any of 3 runs: too busy",
    ],
    [
      "a control that could not be run",
      { ...control, status: null, why: "tier kong" },
      "storm without collapsing was not run: tier kong",
    ],
    [
      "an experiment that does not hold",
      { status: "refuted", why: "it broke" },
      "storm does not hold with all defences: it broke",
    ],
    [
      "an experiment that cannot be judged",
      { status: "inconclusive", why: "too busy" },
      "storm could not be judged when it was run: too busy",
    ],
  ])("complains of %s", (_what, changes, text) => {
    const changed = { ...run, ...changes };
    expect(texts(changed.without === null ? [changed, control] : [run, changed])).toEqual([text]);
  });

  it("complains of a defence that no experiment needs", () => {
    expect(texts([run, control], ["jitter"])).toEqual([
      expect.stringContaining("no experiment needs jitter"),
    ]);
  });

  it("accepts a control only if an expected claim was refuted", () => {
    const any = fc.record({
      without: fc.constantFrom("collapsing", "msTtl"),
      status: fc.constantFrom("held" as const, "refuted" as const, "inconclusive" as const, null),
      expected: fc.subarray(named("a", "b"), { minLength: 1 }),
      refuted: fc.subarray(named("a", "b", "c")),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 6 }), (drafts) => {
        const runs = drafts.map((draft) => ({ ...control, ...draft }));
        const good = runs.map(cellOf).filter((cell) => cell.outcome === "refuted");
        for (const cell of good)
          expect([
            cell.status,
            cell.expected.some(({ id }) => cell.refuted.some((one) => one.id === id)),
          ]).toEqual(["refuted", true]);
        expect(ablationOf([run, ...runs], []).complaints).toHaveLength(runs.length - good.length);
      }),
    );
  });
});
