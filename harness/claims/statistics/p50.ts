/** `p50`: the median. */
import { quantileStatistic } from "./quantile.ts";

export const p50 = quantileStatistic("p50", 0.5);
