/** `p90`: the 90th percentile, which k6 and Vegeta print and many objectives use. */
import { quantileStatistic } from "./quantile.ts";

export const p90 = quantileStatistic("p90", 0.9);
