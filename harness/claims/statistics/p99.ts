/** `p99`: the 99th percentile. */
import { quantileStatistic } from "./quantile.ts";

export const p99 = quantileStatistic("p99", 0.99);
