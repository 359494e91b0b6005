import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Comparability } from "../compare/comparable.ts";
import type { Change } from "../compare/compare.ts";
import { exitCodes } from "../base/errors.ts";
import { type AgainstBaseline, againstBaseline, type Attempt, gateExperiment } from "./gate.ts";

const codes = {
  held: exitCodes.held,
  refuted: exitCodes.refuted,
  inconclusive: exitCodes.inconclusive,
  aborted: exitCodes.aborted,
  internal: exitCodes.internal,
} as const;
type Ended = keyof typeof codes;

const attempt = (ended: Ended, index: number): Attempt => ({
  runId: `run-${index}`,
  status: ended === "held" || ended === "refuted" ? ended : "inconclusive",
  why: `${ended} ${index}`,
  exitCode: codes[ended],
  directory: `/runs/${index}`,
  rerun: "again",
});
const none: AgainstBaseline = { kind: "none", why: "" };
const compared = (
  worse: readonly string[],
  suspected: readonly string[] = [],
): AgainstBaseline => ({
  kind: "compared",
  baselineRuns: ["base"],
  runs: [],
  worse,
  better: [],
  suspected,
  power: [],
  marked: [],
});

/**
 * Runs end with the given statuses. The comparison reports "worse" the given number of times, then
 * stops.
 */
async function gate(
  ends: readonly Ended[],
  { worseTimes = 0, retriesMax = 2, confirmations = 2, baseline = true } = {},
) {
  let runs = 0;
  const sides: number[] = [];
  const made = await gateExperiment(
    "storm",
    "A storm",
    {
      run: async () => attempt(ends[runs] ?? (ends.at(-1) as Ended), runs++),
      compare: async (held) => {
        sides.push(held.length);
        return baseline ? compared(sides.length <= worseTimes ? ["live p99 is slower"] : []) : none;
      },
    },
    { retriesMax, confirmations },
  );
  return { made, runs, sides };
}

