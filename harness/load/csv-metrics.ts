/** The metrics in the CSV stream of k6 that the parser keeps, and their names in the record. */
export type Kind =
  | "request"
  | "blocked"
  | "late"
  | "dropped"
  | "unasked"
  | "begun"
  | "ended"
  | "passedOver"
  | "own";
export const kinds: Readonly<Record<string, Kind>> = {
  http_req_duration: "request",
  http_req_blocked: "blocked",
  start_late_ms: "late",
  dropped_iterations: "dropped",
  unasked_iterations: "unasked",
  iteration_begun: "begun",
  iteration_ended: "ended",
};

/** The pattern that k6 accepts. */
export const metricName = /^[A-Za-z_]\w{0,127}$/;

/** The record's names for metrics that are derived from k6's. */
export const recordedAs = {
  request: "http_req_ms",
  late: "start_late_ms",
  begun: "start_late_ms",
  ended: "iteration_ms",
  dropped: "dropped_iterations",
  unasked: "dropped_iterations",
} as const;
