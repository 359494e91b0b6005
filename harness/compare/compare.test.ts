import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockLength } from "./bootstrap.ts";
import { comparability } from "./comparable.ts";
import { type Change, compareRuns, compareSides, defaults } from "./compare.ts";
import { type MadeUp, madeUpRun } from "../../test/support/compare/made-up-run.ts";
import { pooled, windowSum } from "./windowed.ts";
import { ownMetrics } from "../metrics/own-metrics.ts";
import type { Metric, Registry } from "../metrics/metrics.ts";
import { streaming } from "../../targets/live-streaming/pack/pack.ts";
import { metricsMadeIn } from "../plan/workload-metrics.ts";
import type { Run } from "../record/run.ts";
import {
  limitText,
  observedText,
  powerSentences,
  sentence,
  span,
  tally,
  tallySentence,
} from "./words.ts";
import { times } from "../../test/support/thorough.ts";

const side = (seed: number, given: Partial<MadeUp> = {}, runs = 3) =>
  Array.from({ length: runs }, (_, index) => madeUpRun({ seed: seed + index, ...given }));
/** The same differences, without intervals for figures that do not differ. */
const quick = { ...defaults, intervals: "decisive" } as const;
const differing = (changes: readonly Change[]): Change[] =>
  changes.filter(({ outcome }) => ["worse", "better", "different"].includes(outcome));

/** A short version of `benchmarks/compare.ts`. */
const few = times(2);

