/** Lines of a chart, one per tag value. */
import type { SeriesData } from "../metrics/samples.ts";
import type { Measure } from "./buckets.ts";
import { categorical } from "../target/charts.ts";
import type { LineSpec } from "./chart.ts";
import { clip } from "./plain.ts";

const linesMax = categorical.length;

/**
 * One line per tag value. If there are too many, the largest are separate and the others are
 * summed.
 */
export function byTag(
  series: readonly SeriesData[],
  tag: string,
  measure: (series: readonly SeriesData[]) => Measure,
): LineSpec[] {
  const groups = Map.groupBy(series, (one) => one.tags[tag] ?? "unnamed");
  const weight = (all: readonly SeriesData[]): number =>
    all.reduce((total, one) => one.values.reduce((a, b) => a + b, total), 0);
  const ranked = [...groups]
    .map(([label, all]) => ({ label: clip(label, 48), all, weight: weight(all) }))
    .sort((a, b) => b.weight - a.weight || a.label.localeCompare(b.label));
  const [named, others] =
    ranked.length <= linesMax
      ? [ranked, []]
      : [ranked.slice(0, linesMax - 1), ranked.slice(linesMax - 1)];
  const lines = named.map(({ label, all }, index) => ({
    label,
    tone: categorical[index] ?? "muted",
    measure: measure(all),
  }));
  if (others.length === 0) return lines;
  return [
    ...lines,
    {
      label: `${others.length} others`,
      tone: "muted",
      measure: measure(others.flatMap(({ all }) => all)),
    },
  ];
}
