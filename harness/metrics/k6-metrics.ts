/**
 * The built-in metrics of k6 (https://grafana.com/docs/k6/latest/using-k6/metrics/reference). k6
 * writes a dozen lines of them per request, so a run keeps only those that a claim uses.
 * `http_req_duration` and `http_req_blocked` together are `http_req_ms`, which each run has.
 */
import type { Metric, Registry } from "./metrics.ts";

const tags = ["lane", "load", "status"];
const duration = (meaning: string): Metric => ({
  kind: "duration",
  unit: "ms",
  source: "generator",
  perRequest: true,
  lostValue: 0,
  tags,
  openTags: true,
  meaning,
});
const counter = (unit: string, meaning: string): Metric => ({
  kind: "increment",
  unit,
  source: "generator",
  perRequest: true,
  tags,
  openTags: true,
  meaning,
});
/** A k6 rate is 0 or 1 per sample; its mean is the share of ones. */
const rate = (lostValue: number, meaning: string): Metric => ({
  kind: "event",
  unit: "",
  source: "generator",
  most: 1,
  lostValue,
  tags,
  openTags: true,
  meaning,
});

export const k6Metrics: Registry = {
  checks: rate(0, "a check of a workload: 1 when it succeeded, else 0"),
  data_received: counter("B", "bytes that one iteration received"),
  // The shortest possible HTTP request has this many bytes.
  data_sent: { ...counter("B", "bytes that one iteration sent"), leastPerIteration: 28 },
  group_duration: duration("one run of a group of a workload"),
  http_reqs: {
    ...counter("", "HTTP requests that were answered or failed"),
    leastPerIteration: 1,
  },
  http_req_failed: rate(1, "an HTTP request: 1 when it failed, else 0"),
  http_req_duration: duration(
    "one HTTP request without the making of its connection; one without an answer lasts 0",
  ),
  http_req_blocked: duration("the wait for a connection of one HTTP request"),
  iteration_duration: duration("one iteration of a workload, as k6 measures it"),
  http_req_connecting: duration("the making of a TCP connection for one HTTP request"),
  http_req_tls_handshaking: duration("the TLS handshake for one HTTP request"),
  http_req_sending: duration("the sending of one HTTP request"),
  http_req_waiting: duration("the wait for the first byte of one HTTP answer"),
  http_req_receiving: duration("the receiving of one HTTP answer"),
  grpc_req_duration: duration("one gRPC request"),
  ws_connecting: duration("the making of one WebSocket connection"),
  ws_session_duration: duration("one WebSocket session"),
  ws_ping: duration("one WebSocket ping until its pong"),
  ws_sessions: counter("", "WebSocket sessions begun"),
  ws_msgs_sent: counter("", "WebSocket messages sent"),
  ws_msgs_received: counter("", "WebSocket messages received"),
};

/** Metrics of k6 about itself, which the harness records by other means. */
const ofItself = ["vus", "vus_max", "iterations"];

/** Every metric name that k6 makes, as opposed to those of a workload. */
export const k6MetricNames: readonly string[] = [...Object.keys(k6Metrics), ...ofItself];
