/** What a gateway counts. */
import { createMetrics, type Metrics } from "../service/metrics.ts";
import type { Bucket } from "./admission.ts";

/**
 * `start` begins a session, `steer` asks for its edge again or ends it, `ingest` brings events,
 * `broadcast` is a channel or a look at the board.
 */
export type Lane = "start" | "steer" | "ingest" | "broadcast";
/**
 * `full` is no room on any edge or channel; `aborted` a device that left; `rejected` one that asked
 * wrongly.
 */
export type Outcome = "served" | "shed" | "full" | "rejected" | "failed" | "aborted";

export interface Telemetry {
  readonly metrics: Metrics;
  request(lane: Lane, bucket: Bucket, outcome: Outcome): void;
  started(edge: string, tookMs: number): void;
  moved(why: string): void;
}

const boundsMs = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] as const;

/** `edges`: the names of those that sessions may be given. */
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
  // Told from the start: "nothing was refused" must not look like "nobody counts".
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
