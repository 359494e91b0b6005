import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockLength } from "./bootstrap.ts";
import { claimOutcomes } from "./claims-changed.ts";
import { comparability } from "./comparable.ts";
import { type Change, compareRuns, compareSides, defaults } from "./compare.ts";
import { type MadeUp, madeUpRun } from "./fixture.ts";
import { aligned, holm, mannWhitney, upperTail, widening } from "./mann-whitney.ts";
import { studentQuantile } from "./student.ts";
import { pooled, windowSum } from "./windowed.ts";
import { limitText, observedText, sentence, span, tally } from "./words.ts";

const side = (seed: number, given: Partial<MadeUp> = {}, runs = 3) => Array.from({ length: runs }, (_, index) => madeUpRun({ seed: seed + index, ...given }));
/** The same differences, without the intervals of what does not differ. */
const quick = { ...defaults, intervals: "decisive" } as const;
const differing = (changes: readonly Change[]): Change[] => changes.filter(({ outcome }) => ["worse", "better", "different"].includes(outcome));

describe("comparing runs", () => {
  it("calls runs of the same thing different at most as often as it says, and finds a tenth more of latency", () => {
    // A sample of what benchmarks/compare.ts does at length.
    let [wrong, found] = [0, 0];
    for (let pair = 0; pair < 6; pair++) {
      const a = side(pair * 100);
      if (differing(compareRuns(a, side(pair * 100 + 10), quick)).length > 0) wrong++;
      if (differing(compareRuns(a, side(pair * 100 + 20, { slower: 1.1 }), quick)).some(({ outcome, quantity }) => outcome === "worse" && quantity.where["lane"] === "live")) found++;
    }
    expect(wrong).toBeLessThanOrEqual(1);
    expect(found).toBeGreaterThanOrEqual(4);
  }, 30_000);

  it("finds a tenth more of latency in what changes much in the midst of a phase, as that is so in every run", () => {
    const course = (window: number): number => (window >= 12 && window < 17 ? 20 : 1);
    let found = 0;
    for (let pair = 0; pair < 4; pair++) {
      const changes = compareRuns(side(pair * 100, { drift: 0.03, course }), side(pair * 100 + 20, { drift: 0.03, slower: 1.1, course }), quick);
      if (differing(changes).some(({ outcome, quantity }) => outcome === "worse" && quantity.where["lane"] === "live")) found++;
    }
    expect(found).toBeGreaterThanOrEqual(3);
  }, 30_000);

  it("says what is slower, by how much, and leaves the other lane alone", () => {
    const changes = compareRuns(side(1), side(50, { slower: 1.4 }));
    const p50 = changes.find(({ quantity, phase }) => quantity.title === "live segment wait p50" && phase === "all");
    expect(p50).toMatchObject({ outcome: "worse" });
    expect(p50?.interval?.low).toBeGreaterThan(0.2);
    expect(p50?.interval?.high).toBeLessThan(0.6);
    expect(sentence(p50 as Change)).toMatch(/^live segment wait p50 is \d+–\d+ % slower over the whole run; very unlikely to be noise$/);
    expect(differing(changes).every(({ quantity }) => quantity.where["lane"] === "live")).toBe(true);
  });

  it("turns round when the sides do", () => {
    const [a, b] = [side(1), side(50, { slower: 1.4 })];
    const outcomes = (changes: readonly Change[]) => differing(changes).map(({ quantity, phase, outcome }) => `${quantity.title} ${phase} ${outcome}`).sort();
    expect(outcomes(compareRuns(b, a, quick))).toEqual(outcomes(compareRuns(a, b, quick)).map((text) => text.replace("worse", "better")));
  });

  it("says nothing of the same run twice, and shows what is the same as such", () => {
    const a = side(7, { drift: 0.005 }, 1);
    const changes = compareRuns(a, a);
    expect(differing(changes)).toEqual([]);
    expect(changes.filter(({ outcome }) => outcome === "alike").length).toBeGreaterThan(5);
  });

  it("is the less sure the more runs of one side differ by themselves", () => {
    const width = (runToRun: number): number => {
      const { interval } = compareRuns(side(1, { runToRun }), side(50, { runToRun })).find(({ quantity, phase }) => quantity.title === "live segment wait p50" && phase === "all") as Change;
      return (interval?.high ?? 0) - (interval?.low ?? 0);
    };
    expect(width(0.1)).toBeGreaterThan(2 * width(0));
  });

  it("corrects what several sides say together, and says of each what it says of that one alone", () => {
    const [a, b, c] = [side(1), side(50, { slower: 1.4 }), side(90)];
    const [ofB = [], ofC = []] = compareSides(a, [b, c], quick);
    expect(differing(ofB).length).toBeGreaterThan(0);
    expect(differing(ofC)).toEqual([]);
    const alone = compareRuns(a, b, quick);
    ofB.forEach((change, index) => { expect(change.p).toBeGreaterThanOrEqual((alone[index] as Change).p); });
  });

  it("cannot say anything of a phase of three windows", () => {
    const changes = compareRuns(side(1, { phaseMs: 6_000 }, 1), side(50, { phaseMs: 6_000, slower: 3 }, 1)).filter(({ phase }) => phase !== "all");
    expect(changes.every(({ outcome }) => outcome === "unclear")).toBe(true);
    expect(sentence(changes[0] as Change)).toContain("too little was recorded to say");
  });
});

