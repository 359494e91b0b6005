/** `count`: the number of samples. */
import { countIn } from "../../metrics/series.ts";
import { defineStatistic, extremes } from "./statistic.ts";

export const count = defineStatistic({
  name: "count",
  meaning: "the number of samples",
  readsValues: false,
  number: "value",
  grows: true,
  isTotal: true,
  observe: ({ comparison }, { selected, window, dropped }) => {
    const value = countIn(selected, window);
    return extremes(comparison, value, { value, least: value, most: value + dropped });
  },
});
