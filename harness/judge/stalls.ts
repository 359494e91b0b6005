/**
 * Stretches in which the load generator stood still: it was stopped, starved, or busy with itself.
 * What users felt then may be its own doing, so it neither refutes a claim nor lets it hold; a
 * claim that is violated by all the others as well stays refuted.
 *
 * A stall is seen by iterations that began later than they meant to. What it held back comes all at
 * once when it goes on, which is not the load that the experiment speaks of: a stall casts a shadow
 * as long as itself.
 */
import { type Claim, statisticOf } from "../claims/statistics/registry.ts";
import type { Selector, SeriesData } from "../metrics/samples.ts";
import { isLoadDependent, metricIn, type Registry } from "../metrics/metrics.ts";
import { eachIn, matching, type Window } from "../metrics/series.ts";

/** Later than this is more than a busy machine's jitter: an eighth of a period of 2 s. */
const stallMsMin = 250;
/**
 * What began this late can have gone badly for that alone; below it the bunches of users are still
 * what they should be.
 */
const heldBackMsMin = 500;
const shadowMsMax = 5_000;

/** Whoever began no later than this shows that the generator was at work then. */
const onTimeMsMax = 100;

/**
 * Stretches in which some iteration waited to be begun, in order and without overlap: what then
 * went wrong may be the generator's own doing.
 */
export function stallsOf(all: readonly SeriesData[]): readonly Window[] {
  return merged(lateStarts(all, stallMsMin));
}

/**
 * Stretches in which no iteration at all began on time: whoever meant to ask then was held back.
 */
export function standstillsOf(all: readonly SeriesData[]): readonly Window[] {
  const late = lateStarts(all, heldBackMsMin);
  if (late.length === 0) return [];
  const onTime: number[] = [];
  for (const series of matching(all, { metric: "start_late_ms" })) {
    for (let index = 0; index < series.values.length; index++)
      if ((series.values[index] as number) <= onTimeMsMax)
        onTime.push(series.atMs[index] as number);
  }
  const worked = Float64Array.from(onTime).sort();
  return merged(
    late
      .map(({ fromMs, untilMs }) => ({
        fromMs: Math.max(fromMs, lastBefore(worked, untilMs)),
        untilMs,
      }))
      .filter(({ fromMs, untilMs }) => untilMs - fromMs > heldBackMsMin),
  );
}

function lastBefore(sorted: Float64Array, beforeMs: number): number {
  let low = 0,
    high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < beforeMs) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1] ?? Number.NEGATIVE_INFINITY;
}

function lateStarts(all: readonly SeriesData[], longerThanMs: number): Window[] {
  const found: Window[] = [];
  for (const series of matching(all, { metric: "start_late_ms" })) {
    for (let index = 0; index < series.values.length; index++) {
      const [untilMs, lateMs] = [series.atMs[index] as number, series.values[index] as number];
      if (lateMs > longerThanMs) found.push({ fromMs: untilMs - lateMs, untilMs });
    }
  }
  return found;
}

function merged(windows: readonly Window[]): Window[] {
  const all: { fromMs: number; untilMs: number }[] = [];
  for (const { fromMs, untilMs } of [...windows].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = all.at(-1);
    if (last !== undefined && fromMs <= last.untilMs)
      last.untilMs = Math.max(last.untilMs, untilMs);
    else all.push({ fromMs, untilMs });
  }
  return all;
}

export function shadowsOf(stalls: readonly Window[]): readonly Window[] {
  return merged(
    stalls.map(({ fromMs, untilMs }) => ({
      fromMs,
      untilMs: untilMs + Math.min(shadowMsMax, untilMs - fromMs),
    })),
  );
}

/** Whether anything of [fromMs, untilMs] lies in one of the windows, which are in order. */
export function overlaps(windows: readonly Window[], fromMs: number, untilMs: number): boolean {
  let low = 0,
    high = windows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((windows[middle] as Window).untilMs < fromMs) low = middle + 1;
    else high = middle;
  }
  const first = windows[low];
  return first !== undefined && first.fromMs <= untilMs;
}

/**
 * The samples that no stall, nor its shadow, touched. A reading of a counter covers the time since
 * the one before.
 */
function untouched(series: SeriesData, shadows: readonly Window[]): SeriesData {
  const atMs: number[] = [],
    values: number[] = [];
  for (let index = 0; index < series.atMs.length; index++) {
    const [untilMs, value] = [series.atMs[index] as number, series.values[index] as number];
    const fromMs =
      series.kind === "duration"
        ? untilMs - value
        : series.kind === "increment"
          ? Math.min(untilMs, series.atMs[index - 1] ?? untilMs)
          : untilMs;
    if (overlaps(shadows, fromMs, untilMs)) continue;
    atMs.push(untilMs);
    values.push(value);
  }
  return {
    metric: series.metric,
    kind: series.kind,
    tags: series.tags,
    atMs: Float64Array.from(atMs),
    values: Float64Array.from(values),
  };
}

/**
 * The record as kindly to a violated claim as the stalls allow, or null when they could explain
 * anything. What a statistic that only grows would have come to without them cannot be told when
 * the claim asks for more of it.
 */
export function kindestRecord(
  claim: Claim,
  all: readonly SeriesData[],
  shadows: readonly Window[],
): readonly SeriesData[] | null {
  const chosen = statisticOf(claim).spoilt(claim);
  if (chosen === null) return null;
  const touched = new Set(matching(all, chosen));
  return all.map((series) => (touched.has(series) ? untouched(series, shadows) : series));
}

/** One sample for each iteration. */
export function iterationMetrics(registry: Registry): readonly string[] {
  return Object.keys(registry).filter((name) => metricIn(registry, name)?.perIteration === true);
}

/** Users of a claim's lane whose iterations a stall held back. */
export function heldBackIn(
  selector: Selector,
  window: Window,
  all: readonly SeriesData[],
  stalls: readonly Window[],
  registry: Registry,
): number {
  let count = 0;
  eachHeldBack(selector, window, all, stalls, registry, () => count++);
  return count;
}

/** Calls back with the start of each of them. */
export function eachHeldBack(
  selector: Selector,
  window: Window,
  all: readonly SeriesData[],
  stalls: readonly Window[],
  registry: Registry,
  visit: (startedMs: number) => void,
): void {
  if (stalls.length === 0 || !isLoadDependent(registry, selector.metric)) return;
  const lane = selector.where?.["lane"];
  const inLane = lane === undefined ? {} : { where: { lane } };
  const measured = iterationMetrics(registry).flatMap((metric) =>
    matching(all, { metric, ...inLane }),
  );
  // A workload that measures none of these still has iterations.
  const iterations =
    measured.length > 0 ? measured : matching(all, { metric: "iteration_ms", ...inLane });
  eachIn(iterations, window, (value, startedMs) => {
    if (overlaps(stalls, startedMs, startedMs + value)) visit(startedMs);
  });
}
