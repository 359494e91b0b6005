/**
 * Of a histogram of Prometheus: which part of what it observed lies in the bucket `le` or below.
 * It is exact, as no quantile of buckets is.
 */
import { z } from "zod";
import type { SeriesData } from "../../metrics/samples.ts";
import { valuesIn, type Window } from "../../metrics/series.ts";
import { sum } from "../../base/statistics.ts";
import { defineStatistic, extremes, nothing } from "./statistic.ts";

const above = "+Inf";

export const within = defineStatistic({
  name: "within",
  meaning: "of a histogram (`…_bucket`), the fraction of observations, 0…1, of at most `le`",
  fields: {
    le: z
      .string()
      .regex(/^[\d.e+-]+$/, 'the bound of a bucket, as Prometheus has it: "0.5"')
      .describe("The bound of one of the histogram's buckets, in the histogram's own unit."),
  },
  unit: "share",
  most: 1,
  isOfCounters: true,
  readsValues: false,
  having: ({ le }) => ({ le }),
  observe: ({ comparison, le }, { selected, window, dropped }) => {
    const grown = (bound: string): number | null => {
      const series = selected.filter(({ tags }) => tags["le"] === bound);
      return series.length === 0 ? null : sum(valuesIn(series, window));
    };
    const [inside, all] = [grown(le), grown(above)];
    // A bound that no bucket has is no bound of which anything is known.
    if (inside === null || all === null || all === 0) return nothing;
    return extremes(comparison, all, {
      value: Math.min(1, inside / all),
      least: Math.min(1, inside / (all + dropped)),
      most: Math.min(1, (inside + dropped) / (all + dropped)),
    });
  },
  madeUp: ({ metric, where, le, samplesMin }, window) =>
    [0.001, 0.25, 0.5, 0.75, 0.999, 1].map((part) => {
      const all = Math.max(1_000, samplesMin);
      return [
        bucket(metric, { ...where, le }, part * all, window),
        bucket(metric, { ...where, le: above }, all, window),
      ];
    }),
});

function bucket(
  metric: string,
  tags: SeriesData["tags"],
  value: number,
  { fromMs }: Window,
): SeriesData {
  return {
    metric,
    kind: "increment",
    tags,
    atMs: Float64Array.of(fromMs + 1),
    values: Float64Array.of(value),
  };
}