describe("a gate", () => {
  it("passes what held after one run", async () => {
    const { made, runs } = await gate(["held"]);
    expect([made.outcome, made.exitCode, runs]).toEqual(["passed", 0, 1]);
  });

  it("reruns while inconclusive, reports that, and stops at the limit", async () => {
    const { made, runs } = await gate(["inconclusive", "held"]);
    expect([made.outcome, runs]).toEqual(["passed", 2]);
    expect(made.why).toBe("held 1; 1 of 2 runs were inconclusive: inconclusive 0");
    const never = await gate(["inconclusive"]);
    expect([never.made.outcome, never.made.exitCode, never.runs]).toEqual(["inconclusive", 2, 3]);
    expect((await gate(["inconclusive"], { retriesMax: 0 })).runs).toBe(1);
  });

  it("never reruns a refuted experiment", async () => {
    const { made, runs } = await gate(["refuted", "held"]);
    expect([made.outcome, made.exitCode, runs]).toEqual(["refuted", 1, 1]);
    expect((await gate(["inconclusive", "refuted", "held"])).made.outcome).toBe("refuted");
  });

  it("confirms with more runs before it reports something as worse", async () => {
    const passing = await gate(["held"], { worseTimes: 1 });
    expect([passing.made.outcome, passing.runs, passing.sides]).toEqual(["passed", 3, [1, 3]]);
    const worse = await gate(["held"], { worseTimes: 9 });
    expect([worse.made.outcome, worse.made.exitCode, worse.runs, worse.sides]).toEqual([
      "worse",
      1,
      3,
      [1, 3],
    ]);
    expect(worse.made.why).toContain("live p99 is slower");
  });

  it("makes more runs if too few suggest something worse", async () => {
    const gateOf = async (suspectedTimes: number) => {
      const sides: number[] = [];
      const made = await gateExperiment(
        "storm",
        "A storm",
        {
          run: async () => attempt("held", sides.length),
          compare: async (held) =>
            compared(
              [],
              sides.push(held.length) <= suspectedTimes
                ? ["live p99 is 9.1 times what it was"]
                : [],
            ),
        },
        { retriesMax: 2, confirmations: 2 },
      );
      return { outcome: made.outcome, exitCode: made.exitCode, sides, why: made.why };
    };
    expect(await gateOf(1)).toMatchObject({ outcome: "passed", sides: [1, 3] });
    expect(await gateOf(2)).toMatchObject({
      outcome: "inconclusive",
      exitCode: 2,
      sides: [1, 3],
      why: expect.stringContaining("9.1 times"),
    });
  });

  it("does not pass if the baseline says nothing", async () => {
    const ports = {
      run: async () => attempt("held", 0),
      compare: async () => ({ kind: "useless" as const, why: "none of its runs held" }),
    };
    const made = await gateExperiment("storm", "A storm", ports, {
      retriesMax: 2,
      confirmations: 2,
    });
    expect(made).toMatchObject({
      outcome: "inconclusive",
      exitCode: 2,
      attempts: [{}],
      why: "every claim held, but none of its runs held",
    });
  });

  it("fails if a confirming run is refuted, and ignores an inconclusive one", async () => {
    expect((await gate(["held", "refuted"], { worseTimes: 9 })).made.outcome).toBe("refuted");
    const undecided = await gate(["held", "inconclusive"], { worseTimes: 9 });
    expect([undecided.made.outcome, undecided.sides]).toEqual(["worse", [1]]);
  });

  it("passes only with a held run, no refuted one, and a bounded number of runs", async () => {
    const ended = fc.constantFrom<Ended>("held", "refuted", "inconclusive", "aborted", "internal");
    await fc.assert(
      fc.asyncProperty(
        fc.array(ended, { minLength: 1, maxLength: 8 }),
        fc.nat(5),
        fc.nat(3),
        fc.nat(3),
        fc.boolean(),
        async (ends, worseTimes, retriesMax, confirmations, baseline) => {
          const { made, runs } = await gate(ends, {
            worseTimes,
            retriesMax,
            confirmations,
            baseline,
          });
          expect(runs).toBeLessThanOrEqual(1 + retriesMax + confirmations);
          expect(made.attempts).toHaveLength(runs);
          if (made.exitCode !== 0) return;
          expect(made.attempts.some((one) => one.exitCode === 0)).toBe(true);
          expect(made.attempts.every((one) => one.exitCode === 0 || one.exitCode === 2)).toBe(true);
        },
      ),
    );
  });
});

describe("the gate's use of a comparison", () => {
  const change = (outcome: "worse" | "better", family: "felt" | "resources") =>
    ({
      outcome,
      suspected: null,
      quantity: { family, title: `${family} ${outcome}` },
    }) as unknown as Change;
  const changes = [change("worse", "felt"), change("better", "felt"), change("worse", "resources")];
  const against = (more: Partial<Comparability>) =>
    againstBaseline(
      { baseline: ["a"], runs: ["b"] },
      { refused: [], marked: [], otherMachine: false, ...more },
      changes,
      ({ quantity }) => quantity.title,
      ["so much"],
    );

  it("covers what the service does, not what it costs", () => {
    expect(against({})).toMatchObject({
      kind: "compared",
      worse: ["felt worse"],
      better: ["felt better"],
    });
  });

  it("is useless without comparable figures, and none for a changed experiment", () => {
    const useless = (why: string) => ({
      kind: "useless",
      why: expect.stringContaining(why) as string,
    });
    expect(against({ otherMachine: true })).toEqual(useless("another machine"));
    expect(against({ refused: ["the load differs"] })).toEqual({
      kind: "none",
      why: "the baseline cannot be compared: the load differs",
    });
    expect(
      againstBaseline(
        { baseline: ["a"], runs: ["b"] },
        { refused: [], marked: [], otherMachine: false },
        [change("better", "resources")],
        () => "",
        [],
      ),
    ).toEqual(useless("no user-facing figure"));
  });
});
