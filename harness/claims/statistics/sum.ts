/** `sum`: the sum of the values; for a counter, its growth. */
import { valuesIn } from "../../metrics/series.ts";
import { sum as sumOf } from "../../base/statistics.ts";
import { defineStatistic, trusted } from "./statistic.ts";

export const sum = defineStatistic({
  name: "sum",
  meaning: "all values together; of a counter, what it has grown by",
  isOfCounters: true,
  grows: true,
  isTotal: true,
  observe: (_claim, { selected, window, dropped }) => {
    const values = valuesIn(selected, window);
    return trusted(values.length === 0 ? null : sumOf(values), values.length, dropped);
  },
});
