/** The origin's counters. */
import { createMetrics, type Metrics } from "../service/metrics.ts";

export type Lane = "live" | "dvr" | "start" | "publish" | "junk";
/** `not_found`: an early, unknown or missing segment. `aborted`: the client left. */
export type Outcome = "served" | "shed" | "not_found" | "gone" | "failed" | "rejected" | "aborted";

export interface Telemetry {
  readonly metrics: Metrics;
  request(lane: Lane, outcome: Outcome): void;
  held(): void;
  defective(): void;
  lookup(from: "memory" | "store"): void;
  chunk(from: "memcached" | "store" | "nowhere"): void;
  cacheFailed(): void;
  store(operation: "read" | "write", tookMs: number, failed: boolean): void;
  publish(tookMs: number): void;
  /** An edge received an invalidation of a range. */
  ban(confirmed: boolean): void;
}

/**
 * A store request above this counts as slow. Netflix's 10 ms is below what two shared cores can
 * promise.
 */
export const storeTargetMs = 60;
/** One above this is a stall, as at Netflix. */
export const storeBearableMs = 500;
/**
 * The window of the slow-store measurement: the last two seconds, from this number of requests on.
 */
export const storeLoadOptions = {
  targetMs: storeTargetMs,
  bearableMs: storeBearableMs,
  windowMs: 2_000,
  samplesMin: 20,
} as const;

const boundsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000] as const;

export function createTelemetry(): Telemetry {
  const metrics = createMetrics();
  const requests = metrics.counter(
    "origin_requests_total",
    "Requests answered, by lane and outcome",
  );
  const held = metrics.counter("origin_held_total", "Requests held open for the next segment");
  const defective = metrics.counter(
    "origin_defective_served_total",
    "Segments served although light inspection found a defect",
  );
  const lookups = metrics.counter(
    "origin_metadata_lookups_total",
    "Metadata look-ups, by where the answer came from",
  );
  const chunks = metrics.counter("origin_chunks_total", "Chunks read, by where they came from");
  const cacheFailures = metrics.counter(
    "origin_chunk_cache_failures_total",
    "Commands that the chunk cache failed or did not answer in time",
  );
  const storeRequests = metrics.counter(
    "origin_store_requests_total",
    "Requests to the store, by operation and outcome",
  );
  const slow = metrics.counter(
    "origin_store_slow_total",
    `Requests to the store that took over ${storeTargetMs} ms`,
  );
  const storeMs = metrics.histogram(
    "origin_store_read_ms",
    "Time of reads from the store in ms",
    boundsMs,
  );
  const writeMs = metrics.histogram(
    "origin_store_write_ms",
    "Time of writes to the store in ms",
    boundsMs,
  );
  const publishMs = metrics.histogram("origin_publish_ms", "Time of a PUT in ms", boundsMs);
  const bans = metrics.counter(
    "origin_bans_total",
    "Requests to edges to drop a range of segments, by confirmation",
  );
  // Exposed from the start, so that "nothing was refused" differs from "nothing was counted".
  for (const lane of ["live", "dvr", "start", "publish"])
    requests.add({ lane, outcome: "shed" }, 0);
  for (const from of ["memory", "store"]) lookups.add({ from }, 0);
  for (const from of ["memcached", "store", "nowhere"]) chunks.add({ from }, 0);
  for (const operation of ["read", "write"]) {
    slow.add({ operation }, 0);
    for (const outcome of ["done", "failed"]) storeRequests.add({ operation, outcome }, 0);
  }
  return {
    metrics,
    ban: (confirmed) => bans.add({ outcome: confirmed ? "confirmed" : "unconfirmed" }),
    request: (lane, outcome) => requests.add({ lane, outcome }),
    held: () => held.add({}),
    defective: () => defective.add({}),
    lookup: (from) => lookups.add({ from }),
    cacheFailed: () => cacheFailures.add({}),
    chunk: (from) => chunks.add({ from }),
    store(operation, tookMs, failed) {
      storeRequests.add({ operation, outcome: failed ? "failed" : "done" });
      if (tookMs > storeTargetMs) slow.add({ operation });
      (operation === "read" ? storeMs : writeMs).observe(tookMs);
    },
    publish: (tookMs) => publishMs.observe(tookMs),
  };
}
