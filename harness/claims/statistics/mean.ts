/** `mean`: the sum of the values divided by their number. */
import { valuesIn } from "../../metrics/series.ts";
import { sum } from "../../base/statistics.ts";
import { defineStatistic, trusted } from "./statistic.ts";

export const mean = defineStatistic({
  name: "mean",
  meaning: "the sum of the values divided by their number",
  observe: (_claim, { selected, window, dropped }) => {
    const values = valuesIn(selected, window);
    return trusted(
      values.length === 0 ? null : sum(values) / values.length,
      values.length,
      dropped,
    );
  },
});
