/** `max`: the largest value. */
import { valuesIn } from "../../metrics/series.ts";
import { defineStatistic, extremes } from "./statistic.ts";

export const max = defineStatistic({
  name: "max",
  meaning: "the largest value",
  observe: ({ comparison }, { selected, window, dropped }) => {
    const values = valuesIn(selected, window);
    const value = values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b));
    return extremes(comparison, values.length, {
      value,
      least: value,
      most: dropped > 0 ? Number.POSITIVE_INFINITY : value,
    });
  },
});
