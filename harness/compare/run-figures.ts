/** What one run comes to in one quantity: the number that the test over whole runs takes. */
import { pooled, type RunStrata, type RunWindows } from "./windowed.ts";
import type { Phase } from "../base/phases.ts";
import { windowsOf } from "../judge/windows.ts";
import type { Run } from "../record/run.ts";
import { mean } from "../base/statistics.ts";
import { type Quantity, windowsOfQuantity } from "./quantities.ts";
import type { RunFigure } from "./whole-runs.ts";
import { rhythmMsOf } from "../target/rhythm.ts";

/**
 * One bin of the histograms: runs that lie in the same bin are not known to be more alike than
 * that.
 */
const spreadMinRelative = 0.01;

export interface ScaledFigure extends RunFigure {
  /**
   * An excess of B over A on the figure's scale, as a fraction of A, or as a difference of shares.
   */
  readonly relative: (excess: number) => number;
}

export function figureOf(runs: readonly RunStrata[], { measure, scale }: Quantity): ScaledFigure {
  const values = runs.map((strata) => pooled(strata.flat(), measure) ?? 0);
  if (scale === "points") {
    const requests = mean(
      runs.map((strata) => strata.flat().reduce((sum, { count }) => sum + count, 0)),
    );
    const share = mean(values);
    // What a share of so many requests varies by at least, and never by less than one request.
    return {
      values,
      spreadMin: Math.sqrt((share * (1 - share)) / requests + 1 / requests ** 2),
      relative: (excess) => excess,
    };
  }
  return scaled(values);
}

/**
 * As logarithms, so that twice as much and half as much are as far from the same; as they are where
 * one is 0.
 */
export function scaled(values: readonly number[]): ScaledFigure {
  if (values.every((value) => value > 0))
    return { values: values.map(Math.log), spreadMin: spreadMinRelative, relative: Math.expm1 };
  const unit = mean(values.map(Math.abs));
  return {
    values,
    spreadMin: spreadMinRelative * unit,
    relative: (excess) => (unit === 0 ? excess : excess / unit),
  };
}

/**
 * The runs of both sides in an order that depends neither on which side is the baseline nor on how
 * the runs were named on the command line: what is drawn at random is then the same.
 */
export function inFixedOrder({
  a,
  b,
}: {
  readonly a: readonly Run[];
  readonly b: readonly Run[];
}): { readonly run: Run; readonly inB: boolean }[] {
  const keyOf = (run: Run): string => `${run.id} ${run.directory} ${run.plan.seed}`;
  const all = [...a.map((run) => ({ run, inB: false })), ...b.map((run) => ({ run, inB: true }))];
  return all
    .map((one) => ({ ...one, key: keyOf(one.run) }))
    .sort((x, y) => (x.key < y.key ? -1 : x.key > y.key ? 1 : 0));
}

export function holdsAnything(windows: RunWindows): boolean {
  return windows.some(({ count }) => count > 0);
}

export type WindowReader = (run: Run, quantity: Quantity, phase: Phase) => RunWindows;

/**
 * Reads each phase of each run once, although several quantiles, and the whole run, are made of it.
 */
export function windowReader(): WindowReader {
  const known = new Map<Run, Map<string, RunWindows>>();
  return (run, quantity, phase) => {
    const ofRun = known.get(run) ?? new Map<string, RunWindows>();
    known.set(run, ofRun);
    const { metric, where, having, measure } = quantity;
    const key = JSON.stringify([metric, where, having, measure.kind, phase]);
    const read = ofRun.get(key) ?? windowsIn(run, quantity, phase);
    ofRun.set(key, read);
    return read;
  };
}

function windowsIn(run: Run, quantity: Quantity, phase: Phase): RunWindows {
  const window = windowsOf(run.events)[phase];
  // One period: users come in bunches, one for each.
  return window === undefined ? [] : windowsOfQuantity(run, quantity, window, rhythmMsOf(run.plan));
}
