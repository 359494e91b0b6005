/**
 * Compares the samples in the record with the iterations, in total and second by second. The
 * generator's stream shows that an iteration made its sample, so a sample that is removed or moved
 * later would otherwise go unnoticed.
 */
import type { Plan } from "../record/plan.ts";
import type { FactOf } from "../record/facts.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { matching, sizeOf } from "../metrics/series.ts";
import { isVirtual } from "../record/substrates.ts";
import { sum } from "../base/statistics.ts";
import { iterationMetrics } from "./stalls.ts";

/**
 * Metrics with at least one sample per iteration; for users who stay to the end, the sample of
 * their stay.
 */
function leftByIterations({ metrics }: Plan): readonly string[] {
  const ofStays = Object.keys(metrics).filter((name) => metrics[name]?.perStay === true);
  return [...iterationMetrics(metrics), ...ofStays];
}

/**
 * Loads that leave only request samples are not checked. In virtual time, samples carry a lane and
 * no load.
 */
type LeftOut = FactOf<"generator.iterations">;

export function leftOutProblems(run: Run): LeftOut[] {
  const left = leftByIterations(run.plan).flatMap((metric) => matching(run.series, { metric }));
  const tag = left.some(({ tags }) => tags["load"] !== undefined) ? "load" : "lane";
  const groups = new Set(run.plan.load.map(({ name, lane }) => (tag === "load" ? name : lane)));
  return [...groups].flatMap((group): LeftOut[] => {
    const own = (some: readonly SeriesData[]): readonly SeriesData[] =>
      some.filter(({ tags }) => tags[tag] === group);
    const select = (metric: string, where: Readonly<Record<string, string>>) =>
      own(matching(run.series, { metric, where }));
    const account: Account = {
      begun: select("start_late_ms", { of: "iteration" }),
      ended: select("iteration_ms", { outcome: "ended" }),
      unasked: select("dropped_iterations", { why: "tooLate" }),
      samples: own(left),
    };
    const [samples, ended] = [sizeOf(account.samples), sizeOf(account.ended)];
    const known = samples + sum(account.unasked.map(({ values }) => sum(values)));
    if (samples === 0) return [];
    if (known < ended) {
      return [{ fact: "samples-missing", of: tag, group, ended, samples: known }];
    }
    // Only with exactly one sample per iteration does a sample have the time of its iteration.
    const isOneEach = known <= ended + slack && !isVirtual(run.plan.substrate);
    const problem = isOneEach ? movedProblem(account) : null;
    return problem === null ? [] : [{ ...problem, of: tag, group }];
  });
}

interface Account {
  readonly begun: readonly SeriesData[];
  readonly ended: readonly SeriesData[];
  /** Iterations that ended before their first request. */
  readonly unasked: readonly SeriesData[];
  readonly samples: readonly SeriesData[];
}

/** For the last milliseconds of a run. */
const slack = 2;
const binMs = 1_000;
/** Two days; anything later is counted in the last bin. */
const binsMax = 172_800;

/** `second`: the second at whose end it shows. */
type Moved = { readonly second: number; readonly samples: number } & (
  | { readonly fact: "sample-before-start"; readonly begun: number }
  | { readonly fact: "sample-after-end"; readonly ended: number }
);

/**
 * At every moment there are at most as many samples as begun iterations, and at least as many as
 * ended ones.
 */
function movedProblem({ begun, ended, unasked, samples }: Account): Moved | null {
  const first = begun.reduce(
    (least, { atMs }) => atMs.reduce((a, b) => Math.min(a, b), least),
    Number.POSITIVE_INFINITY,
  );
  const starts = totals(begun, first, () => 1);
  const ends = totals(ended, first, () => 1);
  const left = totals(samples, first, () => 1);
  const none = totals(unasked, first, (value) => value);
  const at = (some: readonly number[], bin: number): number =>
    some[Math.min(bin, some.length - 1)] ?? 0;
  const bins = Math.max(starts.length, ends.length, left.length, none.length);
  for (let bin = 0; bin < bins; bin++) {
    const known = at(left, bin) + at(none, bin);
    const [hadBegun, hadEnded] = [at(starts, bin), at(ends, bin)];
    if (known > hadBegun + slack)
      return { fact: "sample-before-start", second: bin + 1, begun: hadBegun, samples: known };
    if (known < hadEnded - slack)
      return { fact: "sample-after-end", second: bin + 1, ended: hadEnded, samples: known };
  }
  return null;
}

/** Cumulative counts at the end of each bin, by recording time. */
function totals(
  series: readonly SeriesData[],
  fromMs: number,
  sizeOfOne: (value: number) => number,
): number[] {
  const counts: number[] = [];
  for (const { atMs, values } of series) {
    for (let index = 0; index < atMs.length; index++) {
      const at = Math.floor(((atMs[index] as number) - fromMs) / binMs);
      const bin = Math.min(binsMax, Math.max(0, at));
      counts[bin] = (counts[bin] ?? 0) + sizeOfOne(values[index] as number);
    }
  }
  let total = 0;
  return Array.from(counts, (count) => {
    total += count ?? 0;
    return total;
  });
}