describe("a comparison", () => {
  it("finds differences between equal runs no more often than its level, and real ones", () => {
    const pairs = few;
    let [wrong, found] = [0, 0];
    const course = (window: number): number => (window >= 12 && window < 17 ? 20 : 1);
    for (let pair = 0; pair < pairs; pair++) {
      const given = pair % 2 === 0 ? { runToRun: 0.02 } : { drift: 0.03, course };
      const a = side(pair * 100, given);
      if (differing(compareRuns(a, side(pair * 100 + 10, given), quick)).length > 0) wrong++;
      if (
        differing(compareRuns(a, side(pair * 100 + 20, { slower: 1.5, ...given }), quick)).some(
          ({ outcome, quantity }) => outcome === "worse" && quantity.where["lane"] === "live",
        )
      )
        found++;
    }
    // Chance alone shows a difference in a few of many pairs.
    expect(wrong).toBeLessThanOrEqual(pairs * 0.1);
    expect(found).toBeGreaterThanOrEqual(pairs * 0.8);
  }, 60_000);

  it("reports what is slower and by how much, without the other lane", () => {
    const changes = compareRuns(side(1), side(50, { slower: 1.4 }));
    const p50 = changes.find(
      ({ quantity, phase }) => quantity.title === "live segment wait p50" && phase === "all",
    );
    expect(p50).toMatchObject({ outcome: "worse" });
    expect(p50?.interval?.low).toBeGreaterThan(0.2);
    expect(p50?.interval?.high).toBeLessThan(0.6);
    expect(sentence(p50 as Change)).toMatch(
      /^live segment wait p50 is \d+–\d+ % slower over the whole run; (very )?unlikely to be noise$/,
    );
    expect(differing(changes).every(({ quantity }) => quantity.where["lane"] === "live")).toBe(
      true,
    );
  });

  it("is mirrored if the sides are swapped", () => {
    const [a, b] = [side(1), side(50, { slower: 1.4 })];
    const outcomes = (changes: readonly Change[]) =>
      differing(changes)
        .map(({ quantity, phase, outcome }) => `${quantity.title} ${phase} ${outcome}`)
        .sort();
    expect(outcomes(compareRuns(b, a, quick))).toEqual(
      outcomes(compareRuns(a, b, quick)).map((text) => text.replace("worse", "better")),
    );
  });

  it("finds nothing in the same runs twice, and reports equal figures as equal", () => {
    const a = side(7, { drift: 0.005 });
    const changes = compareRuns(a, a);
    expect(differing(changes)).toEqual([]);
    expect(changes.filter(({ outcome }) => outcome === "alike").length).toBeGreaterThan(5);
  });

  it("finds neither differences nor equality with too few runs, and says so", () => {
    for (const [ofA, ofB] of [
      [1, 1],
      [1, 3],
      [3, 1],
      [2, 2],
    ] as const) {
      const changes = compareRuns(side(1, {}, ofA), side(50, { slower: 9 }, ofB));
      expect(changes.filter(({ outcome }) => outcome !== "unclear")).toEqual([]);
      expect(changes.every(({ p, smallest }) => p === 1 && smallest === null)).toBe(true);
      const p50 = changes.find(
        ({ quantity, phase }) => quantity.title === "live segment wait p50" && phase === "all",
      ) as Change;
      expect(p50.suspected?.runsASide).toBe(3);
      expect(sentence(p50)).toMatch(
        /^live segment wait p50 over the whole run is (8|9)[.\d]* times what it was \([\d.]+ to [\d.]+ within these runs\), which is no test between versions$/,
      );
      const [why, hint] = powerSentences({
        changes,
        enough: false,
        unshared: [],
        side: { runs: new Array(ofB).fill(null) },
        baselineRuns: ofA,
      });
      expect(why).toMatch(
        /^\d runs? against \d: no test can tell, as .*\. At least 3 against 3 are needed$/,
      );
      expect(hint).toMatch(
        /^live segment wait p\d+ over the whole run is [\d.]+ times what it was .*: 3 runs a side would show it/,
      );
    }
    expect(
      compareRuns(side(1, {}, 1), side(50, {}, 1)).filter(({ suspected }) => suspected !== null),
    ).toEqual([]);
  });

  it("reports the smallest detectable change, and detects a larger one", () => {
    const runs = side(1, { runToRun: 0.02 });
    const smallest =
      compareRuns(runs, side(50, { runToRun: 0.02 }), quick).find(
        ({ quantity, phase }) => quantity.title === "live segment wait p50" && phase === "all",
      )?.smallest ?? 0;
    expect(smallest).toBeGreaterThan(0.05);
    expect(smallest).toBeLessThan(0.5);
    const changes = compareRuns(
      runs,
      side(50, { runToRun: 0.02, slower: (1 + smallest) * 1.1 }),
      quick,
    );
    expect(
      differing(changes).some(
        ({ quantity, phase }) => quantity.title === "live segment wait p50" && phase === "all",
      ),
    ).toBe(true);
    const [sentences] = powerSentences({
      changes,
      enough: true,
      unshared: [],
      side: { runs },
      baselineRuns: 3,
    });
    expect(sentences).toMatch(
      /^The smallest change these runs could have shown is ± [\d.]+ % \((live|dvr) segment wait p\d+, whole run\)/,
    );
  });

  it("does not depend on the order of runs or a common scale, and mirrors swapped sides", () => {
    const times = (run: Run, by: number): Run => ({
      ...run,
      series: run.series.map((one) =>
        one.kind === "duration"
          ? {
              ...one,
              values: one.values.map((value) => value * by),
              atMs: one.atMs.map((atMs, at) => atMs + (by - 1) * (one.values[at] ?? 0)),
            }
          : one,
      ),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.constantFrom(1, 1.3, 2),
        fc.constantFrom(-20, 40, 140),
        (seed, slower, bins) => {
          // By whole histogram bins, because other factors would round differently.
          const by = 1.01 ** bins;
          const given = { runToRun: 0.05, phaseMs: 10_000 };
          const [a, b] = [side(seed, given), side(seed + 50, { ...given, slower }, 4)];
          const changes = compareRuns(a, b, quick);
          for (const { p } of changes) expect(p >= 0 && p <= 1).toBe(true);
          expect(compareRuns(a.toReversed(), [...b.slice(2), ...b.slice(0, 2)], quick)).toEqual(
            changes,
          );
          const mirrored = compareRuns(b, a, quick);
          expect(mirrored.map(({ p }) => p)).toEqual(changes.map(({ p }) => p));
          const turned = {
            worse: "better",
            better: "worse",
            different: "different",
            alike: "alike",
            unclear: "unclear",
          } as const;
          expect(mirrored.map(({ outcome }) => outcome)).toEqual(
            changes.map(({ outcome }) => turned[outcome]),
          );
          const scaledUp = compareRuns(
            a.map((run) => times(run, by)),
            b.map((run) => times(run, by)),
            quick,
          );
          const served = ({ quantity }: Change): boolean =>
            quantity.metric === "segment_ms" && quantity.measure.kind === "quantile";
          scaledUp.filter(served).forEach(({ p }, index) => {
            expect(Math.abs(p - (changes.filter(served)[index]?.p ?? 0))).toBeLessThan(0.05);
          });
        },
      ),
      { numRuns: few },
    );
  }, 60_000);

  it("is less certain the more the runs of one side differ", () => {
    const width = (runToRun: number): number => {
      const { interval } = compareRuns(side(1, { runToRun }), side(50, { runToRun })).find(
        ({ quantity, phase }) => quantity.title === "live segment wait p50" && phase === "all",
      ) as Change;
      return (interval?.high ?? 0) - (interval?.low ?? 0);
    };
    expect(width(0.1)).toBeGreaterThan(2 * width(0));
  });

  it("corrects for several sides, and reports each side separately", () => {
    const [a, b, c] = [side(1), side(50, { slower: 1.4 }), side(90)];
    const [ofB = [], ofC = []] = compareSides(a, [b, c], quick);
    expect(differing(ofB).length).toBeGreaterThan(0);
    expect(differing(ofC)).toEqual([]);
    const alone = compareRuns(a, b, quick);
    ofB.forEach((change, index) => {
      expect(change.p).toBeGreaterThanOrEqual((alone[index] as Change).p);
    });
  });

  it("cannot judge a phase of three windows", () => {
    const changes = compareRuns(
      side(1, { phaseMs: 6_000 }, 1),
      side(50, { phaseMs: 6_000, slower: 3 }, 1),
    ).filter(({ phase }) => phase !== "all");
    expect(changes.every(({ outcome }) => outcome === "unclear")).toBe(true);
    expect(sentence(changes[0] as Change)).toContain("too little data");
  });
});

