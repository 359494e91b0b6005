/** Turns the charts that a plan declares into measured lines of a run. */
import type { ChartStatistic, DeclaredChart, DeclaredLine, Measured } from "../target/charts.ts";
import type { SeriesData } from "../metrics/samples.ts";
import {
  bucketQuantileOf,
  count,
  growth,
  happened,
  highest,
  meanOf,
  type Measure,
  peak,
  quantileOf,
  rate,
  restOf,
  shareOf,
} from "./buckets.ts";
import { byTag } from "./by-tag.ts";
import type { ChartSpec, LineSpec } from "./chart.ts";
import type { Find } from "./find.ts";

/** How each statistic is computed, and its properties. */
export const measures: Readonly<
  Record<
    ChartStatistic,
    {
      readonly of: (series: readonly SeriesData[]) => Measure;
      /** For several runs it is divided by their number; a quantile pools them. */
      readonly perRun?: true;
      /** It counts events that are reported only when they happen, so no report means zero. */
      readonly alwaysKnown?: true;
    }
  >
> = {
  rate: { of: rate, perRun: true },
  count: { of: count, perRun: true },
  growth: { of: growth, perRun: true },
  happened: { of: happened, perRun: true, alwaysKnown: true },
  highest: { of: highest },
  peak: { of: peak, perRun: true },
  mean: { of: meanOf },
  p50: { of: (series) => quantileOf(series, 0.5) },
  p95: { of: (series) => quantileOf(series, 0.95) },
  p99: { of: (series) => quantileOf(series, 0.99) },
  bucketP50: { of: (series) => bucketQuantileOf(series, 0.5) },
  bucketP99: { of: (series) => bucketQuantileOf(series, 0.99) },
};

export function declaredSpec(chart: DeclaredChart, find: Find): ChartSpec {
  const { id, title, note, unit, stacked, spreadForLog, only } = chart;
  const isDrawn = only === undefined || find(only.metric, only.where).length > 0;
  return {
    id,
    title,
    note,
    unit,
    ...(stacked === undefined ? {} : { stacked }),
    ...(spreadForLog === undefined ? {} : { spreadForLog }),
    needs: needsOf(chart),
    lines: isDrawn ? chart.lines.flatMap((line) => linesOf(line, find)) : [],
  };
}

/** Null if nothing is missing. */
function needsOf({ optional, only, lines }: DeclaredChart): string | null {
  if (optional === true) return null;
  return only?.metric ?? [...new Set(lines.map(({ metric }) => metric))].join(" or ");
}

function linesOf(line: DeclaredLine, find: Find): LineSpec[] {
  const { metric, statistic, by, label = metric, tone = "muted", unit, axis } = line;
  if (by !== undefined) return byTag(chosen(line, find), by, measures[statistic].of);
  const measured = measureOf(line, find);
  return measured === null
    ? []
    : [
        {
          label,
          tone,
          measure: measured,
          ...(unit === undefined ? {} : { unit }),
          ...(axis === undefined ? {} : { axis }),
        },
      ];
}

/** Null if the run has no samples of it. */
export function measureOf(line: DeclaredLine, find: Find): Measure | null {
  const { metric, shareOf: whole, leftOf } = line;
  const { of: measure, alwaysKnown = false } = measures[line.statistic];
  const part = measure(chosen(line, find));
  const of = whole ?? leftOf;
  if (of === undefined) return find(metric).length > 0 || alwaysKnown ? part : null;
  const all = chosen(of, find);
  if (all.length === 0) return null;
  if (whole !== undefined) return shareOf(part, measures[of.statistic].of(all));
  return chosen(line, find).length === 0 ? null : restOf(part, measures[of.statistic].of(all));
}

function chosen({ metric, where, except = {} }: Measured, find: Find): readonly SeriesData[] {
  return find(metric, where).filter(({ tags }) =>
    Object.entries(except).every(([tag, values]) => !values.includes(tags[tag] ?? "")),
  );
}
