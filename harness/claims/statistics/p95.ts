/** `p95`: the 95th percentile. */
import { quantileStatistic } from "./quantile.ts";

export const p95 = quantileStatistic("p95", 0.95);