describe("comparability", () => {
  const [a] = side(1, {}, 1),
    [b] = side(2, {}, 1);
  if (a === undefined || b === undefined) throw new Error("no runs");
  it.each([
    ["experiment", { experiment: "other" }, "the experiment differs"],
    ["topology", { topology: "zones" }, "the topology differs"],
    ["substrate", { substrate: "process" as const }, "the substrate differs"],
    ["phases", { phasesMs: { ...b.plan.phasesMs, fault: 1 } }, "the length of the phases differs"],
    ["method", { steps: [] }, "what is broken differs"],
  ])("refuses another %s", (_what, change, why) => {
    expect(comparability([[a], [{ ...b, plan: { ...b.plan, ...change } }]]).refused).toEqual([
      expect.stringContaining(why),
    ]);
  });

  it("marks other defences", () => {
    expect(
      comparability([[a], [{ ...b, plan: { ...b.plan, without: ["collapsing"] } }]]),
    ).toMatchObject({
      refused: [],
      marked: [expect.stringContaining("the set of disabled defences differs")],
    });
    expect(comparability([side(1), side(20)])).toEqual({
      refused: [],
      marked: [],
      otherMachine: false,
    });
    expect(comparability([[a, a, a], [b]]).refused).toEqual(
      expect.arrayContaining([expect.stringContaining("occurs twice")]),
    );
    const copied = comparability([[a, { ...a, directory: "/a/copy" }], [b]]);
    expect(copied.refused).toContain(`side A: ${a.id} occurs twice`);
    expect(comparability([[a, { ...a, id: "other" }], [b]]).refused).toEqual([
      expect.stringContaining("a seed gives the same run"),
    ]);
    expect(
      comparability([side(1), side(20), [{ ...b, plan: { ...b.plan, topology: "zones" } }]])
        .refused,
    ).toEqual([expect.stringContaining("the topology differs")]);
    expect(comparability([[], [b]]).refused).toContain("a side has no runs");
  });
});

describe("windows", () => {
  it("are drawn in blocks that grow with their number", () => {
    expect([1, 2, 8, 30, 1_000].map(blockLength)).toEqual([1, 2, 3, 5, 15]);
  });

  it("pool samples and never average percentiles", () => {
    const measure = { kind: "quantile", q: 0.9 } as const;
    fc.assert(
      fc.property(
        fc.array(
          fc.array(fc.double({ min: 0.1, max: 10_000, noNaN: true }), {
            minLength: 1,
            maxLength: 30,
          }),
          { minLength: 1, maxLength: 6 },
        ),
        (lists) => {
          const all = lists.flat().sort((p, q) => p - q);
          const exact = all[Math.ceil(0.9 * all.length) - 1] as number;
          const got = pooled(
            lists.map((list) => windowSum(list, measure)),
            measure,
          ) as number;
          expect(Math.abs(got / exact - 1)).toBeLessThan(0.006);
        },
      ),
    );
  });
});

describe("what users see", () => {
  /** Of a target without a pack: nothing says which of its metrics users notice. */
  const ownScript = (run: Run, script: Registry): Run => ({
    ...run,
    plan: { ...run.plan, metrics: { ...ownMetrics, origin_gets, ...script } },
    series: run.series.map((series) => ({
      ...series,
      ...(series.kind === "duration" ? { metric: "wait" in script ? "wait" : "http_req_ms" } : {}),
    })),
  });
  const origin_gets = streaming.metrics["origin_gets"] as Metric;
  const compared = (script: Registry, slower = 1): Change[] =>
    compareRuns(
      side(1).map((run) => ownScript(run, script)),
      side(50, { slower }).map((run) => ownScript(run, script)),
      quick,
    );
  const wait = metricsMadeIn('new Trend("wait", true)');

  it.each([
    ["what the script of the load measures", wait, "wait"],
    ["else each HTTP request", {}, "http_req_ms"],
  ])("is %s, where no pack says it, and comes first", (_, script, metric) => {
    const changes = compared(script, 1.6);
    const felt = changes.filter(({ quantity }) => quantity.family === "felt");
    expect(new Set(felt.map(({ quantity }) => quantity.metric))).toEqual(new Set([metric]));
    expect(felt.map(({ outcome }) => outcome)).toContain("worse");
    expect(changes.slice(0, felt.length)).toEqual(felt);
    expect(changes.length).toBeGreaterThan(felt.length);
  });
});

