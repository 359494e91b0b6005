/** One number per run and quantity: the input of the whole-run test. */
import { pooled, type RunStrata, type RunWindows } from "./windowed.ts";
import type { Phase } from "../base/phases.ts";
import { windowsOf } from "../judge/windows.ts";
import type { Run } from "../record/run.ts";
import { mean } from "../base/statistics.ts";
import { type Quantity, windowsOfQuantity } from "./quantities.ts";
import type { RunFigure } from "./whole-runs.ts";
import { rhythmMsOf } from "../target/rhythm.ts";

/** One histogram bin: runs in the same bin may still differ by this much. */
const spreadMinRelative = 0.01;

export interface ScaledFigure extends RunFigure {
  /**
   * Converts an excess of B over A from the figure's scale to a fraction of A, or to a difference
   * of shares.
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
    // The least variation of a share over this many requests, and at least one request.
    return {
      values,
      spreadMin: Math.sqrt((share * (1 - share)) / requests + 1 / requests ** 2),
      relative: (excess) => excess,
    };
  }
  return scaled(values);
}

/** Logarithms, so that doubling and halving are equally large; plain values if one is 0. */
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
 * The runs of both sides in an order that depends neither on the baseline nor on the names on the
 * command line. Random draws are then the same.
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

/** Reads each phase of each run once, although several quantiles and the whole run use it. */
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
  // One period, because users arrive in one burst per period.
  return window === undefined ? [] : windowsOfQuantity(run, quantity, window, rhythmMsOf(run.plan));
}
