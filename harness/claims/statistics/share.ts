/**
 * `share`: the fraction of samples that also carry the tags `having`; for a counter, the fraction
 * of its growth.
 */
import { tags } from "../claim-shape.ts";
import type { SeriesData } from "../../metrics/samples.ts";
import { carries, countIn, valuesIn } from "../../metrics/series.ts";
import { sum } from "../../base/statistics.ts";
import { defineStatistic, extremes, isCounter, nothing } from "./statistic.ts";

export const share = defineStatistic({
  name: "share",
  meaning: "the fraction of samples, 0…1, that also carry the tags `having`",
  fields: { having: tags.describe("Of the selected samples, those with these tags count.") },
  unit: "share",
  most: 1,
  isOfCounters: true,
  readsValues: false,
  having: (claim) => claim.having,
  observe: (claim, { selected, window, dropped }) => {
    // A reading of a counter counts as many times as the counter grew.
    const sizeOf = (series: readonly SeriesData[]): number =>
      isCounter(selected) ? sum(valuesIn(series, window)) : countIn(series, window);
    const count = sizeOf(selected);
    const good = sizeOf(selected.filter((series) => carries(series.tags, claim.having)));
    return count === 0
      ? nothing
      : extremes(claim.comparison, count, {
          value: good / count,
          least: good / (count + dropped),
          most: (good + dropped) / (count + dropped),
        });
  },
});