describe("the texts of a comparison", () => {
  const change = (low: number, high: number, scale: "relative" | "points" = "relative"): Change =>
    ({
      quantity: { scale },
      interval: { low, high },
      outcome: low > 0 || high < 0 ? "worse" : "unclear",
    }) as unknown as Change;
  it.each([
    [change(0.18, 0.31), "18–31 %"],
    [change(-0.31, -0.18), "18–31 %"],
    [change(-0.02, 0.05), "−2 to +5 %"],
    [change(0.0041, 0.0119, "points"), "0.41–1.2 points"],
    [change(0.1, Number.POSITIVE_INFINITY), "10–∞ %"],
  ])("state the interval", (given, text) => {
    expect(span(given)).toBe(text);
  });

  it("name the figures of which none is decided, and count the others", () => {
    const figures = (family: string, outcomes: readonly Change["outcome"][]): Change[] =>
      outcomes.map((outcome) => ({ quantity: { family }, outcome }) as unknown as Change);
    const text = (
      ofUsers: readonly Change["outcome"][],
      others: readonly Change["outcome"][],
    ): string =>
      tallySentence({
        claims: [],
        changes: [...figures("felt", ofUsers), ...figures("inside", others)],
      });
    const unclear = ["unclear", "unclear"] as const;
    expect(text(unclear, ["unclear", ...unclear])).toBe(
      "No claim changed its verdict; these runs cannot tell whether any of 2 figures that users " +
        "see or 3 other figures differs",
    );
    expect(text([], unclear)).toBe(
      "No claim changed its verdict; these runs cannot tell whether any of 2 figures differs",
    );
    expect(text(["worse", "alike", ...unclear], unclear)).toBe(
      "No claim changed its verdict; of 4 figures that users see, 1 is worse, 1 is shown to be " +
        "the same and 2 are undecided; these runs cannot tell whether any of 2 other figures " +
        "differs",
    );
    expect(text(["alike", "alike"], ["alike", "unclear"])).toBe(
      "No claim changed its verdict; of 2 figures that users see, none is shown to differ and " +
        "2 are shown to be the same; of 2 other figures, none is shown to differ, 1 is shown " +
        "to be the same and 1 is undecided",
    );
  });

  it("use a factor from twice as much on", () => {
    const text = (low: number, high: number, unit: string): string =>
      sentence({
        quantity: {
          title: "live wait p99",
          scale: "relative",
          unit,
          measure: unit === "ms" ? { kind: "quantile", q: 0.99 } : { kind: "mean" },
        },
        phase: "fault",
        interval: { low, high },
        outcome: "worse",
        p: 0.01,
      } as unknown as Change);
    expect(text(5.18, 8.99, "")).toBe(
      "live wait p99 is 6.2–10 times as high during the fault; unlikely to be noise",
    );
    expect(text(1.5, Number.POSITIVE_INFINITY, "ms")).toBe(
      "live wait p99 is 2.5–∞ times as long during the fault; unlikely to be noise",
    );
    expect(text(0.9, 1.4, "ms")).toBe(
      "live wait p99 is 90–140 % slower during the fault; unlikely to be noise",
    );
  });

  it("count the statuses of a claim, and show observed values as in the table of a run", () => {
    expect(
      [
        { held: 1, refuted: 0, inconclusive: 0 },
        { held: 2, refuted: 0, inconclusive: 0 },
        { held: 0, refuted: 3, inconclusive: 0 },
        { held: 2, refuted: 1, inconclusive: 0 },
        { held: 0, refuted: 0, inconclusive: 0 },
      ].map(tally),
    ).toEqual([
      "held",
      "held in both runs",
      "refuted in all 3 runs",
      "held in 2 of 3 runs, refuted in 1",
      "not asked",
    ]);
    const claim = { limit: 0.999, unit: "share", comparison: ">=" } as const;
    expect([
      observedText([1, 1], claim),
      observedText([0.99899999, null, 1], claim),
      observedText([null], claim),
      limitText(claim),
    ]).toEqual(["100 %", expect.stringMatching(/^99.8999+ % to 100 %$/), "—", "≥ 99.9 %"]);
  });
});
