/**
 * Stalls of the load generator: it was stopped, starved, or busy with itself. It may have caused
 * what users saw then, so a stall neither refutes a claim nor lets it hold. A claim that all other
 * samples violate stays refuted.
 *
 * A stall shows as iterations that began late. Delayed iterations arrive all at once when the
 * generator resumes, which is not the planned load. So each stall is followed by a catch-up window
 * of its own length.
 */
import { type Claim, statisticOf } from "../claims/statistics/registry.ts";
import type { Selector, SeriesData } from "../metrics/samples.ts";
import { isLoadDependent, metricIn, type Registry } from "../metrics/metrics.ts";
import { eachIn, matching, type Window } from "../metrics/series.ts";

/** Longer delays exceed the jitter of a busy machine: an eighth of a 2 s period. */
const stallMsMin = 250;
/**
 * An iteration this late may have failed for that reason alone. Below it, the bursts of users are
 * still as planned.
 */
const delayedMsMin = 500;
const catchUpMsMax = 5_000;

/**
 * An iteration that began within this time of its due moment shows that the generator was working.
 */
const onTimeMsMax = 100;

/**
 * Windows in which some iteration was waiting to begin, in order and without overlap. The generator
 * may have caused failures in them.
 */
export function stallsOf(all: readonly SeriesData[]): readonly Window[] {
  return merged(lateStarts(all, stallMsMin));
}

/** Windows in which no iteration began on time, so that every due user was delayed. */
export function standstillsOf(all: readonly SeriesData[]): readonly Window[] {
  const late = lateStarts(all, delayedMsMin);
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
      .filter(({ fromMs, untilMs }) => untilMs - fromMs > delayedMsMin),
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

export function withCatchUp(stalls: readonly Window[]): readonly Window[] {
  return merged(
    stalls.map(({ fromMs, untilMs }) => ({
      fromMs,
      untilMs: untilMs + Math.min(catchUpMsMax, untilMs - fromMs),
    })),
  );
}

/** Whether [fromMs, untilMs] overlaps one of the windows, which are in order. */
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
 * The samples that no stall and no catch-up window affected. A counter reading covers the time
 * since the previous one.
 */
function withoutAffected(series: SeriesData, catchUpWindows: readonly Window[]): SeriesData {
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
    if (overlaps(catchUpWindows, fromMs, untilMs)) continue;
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
 * The record as favourable to a violated claim as the stalls allow; null if they could explain any
 * violation. For a statistic that only grows, its value without the stalls is unknown if the claim
 * demands more.
 */
export function mostFavourableRecord(
  claim: Claim,
  all: readonly SeriesData[],
  catchUpWindows: readonly Window[],
): readonly SeriesData[] | null {
  const chosen = statisticOf(claim).affectedByStall(claim);
  if (chosen === null) return null;
  const touched = new Set(matching(all, chosen));
  return all.map((series) =>
    touched.has(series) ? withoutAffected(series, catchUpWindows) : series,
  );
}

/** Metrics with one sample per iteration. */
export function iterationMetrics(registry: Registry): readonly string[] {
  return Object.keys(registry).filter((name) => metricIn(registry, name)?.perIteration === true);
}

/** Users of a claim's lane whose iterations a stall delayed. */
export function delayedIn(
  selector: Selector,
  window: Window,
  all: readonly SeriesData[],
  stalls: readonly Window[],
  registry: Registry,
): number {
  let count = 0;
  eachDelayed(selector, window, all, stalls, registry, () => count++);
  return count;
}

/** Calls back with the start of each of them. */
export function eachDelayed(
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
  // A workload without these metrics still has iterations.
  const iterations =
    measured.length > 0 ? measured : matching(all, { metric: "iteration_ms", ...inLane });
  eachIn(iterations, window, (value, startedMs) => {
    if (overlaps(stalls, startedMs, startedMs + value)) visit(startedMs);
  });
}
