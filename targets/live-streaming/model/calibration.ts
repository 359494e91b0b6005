/**
 * Service times of the model in ms, as median and 99th percentile. Measured on two shared cores:
 * the store's with segments of 1 MiB and RF 3, the others in a recorded origin storm. Trust
 * multiples of them, not tens of percent.
 */

import type { Simulation } from "../../../harness/target/model.ts";

export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

export const calibration = {
  /** An edge's answer from its memory. */
  edgeHit: { p50: 0.4, p99: 4 },
  /** An origin's own work on one request, without the store. */
  originWork: { p50: 1.5, p99: 12 },
  memcachedGet: { p50: 1.4, p99: 8 },
  storeRead: { p50: 12, p99: 60 },
  storeWrite: { p50: 28, p99: 120 },
  /** From the end of a segment to its first PUT. */
  encode: { p50: 12, p99: 60 },
  /**
   * From the request for the stream to the first segment request. Start-up took 0.2 to 0.4 s
   * (experiments/claims/player-watches.ts).
   */
  playerSetUp: { p50: 250, p99: 400 },
  /** Concurrent requests per store node; more wait. */
  storeAtOnce: 16,
  /** Replication of a publication's rows to the other region's store. */
  replicationMs: 5,
  /** The Cassandra driver's read timeout: a slower read counts as failed. */
  storeTimeoutMs: 700,
  memcachedTimeoutMs: 250,
  /**
   * The key derivation of a session start: 2.5 to 4.5 ms of work, and as much again where the
   * generator shares the processor. A start takes at least `startMsMin`, whatever its key costs.
   */
  startWork: { p50: 5, p99: 25 },
  /**
   * Reading an event. At 110 batches of 100 events a second, a gateway's utilisation was 0.28, of
   * which requests were 0.17 (`ingest-flood`, on the slower of two machines).
   */
  eventReadMs: 0.008,
} as const;

type Machine = Pick<Simulation, "random" | "slowness">;

const z99 = 2.3263;

/**
 * In ms. Log-normal by Box–Muller, because service times have a long right tail. A slower machine
 * scales each of them.
 */
export function draw({ p50, p99 }: Spread, machine: Machine): number {
  const z =
    Math.sqrt(-2 * Math.log(1 - machine.random())) * Math.cos(2 * Math.PI * machine.random());
  return (machine.slowness ?? 1) * p50 * Math.exp((Math.log(p99 / p50) / z99) * z);
}