describe("which runs may be compared", () => {
  const [a] = side(1, {}, 1), [b] = side(2, {}, 1);
  if (a === undefined || b === undefined) throw new Error("no runs");
  it.each([
    ["experiment", { experiment: "other" }, "the experiment differs"], ["topology", { topology: "zones" }, "the topology differs"],
    ["substrate", { substrate: "process" as const }, "the substrate differs"], ["phases", { phasesMs: { ...b.plan.phasesMs, fault: 1 } }, "the length of the phases differs"],
    ["method", { steps: [] }, "what is broken differs"],
  ])("refuses another %s", (_what, change, why) => {
    expect(comparability([[a], [{ ...b, plan: { ...b.plan, ...change } }]]).refused).toEqual([expect.stringContaining(why)]);
  });

  it("marks other defences, and single runs", () => {
    expect(comparability([[a], [{ ...b, plan: { ...b.plan, without: ["collapsing"] } }]])).toMatchObject({ refused: [], marked: [expect.stringContaining("what is switched off differs"), expect.stringContaining("one run on a side")] });
    expect(comparability([side(1), side(20)])).toEqual({ refused: [], marked: [], otherMachine: false });
    expect(comparability([[a, a, a], [b]]).refused).toEqual(expect.arrayContaining([expect.stringContaining("is there twice")]));
    expect(comparability([[a, { ...a, id: "other" }], [b]]).refused).toEqual([expect.stringContaining("a seed gives the same run")]);
    expect(comparability([side(1), side(20), side(40, {}, 2)]).marked).toEqual([expect.stringContaining("two runs on a side")]);
    expect(comparability([side(1), side(20), [{ ...b, plan: { ...b.plan, topology: "zones" } }]]).refused).toEqual([expect.stringContaining("the topology differs")]);
    expect(comparability([[], [b]]).refused).toContain("a side has no runs");
  });
});

