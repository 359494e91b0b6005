import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Claim } from "../claims/statistics/registry.ts";
import type { Experiment, Recovery } from "../experiment/experiment.ts";
import { defencesOf, refutedAsExpected, relianceProblems, reliancesOf } from "./reliance.ts";
import type { Target } from "../target/target.ts";

const claim = (title: string, during: Claim["during"] = ["fault"]): Claim => ({
  title,
  metric: "segment_ms",
  statistic: "p95",
  comparison: "<=",
  limit: 1,
  during,
  samplesMin: 1,
});
const recovery: Recovery = {
  title: "Back again",
  goodput: { metric: "segment_ms" },
  having: {},
  shareMin: 1,
  ofBaselineMin: 1,
  withinMs: 1,
  windowMs: 1,
};
const target: Target = {
  name: "t",
  defences: [
    { name: "collapsing", title: "c" },
    { name: "jitter", title: "j" },
  ],
  topologies: {},
};
const relying = (reliesOn: Experiment["reliesOn"], back: Recovery | null = recovery) => ({
  target,
  reliesOn,
  recovery: back,
  hypothesis: [
    claim("Served in time"),
    claim("Served"),
    claim("Quick", ["baseline"]),
    claim("Quiet"),
  ],
});

describe("what an experiment relies on", () => {
  it("is named by the title or the beginning of one", () => {
    expect(
      reliancesOf(relying({ collapsing: ["Served", "Qui", "Back"], jitter: ["Served in"] })),
    ).toEqual([
      { defence: "collapsing", refutes: ["Served", "Quick", "Quiet", "Back again"] },
      { defence: "jitter", refutes: ["Served in time"] },
    ]);
    expect(defencesOf(relying({ collapsing: ["Served"], jitter: ["Quiet"] }))).toEqual([
      "collapsing",
      "jitter",
    ]);
  });

  it("is anything that can be refuted when only defences are named", () => {
    expect(reliancesOf(relying(["jitter"]))).toEqual([
      { defence: "jitter", refutes: ["Served in time", "Served", "Quiet", "Back again"] },
    ]);
    expect(reliancesOf(relying(["jitter"], null))[0]?.refutes).not.toContain("Back again");
    expect(relianceProblems(relying(["jitter"]))).toEqual([]);
  });

  it.each<[string, Experiment["reliesOn"], string]>([
    [
      "no such claim",
      { jitter: ["Quite"] },
      'reliesOn.jitter: unknown claim "Quite"; did you mean "Quiet"?',
    ],
    ["two of them", { jitter: ["Qui"] }, 'reliesOn.jitter: "Qui" begins "Quick" and "Quiet"'],
    [
      "the baseline",
      { jitter: ["Quick"] },
      'reliesOn.jitter: "Quick" is claimed of the baseline alone, which refutes nothing',
    ],
    [
      "no such defence",
      { jiter: ["Quiet"] },
      'reliesOn: unknown defence "jiter"; did you mean "jitter"?',
    ],
  ])("is refused when it names %s", (_what, reliesOn, problem) => {
    expect(relianceProblems(relying(reliesOn))).toEqual([expect.stringContaining(problem)]);
  });
});

describe("a control", () => {
  const finding = fc.record({
    kind: fc.constantFrom("claim" as const, "recovery" as const, "evidence" as const),
    title: fc.constantFrom("a", "b", "c"),
    status: fc.constantFrom("held" as const, "refuted" as const, "inconclusive" as const),
  });

  it("is refuted as expected only by a named claim that was refuted itself", () => {
    fc.assert(
      fc.property(fc.subarray(["a", "b"]), fc.array(finding), (refutes, findings) => {
        const found = refutedAsExpected(refutes, findings);
        for (const title of ["a", "b", "c"]) {
          expect(found.includes(title)).toBe(
            refutes.includes(title) &&
              findings.some(
                (one) => one.title === title && one.status === "refuted" && one.kind !== "evidence",
              ),
          );
        }
      }),
    );
  });
});
