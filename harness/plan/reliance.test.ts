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
    { ...claim("Served in time"), id: "in-time" },
    claim("Served"),
    claim("Quick", ["baseline"]),
    claim("Quiet"),
  ],
});

describe("what an experiment relies on", () => {
  it("is named by claim ids, explicit or made from titles", () => {
    expect(
      reliancesOf(
        relying({ collapsing: ["served", "quiet", "back-again"], jitter: ["in-time"] }),
      ).map(({ defence, refutes }) => [defence, refutes.map(({ id }) => id)]),
    ).toEqual([
      ["collapsing", ["claim.served", "claim.quiet", "recovery.back-again"]],
      ["jitter", ["claim.in-time"]],
    ]);
    expect(defencesOf(relying({ collapsing: ["served"], jitter: ["quiet"] }))).toEqual([
      "collapsing",
      "jitter",
    ]);
  });

  it("is any refutable claim if only defences are named", () => {
    const titles = ["Served in time", "Served", "Quiet", "Back again"];
    expect(reliancesOf(relying(["jitter"]))[0]?.refutes.map(({ title }) => title)).toEqual(titles);
    expect(reliancesOf(relying(["jitter"], null))[0]?.refutes).toHaveLength(3);
    expect(relianceProblems(relying(["jitter"]))).toEqual([]);
  });

  it.each<[string, Experiment["reliesOn"], string]>([
    [
      "no such claim",
      { jitter: ["quite"] },
      'reliesOn.jitter: unknown claim id "quite"; did you mean "quiet"?',
    ],
    [
      "the beginning of a title, as they once did",
      { jitter: ["Serv"] },
      'reliesOn.jitter: a claim is named by its id: write "in-time" or "served" for "Serv"',
    ],
    [
      "the baseline",
      { jitter: ["quick"] },
      'reliesOn.jitter: claim "quick" is about the baseline alone, which cannot refute it',
    ],
    [
      "no such defence",
      { jiter: ["quiet"] },
      'reliesOn: unknown defence "jiter"; did you mean "jitter"?',
    ],
  ])("is refused if it names %s", (_what, reliesOn, problem) => {
    expect(relianceProblems(relying(reliesOn))).toEqual([expect.stringContaining(problem)]);
  });
});

describe("a control", () => {
  const ids = ["claim.a", "claim.b", "recovery.c", "record.whole"];
  const finding = fc.record({
    id: fc.constantFrom(...ids),
    status: fc.constantFrom("held" as const, "refuted" as const, "inconclusive" as const),
  });
  const named = ids.slice(0, 2).map((id) => ({ id, title: "the same" }));

  it("is refuted as expected only through a named claim", () => {
    fc.assert(
      fc.property(fc.subarray(named), fc.array(finding), (refutes, findings) => {
        const found = refutedAsExpected(refutes, findings).map(({ id }) => id);
        for (const id of ids) {
          expect(found.includes(id)).toBe(
            refutes.some((one) => one.id === id) &&
              findings.some((one) => one.id === id && one.status === "refuted"),
          );
        }
      }),
    );
  });
});
