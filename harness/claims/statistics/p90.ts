/** The 90th percentile: what k6 and Vegeta print beside the 95th, and many objectives ask for. */
import { quantileStatistic } from "./quantile.ts";

export const p90 = quantileStatistic("p90", 0.9);
