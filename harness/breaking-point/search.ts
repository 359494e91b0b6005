/**
 * Finds the load at which the target breaks, with as few whole runs as possible. It doubles the
 * load until the target breaks. From then on it tests the median of the threshold's posterior
 * (Watson and Pelli's QUEST, 1983). A run near the threshold holds or breaks by chance, so each
 * outcome counts as a noisy observation. A bisection would rule out everything on its far side.
 */
import { thresholdOf } from "./threshold.ts";

/**
 * `generator`: the generator failed, so the run says nothing about the target at this load.
 * `unclear`: it says nothing for another reason.
 */
export type StepOutcome = "held" | "broke" | "generator" | "unclear";

export interface SearchStep {
  /** The audience as a multiple of the planned one. */
  readonly scale: number;
  readonly outcome: StepOutcome;
}

export interface SearchOptions {
  readonly runsMax: number;
  readonly scaleMin: number;
  readonly scaleMax: number;
  /** The target precision: the upper end of the interval divided by the lower one. */
  readonly within: number;
}

/**
 * `broke`: found, inside the interval. `generator`: the generator failed first. `unbroken`: nothing
 * broke up to the greatest load tried. `below`: it breaks even with the smallest audience tried.
 * `unclear`: no conclusion.
 */
export interface Conclusion {
  readonly kind: "broke" | "generator" | "unbroken" | "below" | "unclear";
  /**
   * Best estimate of the load at which half of all runs break; null unless it is known to break.
   */
  readonly estimate: number | null;
  /** Lower end: at most the greatest load that held. Upper end: null if nothing broke. */
  readonly from: number | null;
  readonly until: number | null;
  /** The load from which the generator failed. */
  readonly ceiling: number | null;
}

export type Next = { readonly scale: number } | { readonly conclusion: Conclusion };

/** The next run, or the conclusion. */
export function nextStep(steps: readonly SearchStep[], options: SearchOptions): Next {
  const known = reading(steps);
  if (steps.length >= options.runsMax || settled(known, options))
    return { conclusion: conclude(steps, known) };
  return steps.length === 0 ? { scale: 1 } : { scale: rounded(candidate(steps, known, options)) };
}

interface Reading {
  readonly heldMax: number | null;
  readonly brokeMin: number | null;
  readonly ceiling: number | null;
  readonly unclear: boolean;
  readonly threshold: { readonly median: number; readonly low: number; readonly high: number };
}

function reading(steps: readonly SearchStep[]): Reading {
  const of = (outcome: StepOutcome): number[] =>
    steps.filter((step) => step.outcome === outcome).map(({ scale }) => scale);
  const least = (scales: readonly number[]): number | null =>
    scales.length === 0 ? null : Math.min(...scales);
  const held = of("held");
  return {
    heldMax: held.length === 0 ? null : Math.max(...held),
    brokeMin: least(of("broke")),
    ceiling: least(of("generator")),
    unclear: steps.at(-1)?.outcome === "unclear",
    threshold: thresholdOf(steps),
  };
}

function settled(
  { heldMax, brokeMin, ceiling, unclear, threshold }: Reading,
  { scaleMin, scaleMax, within }: SearchOptions,
): boolean {
  if (unclear) return true;
  if (brokeMin !== null)
    return heldMax === null ? brokeMin <= scaleMin : threshold.high / threshold.low <= within;
  if (ceiling !== null)
    return heldMax === null ? ceiling <= scaleMin : ceiling / heldMax <= Math.max(within, 1.25);
  return heldMax !== null && heldMax >= scaleMax;
}

function candidate(
  steps: readonly SearchStep[],
  { heldMax, brokeMin, ceiling, threshold }: Reading,
  { scaleMin, scaleMax }: SearchOptions,
): number {
  if (brokeMin !== null)
    return heldMax === null
      ? Math.max(scaleMin, brokeMin / 2)
      : Math.min(scaleMax, Math.max(scaleMin, threshold.median));
  if (ceiling !== null)
    return heldMax === null ? Math.max(scaleMin, ceiling / 2) : Math.sqrt(heldMax * ceiling);
  return Math.min(scaleMax, (heldMax ?? steps.at(-1)?.scale ?? 1) * 2);
}

function conclude(
  steps: readonly SearchStep[],
  { heldMax, brokeMin, ceiling, threshold }: Reading,
): Conclusion {
  if (brokeMin !== null && heldMax !== null)
    return {
      kind: "broke",
      estimate: threshold.median,
      from: Math.min(threshold.low, heldMax),
      until: threshold.high,
      ceiling,
    };
  if (brokeMin !== null)
    return { kind: "below", estimate: null, from: null, until: brokeMin, ceiling };
  if (ceiling !== null)
    return { kind: "generator", estimate: null, from: heldMax, until: null, ceiling };
  return {
    kind: heldMax === null || steps.at(-1)?.outcome === "unclear" ? "unclear" : "unbroken",
    estimate: null,
    from: heldMax,
    until: null,
    ceiling,
  };
}

/** Three digits, so that the command for a repetition stays short. */
function rounded(scale: number): number {
  return Number(scale.toPrecision(3));
}
