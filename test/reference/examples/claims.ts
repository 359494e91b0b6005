/** One example for each statistic: a statistic without one does not compile. */
import type { Claim } from "../../../harness/index.ts";

type Of<Name extends Claim["statistic"]> = Extract<Claim, { statistic: Name }>;

export const clearsAfter: Of<"clearsAfter"> = {
  title: "The alert clears within 20 s",
  statistic: "clearsAfter",
  metric: "alert_firing",
  where: { alert: "ApiDown" },
  comparison: "<=",
  limit: 20_000,
  unit: "ms",
  during: ["recovery"],
  samplesMin: 5,
};
export const count: Of<"count"> = {
  title: "At least 100 orders are placed",
  statistic: "count",
  metric: "order_ms",
  where: { outcome: "placed" },
  comparison: ">=",
  limit: 100,
  during: ["fault"],
  samplesMin: 50,
};
export const firesAfter: Of<"firesAfter"> = {
  title: "The alert fires within 10 s",
  statistic: "firesAfter",
  metric: "alert_firing",
  where: { alert: "ApiDown" },
  comparison: "<=",
  limit: 10_000,
  unit: "ms",
  during: ["fault"],
  samplesMin: 5,
};
export const max: Of<"max"> = {
  title: "No queue grows beyond 500 entries",
  statistic: "max",
  metric: "queue_length",
  comparison: "<=",
  limit: 500,
  during: ["fault"],
  samplesMin: 5,
};
export const mean: Of<"mean"> = {
  title: "Checks of the script succeed",
  statistic: "mean",
  metric: "checks",
  where: { lane: "browse" },
  comparison: ">=",
  limit: 0.99,
  during: ["baseline", "fault", "recovery"],
  samplesMin: 50,
};
export const p50: Of<"p50"> = {
  title: "Half of the requests take at most 80 ms",
  statistic: "p50",
  metric: "http_req_ms",
  comparison: "<=",
  limit: 80,
  unit: "ms",
  during: ["baseline"],
  samplesMin: 50,
};
export const p90: Of<"p90"> = {
  title: "Requests slow down by half at most",
  statistic: "p90",
  metric: "http_req_ms",
  where: { lane: "browse" },
  comparison: "<=",
  limit: { of: "baseline", times: 1.5 },
  unit: "ms",
  during: ["fault"],
  samplesMin: 100,
};
export const p95: Of<"p95"> = {
  title: "Requests take at most 300 ms",
  statistic: "p95",
  metric: "http_req_ms",
  where: { lane: "browse" },
  comparison: "<=",
  limit: 300,
  unit: "ms",
  during: ["baseline", "fault"],
  samplesMin: 200,
};
export const p99: Of<"p99"> = {
  title: "Nearly all requests take at most a second",
  statistic: "p99",
  metric: "http_req_ms",
  comparison: "<=",
  limit: 1_000,
  unit: "ms",
  during: ["fault"],
  samplesMin: 1_000,
};
export const rate: Of<"rate"> = {
  title: "At least 80 euros a second are spent",
  statistic: "rate",
  metric: "money_spent",
  comparison: ">=",
  limit: 80,
  unit: "/s",
  during: ["fault"],
  samplesMin: 50,
};
export const ratio: Of<"ratio"> = {
  title: "The edge asks the origins at most twice for each request of users",
  statistic: "ratio",
  metric: "origin_requests_total",
  per: { metric: "http_req_ms", times: 1 },
  comparison: "<=",
  limit: 2,
  during: ["fault"],
  samplesMin: 100,
};
export const share: Of<"share"> = {
  title: "Visitors are served",
  statistic: "share",
  metric: "http_req_ms",
  where: { lane: "browse" },
  having: { status: "200" },
  comparison: ">=",
  limit: 0.99,
  during: ["baseline", "fault", "recovery"],
  samplesMin: 50,
};
export const sum: Of<"sum"> = {
  title: "Each page is made once",
  statistic: "sum",
  metric: "pages_made_total",
  comparison: "<=",
  limit: 40,
  during: ["fault"],
  samplesMin: 1,
};
export const windowsWithout: Of<"windowsWithout"> = {
  id: "dvr-shed-first",
  title: "No live viewer is refused while rewinding is still served",
  statistic: "windowsWithout",
  metric: "segment_ms",
  where: { lane: "live", outcome: "shed" },
  first: { metric: "segment_ms", where: { lane: "dvr", outcome: "shed" } },
  windowMs: 2_000,
  comparison: "<=",
  limit: 0,
  during: ["fault"],
  samplesMin: 5,
};
export const within: Of<"within"> = {
  title: "The service itself answers 95 % of requests within 250 ms",
  statistic: "within",
  metric: "api_request_seconds_bucket",
  le: "0.25",
  comparison: ">=",
  limit: 0.95,
  during: ["baseline", "fault"],
  samplesMin: 1,
};

type Shown = typeof import("./claims.ts");
/** Does not compile while a statistic of the list has no example. */
true satisfies [Claim["statistic"]] extends [keyof Shown] ? true : never;
