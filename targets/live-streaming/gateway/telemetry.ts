/** The gateway's counters. */
import { createMetrics, type Metrics } from "../service/metrics.ts";
import type { Bucket } from "./admission.ts";

/**
 * `start` begins a session, `steer` renews or ends it, `ingest` brings events, and `broadcast`
 * opens a channel or polls the board.
 */
export type Lane = "start" | "steer" | "ingest" | "broadcast";
/**
 * `full`: no room on any edge or channel. `aborted`: the device left. `rejected`: an invalid
 * request.
 */
export type Outcome = "served" | "shed" | "full" | "rejected" | "failed" | "aborted";

export interface Telemetry {
  readonly metrics: Metrics;
  request(lane: Lane, bucket: Bucket, outcome: Outcome): void;
  started(edge: string, tookMs: number): void;
  moved(why: string): void;
}

const boundsMs = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] as const;

/** `edges`: the names of the edges that sessions may get. */
export function createTelemetry(edges: readonly string[] = []): Telemetry {
  const metrics = createMetrics();
  const requests = metrics.counter(
    "gateway_requests_total",
    "Requests answered, by lane, bucket and outcome",
  );
  const assignments = metrics.counter(
    "gateway_assignments_total",
    "Sessions started, by the edge that they were given",
  );
  const moves = metrics.counter("gateway_moves_total", "Sessions moved to another edge, by why");
  // Exposed from the start, so that "nothing was refused" differs from "nothing was counted".
  requests.add({ lane: "start", bucket: "CRITICAL", outcome: "shed" }, 0);
  for (const edge of edges) assignments.add({ edge }, 0);
  for (const why of ["lost", "hot"]) moves.add({ why }, 0);
  const startMs = metrics.histogram("gateway_start_ms", "Time of a session start in ms", boundsMs);
  return {
    metrics,
    request: (lane, bucket, outcome) => requests.add({ lane, bucket, outcome }),
    started(edge, tookMs) {
      assignments.add({ edge });
      startMs.observe(tookMs);
    },
    moved: (why) => moves.add({ why }),
  };
}
