/** `ratio`: the sum of the values divided by `times` × the number of samples that `per` selects. */
import { z } from "zod";
import { selector } from "../claim-shape.ts";
import { countIn, matching, valuesIn } from "../../metrics/series.ts";
import { sum } from "../../base/statistics.ts";
import { asksForMore, defineStatistic, extremes, nothing, tooMany, trusted } from "./statistic.ts";

export const ratio = defineStatistic({
  name: "ratio",
  meaning: "the sum of the values divided by `times` × the number of samples that `per` selects",
  fields: {
    per: selector
      .extend({ times: z.number().finite().positive() })
      .describe("The divisor: `times` × the number of samples of this metric. No counter."),
  },
  isOfCounters: true,
  number: "divisor",
  others: ({ per }) => [per],
  sampled: ({ per }) => per,
  affectedByStall: (claim) => (asksForMore(claim) ? claim.per : claim),
  ofPart: (claim, part) => ({
    ...claim,
    samplesMin: Math.ceil(claim.samplesMin * part),
    per: { ...claim.per, times: claim.per.times / part },
  }),
  counterProblem: ({ per }, isCounter) =>
    isCounter(per.metric)
      ? `${per.metric} is a counter; "per" needs a metric with one sample for each event`
      : null,
  observe: (claim, { all, selected, window, dropped }) => {
    const values = valuesIn(selected, window);
    const parts = countIn(matching(all, claim.per), window);
    // A numerator without readings is unknown, not zero.
    if (parts === 0 || values.length === 0) return nothing;
    const per = claim.per.times * parts;
    const value = sum(values) / per;
    return tooMany(dropped, parts)
      ? trusted(value, parts, dropped)
      : extremes(claim.comparison, parts, {
          value,
          least: value,
          most: (sum(values) + dropped) / per,
        });
  },
});
