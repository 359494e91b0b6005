/** Samples that cannot be: waits below zero, values that are no number, the same sample again and again. (`record-fits.ts` looks at their times.) */
import { metrics } from "../metrics.ts";
import type { Run, SeriesData } from "../run.ts";
import { isVirtual } from "../substrates.ts";

/** The clock of a workload tells whole milliseconds, so that a wait may seem shorter than none by less than one. */
const roundedMs = 1;
/**
 * Of one series, the share of samples that may repeat another to the microsecond: at 1000 samples a second and waits of 20 different
 * milliseconds it is 0.005 %.
 */
const repeatedShareMax = 0.01;
const repeatedMin = 5;
/** Samples of one microsecond that are compared with one another, at most. */
const neighboursMax = 64;
/** Steps for each sample beyond which a record is sorted in another way. */
const stepsMax = 50;

/** Null when every sample can be. */
export function impossibleProblem(run: Run): string | null {
  const problems = run.series.flatMap((series) => {
    const problem = valueProblem(series) ?? (metrics[series.metric]?.source === "generator" && !isVirtual(run.plan.substrate) ? repeatProblem(series) : null);
    return problem === null ? [] : [`${series.metric} of ${Object.values(series.tags).join(", ") || "the run"}: ${problem}`];
  });
  const more = problems.length > 3 ? [`and ${problems.length - 3} more`] : [];
  return problems.length === 0 ? null : [...problems.slice(0, 3), ...more].join("; ");
}

function valueProblem({ kind, values, atMs }: SeriesData): string | null {
  const negativeToo = kind === "gauge" || kind === "event";
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isFinite(value) || !Number.isFinite(atMs[index] as number)) return "a value or a time is no number";
    if (value <= -roundedMs && !negativeToo) return `a value of ${value} is below zero`;
  }
  return null;
}

/** Virtual time jumps, so that what depends on nothing but time does happen at once there. Only neighbours in time can be alike, and those are neighbours in the record or nearly so. */
function repeatProblem({ kind, values, atMs }: SeriesData): string | null {
  if (kind !== "duration") return null;
  const order = inTime(atMs);
  let repeated = 0;
  for (let index = 1; index < order.length; index++) {
    const here = order[index] as number;
    for (let back = index - 1; back >= Math.max(0, index - neighboursMax) && atMs[order[back] as number] === atMs[here]; back--) {
      if (values[order[back] as number] !== values[here]) continue;
      repeated++;
      break;
    }
  }
  return repeated > Math.max(repeatedMin, repeatedShareMax * values.length) ? `${repeated} of ${values.length} samples are repeated to the microsecond` : null;
}

/** Indices in the order of time. The record is nearly in that order, so each finds its place after a few steps. */
function inTime(atMs: Float64Array): Uint32Array {
  const order = new Uint32Array(atMs.length);
  let steps = 0;
  for (let index = 0; index < atMs.length; index++) {
    let place = index;
    for (; place > 0 && (atMs[order[place - 1] as number] as number) > (atMs[index] as number); place--, steps++) order[place] = order[place - 1] as number;
    order[place] = index;
    if (steps > stepsMax * atMs.length) return Uint32Array.from(atMs.keys()).sort((a, b) => (atMs[a] as number) - (atMs[b] as number));
  }
  return order;
}
