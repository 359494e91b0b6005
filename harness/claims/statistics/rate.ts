/** `rate`: the sum of the values per second. */
import { valuesIn } from "../../metrics/series.ts";
import { sum } from "../../base/statistics.ts";
import { defineStatistic, trusted } from "./statistic.ts";

export const rate = defineStatistic({
  name: "rate",
  meaning: "the sum per second of the phase",
  isOfCounters: true,
  isTotal: true,
  observe: (_claim, { selected, window, dropped }) => {
    const values = valuesIn(selected, window);
    const seconds = (window.untilMs - window.fromMs) / 1000;
    return trusted(values.length === 0 ? null : sum(values) / seconds, values.length, dropped);
  },
});