describe("the statistics", () => {
  it("are those of the books", () => {
    expect(upperTail(1.959964)).toBeCloseTo(0.025, 6);
    for (const [freedom, t] of [[1, 12.7062], [2, 4.3027], [3, 3.1824], [4, 2.7764], [8, 2.306], [9, 2.2622], [100, 1.984]] as const) expect(studentQuantile(0.975, freedom)).toBeCloseTo(t, 3);
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    // Holm, 1979: with weights 2, 1, 1 the first is held against half of the level.
    expect(holm([0.02, 0.04, 0.01], [2, 1, 1]).map((p) => Number(p.toFixed(4)))).toEqual([0.04, 0.04, 0.04]);
    expect(holm([0.001, 0.04, 0.03], [2, 1, 1]).map((p) => Number(p.toFixed(4)))).toEqual([0.002, 0.06, 0.06]);
    expect([1, 2, 8, 30, 1_000].map(blockLength)).toEqual([1, 2, 3, 5, 15]);
  });

  it("need no more than ranks, know no side, and hold nothing against a side that all runs do at that moment", () => {
    const run = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 4, maxLength: 12 });
    fc.assert(fc.property(fc.array(run, { minLength: 1, maxLength: 3 }), fc.array(run, { minLength: 1, maxLength: 3 }), fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 12, maxLength: 12 }), (a, b, course) => {
      const changed = (side: number[][], change: (value: number, moment: number) => number): number[][] => side.map((values) => values.map(change));
      const bent = (value: number): number => Math.exp(value / 300);
      const p = mannWhitney([{ a, b }], 1);
      expect(mannWhitney([{ a: changed(a, bent), b: changed(b, bent) }], 1)).toBeCloseTo(p, 10);
      expect(mannWhitney([{ a: b, b: a }], 1)).toBeCloseTo(p, 10);
      const follow = (value: number, moment: number): number => value + (course[moment] as number);
      const excess = (stratum: ReturnType<typeof aligned>): number[] => [...stratum.a, ...stratum.b].flat().map((value) => Number((value as number | null)?.toFixed(6)));
      expect(excess(aligned({ a: changed(a, follow), b: changed(b, follow) }))).toEqual(excess(aligned({ a, b })));
    }));
  });

  it("give the p value of the signed ranks where each moment has one window a side", () => {
    // Six differences, all to one side: aligned ranks differ by 1, 3, … 11, so z = 18 / √(286 / 4) = 2.129, and t of six gives 0.082.
    const stratum = aligned({ a: [[1, 2, 3, 4, 5, 6]], b: [[2, 4, 6, 8, 10, 12]] });
    expect(mannWhitney([stratum], 1)).toBeCloseTo(0.082, 3);
    expect(mannWhitney([aligned({ a: [[1, 20, 3, 40, 5, 60]], b: [[1, 20, 3, 40, 5, 60]] })], 1)).toBe(1);
  });

  it("pass over moments that one side has no window of", () => {
    const [a, b] = [[[1, null, 3, 4, 2, 5]], [[null, 2, 4, 6, 3, 7, 9]]];
    expect(aligned({ a, b })).toEqual({ a: [[null, null, -0.5, -1, -0.5, -1]], b: [[null, null, 0.5, 1, 0.5, 1, null]] });
    expect(mannWhitney([aligned({ a, b })], 1)).toBeGreaterThan(0.01);
  });

  it("count windows for less the more alike neighbours are", () => {
    const [independent, drifting] = [[[5, 1, 4, 2, 6, 3, 5, 2, 4, 1]], [[1, 1, 2, 2, 3, 4, 4, 5, 5, 6]]];
    const still = [new Array<number>(10).fill(3)];
    expect(widening([{ a: drifting, b: still }])).toBeGreaterThan(3 * widening([{ a: independent, b: still }]));
    // Drift that both runs of a side share is what a phase does, and no noise, whatever the other side does.
    expect(widening([{ a: [...drifting, [1.25, 0.75, 2.25, 1.75, 3.25, 3.75, 4.25, 4.75, 5.25, 5.75]], b: independent }])).toBe(1);
    // Two runs that differ from one another and hardly within.
    expect(widening([{ a: [[1, 2, 1, 2, 1, 2], [9, 8, 9, 8, 9, 8]], b: [] }])).toBeGreaterThan(3);
    expect(mannWhitney([{ a: independent, b: drifting }], 9)).toBeGreaterThanOrEqual(mannWhitney([{ a: independent, b: drifting }], 1));
  });

  it("pool samples and never average percentiles", () => {
    const measure = { kind: "quantile", q: 0.9 } as const;
    fc.assert(fc.property(fc.array(fc.array(fc.double({ min: 0.1, max: 10_000, noNaN: true }), { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 6 }), (lists) => {
      const all = lists.flat().sort((p, q) => p - q);
      const exact = all[Math.ceil(0.9 * all.length) - 1] as number;
      const got = pooled(lists.map((list) => windowSum(list, measure)), measure) as number;
      expect(Math.abs(got / exact - 1)).toBeLessThan(0.006);
    }));
  });
});

