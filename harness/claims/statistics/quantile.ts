/** Quantile statistics: nearest rank over all values, so the result is always an observed value. */
import { valuesIn } from "../../metrics/series.ts";
import { quantile } from "../../base/statistics.ts";
import { defineStatistic, extremes } from "./statistic.ts";

/**
 * Defines the statistic of quantile `q` (0…1). Its worst case places the dropped iterations above,
 * or below, all samples.
 */
export function quantileStatistic<const Name extends string>(name: Name, q: number) {
  return defineStatistic({
    name,
    quantile: q,
    meaning: `the value that ${formatted(q)} of all samples do not exceed`,
    observe: ({ comparison }, { selected, window, dropped }) => {
      const sorted = valuesIn(selected, window).sort();
      return extremes(comparison, sorted.length, {
        value: quantile(sorted, q),
        least: quantile(sorted, q, 0, dropped),
        most: quantile(sorted, q, dropped),
      });
    },
  });
}

function formatted(q: number): string {
  return q === 0.5 ? "half" : `${Number((q * 100).toFixed(6))} %`;
}
