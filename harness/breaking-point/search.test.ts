import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prng } from "../base/prng.ts";
import {
  type Conclusion,
  nextStep,
  type SearchOptions,
  type SearchStep,
  type StepOutcome,
} from "./search.ts";
import { times } from "../../test/support/thorough.ts";

const options: SearchOptions = { runsMax: 14, scaleMin: 1 / 16, scaleMax: 64, within: 1.2 };

function search(
  tell: (scale: number) => StepOutcome,
  how: SearchOptions = options,
): { steps: SearchStep[]; conclusion: Conclusion } {
  const steps: SearchStep[] = [];
  for (;;) {
    const next = nextStep(steps, how);
    if ("conclusion" in next) return { steps, conclusion: next.conclusion };
    steps.push({ scale: next.scale, outcome: tell(next.scale) });
  }
}
const sharp =
  (at: number) =>
  (scale: number): StepOutcome =>
    scale < at ? "held" : "broke";
const scales = fc.double({ min: 0.1, max: 50, noNaN: true });
const outcomes = fc.constantFrom<StepOutcome>("held", "broke", "generator", "unclear");

describe("the search for a breaking point", () => {
  it("locates a sharp one within 20 % with the available runs, wherever it is", () => {
    fc.assert(
      fc.property(scales, (at) => {
        const { steps, conclusion } = search(sharp(at));
        expect(conclusion.kind).toBe("broke");
        expect(steps.length).toBeLessThanOrEqual(options.runsMax);
        expect((conclusion.estimate ?? 0) / at).toBeGreaterThan(0.83);
        expect((conclusion.estimate ?? 0) / at).toBeLessThan(1.2);
      }),
      { numRuns: times(10) },
    );
  });

  it("covers a blurred one with its interval about nine times of ten", () => {
    let within = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const random = prng(seed);
      const at = 2 ** (random() * 5);
      // A logistic blur of about an eighth of an octave, unknown to the search.
      const { conclusion } = search((scale) =>
        random() < 1 / (1 + Math.exp(-Math.log2(scale / at) / 0.08)) ? "broke" : "held",
      );
      if (
        conclusion.from !== null &&
        conclusion.until !== null &&
        conclusion.from <= at &&
        at <= conclusion.until
      )
        within++;
    }
    expect(within).toBeGreaterThanOrEqual(50);
  });

  it("never reports as headroom what did not hold, and stays within its bounds", () => {
    fc.assert(
      fc.property(fc.infiniteStream(outcomes), (stream) => {
        const { steps, conclusion } = search(() => stream.next().value as StepOutcome);
        const held = steps.filter(({ outcome }) => outcome === "held").map(({ scale }) => scale);
        expect(steps.length).toBeLessThanOrEqual(options.runsMax);
        for (const { scale } of steps)
          expect(scale >= options.scaleMin * 0.99 && scale <= options.scaleMax).toBe(true);
        if (conclusion.from !== null)
          expect(conclusion.from).toBeLessThanOrEqual(Math.max(...held));
        if (conclusion.kind === "unbroken" || conclusion.kind === "broke")
          expect(held.length).toBeGreaterThan(0);
        if (!steps.some(({ outcome }) => outcome === "broke"))
          expect([conclusion.estimate, conclusion.until]).toEqual([null, null]);
      }),
      { numRuns: times(10) },
    );
  });

  it.each<[string, (scale: number) => StepOutcome, Partial<Conclusion>]>([
    [
      "the generator gives out first",
      (scale) => (scale <= 3 ? "held" : "generator"),
      { kind: "generator", estimate: null, until: null, from: expect.closeTo(2.6, 0) },
    ],
    [
      "the generator cannot even play what is planned",
      () => "generator",
      { kind: "generator", from: null },
    ],
    ["nothing breaks", () => "held", { kind: "unbroken", from: 64, until: null }],
    [
      "it breaks with hardly anybody there",
      () => "broke",
      { kind: "below", from: null, until: 1 / 16 },
    ],
    ["nothing can be concluded", () => "unclear", { kind: "unclear", from: null }],
  ])("reports it if %s", (_what, tell, expected) => {
    const { steps, conclusion } = search(tell);
    expect(conclusion).toMatchObject(expected);
    expect(steps.length).toBeLessThan(options.runsMax);
  });

  it("ends with its current estimate when its runs are used up", () => {
    const { steps, conclusion } = search(sharp(3), { ...options, runsMax: 4 });
    expect(steps.map(({ scale }) => scale).slice(0, 3)).toEqual([1, 2, 4]);
    expect(steps).toHaveLength(4);
    expect(conclusion).toMatchObject({ kind: "broke", estimate: expect.closeTo(2.6, 0) });
  });
});