describe("the words", () => {
  const change = (low: number, high: number, scale: "relative" | "points" = "relative"): Change =>
    ({ quantity: { scale }, interval: { low, high }, outcome: low > 0 || high < 0 ? "worse" : "unclear" } as unknown as Change);
  it.each([[change(0.18, 0.31), "18–31 %"], [change(-0.31, -0.18), "18–31 %"], [change(-0.02, 0.05), "−2 to +5 %"], [change(0.0041, 0.0119, "points"), "0.41–1.2 points"], [change(0.1, Number.POSITIVE_INFINITY), "10–∞ %"]])("give the interval plainly", (given, text) => {
    expect(span(given)).toBe(text);
  });

  it("count in times what is twice as much and more", () => {
    const told = (low: number, high: number, unit: string): string =>
      sentence({ quantity: { title: "live wait p99", scale: "relative", unit, measure: unit === "ms" ? { kind: "quantile", q: 0.99 } : { kind: "mean" } }, phase: "fault", interval: { low, high }, outcome: "worse", p: 0.01 } as unknown as Change);
    expect(told(5.18, 8.99, "")).toBe("live wait p99 is 6.2–10 times as high during the fault; unlikely to be noise");
    expect(told(1.5, Number.POSITIVE_INFINITY, "ms")).toBe("live wait p99 is 2.5–∞ times as long during the fault; unlikely to be noise");
    expect(told(0.9, 1.4, "ms")).toBe("live wait p99 is 90–140 % slower during the fault; unlikely to be noise");
  });

  it("say how often a claim came out how, and what was seen, as the table of a run has it", () => {
    expect([{ held: 1, refuted: 0, inconclusive: 0 }, { held: 2, refuted: 0, inconclusive: 0 }, { held: 0, refuted: 3, inconclusive: 0 }, { held: 2, refuted: 1, inconclusive: 0 }, { held: 0, refuted: 0, inconclusive: 0 }].map(tally))
      .toEqual(["held", "held in both runs", "refuted in all 3 runs", "held in 2 of 3 runs, refuted in 1", "not asked"]);
    const claim = { limit: 0.999, unit: "share", comparison: ">=" } as const;
    expect([observedText([1, 1], claim), observedText([0.99899999, null, 1], claim), observedText([null], claim), limitText(claim)]).toEqual(["100 %", expect.stringMatching(/^99.8999+ % to 100 %$/), "—", "≥ 99.9 %"]);
  });

  it("say which claims came out otherwise", () => {
    const finding = (status: "held" | "refuted", observed: number) => ({ kind: "claim", title: "served", status, phase: "fault", observed, comparison: ">=", limit: 0.99, unit: "", samples: 1, why: "" });
    const verdict = (status: "held" | "refuted", observed: number) => ({ findings: [finding(status, observed), { ...finding("held", 1), kind: "evidence", title: "landed" }] }) as never;
    expect(claimOutcomes([verdict("held", 1), verdict("held", 0.995)], [verdict("held", 1), verdict("refuted", 0.9)])).toEqual([expect.objectContaining({
      title: "served", changed: true, turned: "worse", a: { held: 2, refuted: 0, inconclusive: 0 }, b: { held: 1, refuted: 1, inconclusive: 0 }, observed: [[1, 0.995], [1, 0.9]],
    })]);
  });
});
