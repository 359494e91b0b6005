/**
 * How long things take in the model, in ms, as median and 99th percentile. Measured on two shared
 * cores: the store's figures with segments of 1 MiB and RF 3, the others in a recorded origin
 * storm. Trust multiples of them, not tens of percent.
 */

import type { Simulation } from "../../../harness/target/model.ts";

export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

export const calibration = {
  /** An edge's answer from its memory. */
  edgeHit: { p50: 0.4, p99: 4 },
  /** An origin's own work on one request, the store apart. */
  originWork: { p50: 1.5, p99: 12 },
  memcachedGet: { p50: 1.4, p99: 8 },
  storeRead: { p50: 12, p99: 60 },
  storeWrite: { p50: 28, p99: 120 },
  /** From the end of a segment to its first PUT. */
  encode: { p50: 12, p99: 60 },
  /**
   * From asking for the stream until the first segment is asked for: start-up took 0.2 to 0.4 s
   * (experiments/claims/player-watches.ts).
   */
  playerSetUp: { p50: 250, p99: 400 },
  /** Requests that one store node works on at once; more wait. */
  storeAtOnce: 16,
  /** A publication's rows to the other region's store. */
  replicationMs: 5,
  /** As the Cassandra driver is set: a read that takes longer counts as failed. */
  storeTimeoutMs: 700,
  memcachedTimeoutMs: 250,
  /**
   * The key of a session start: 2.5 to 4.5 ms of work, and as much again for a processor that the
   * generator uses, too. A start takes at least `startMsMin`, whatever its key does.
   */
  startWork: { p50: 5, p99: 25 },
  /**
   * An event that is read. At 110 batches of 100 events a second a gateway was 0.28 busy, 0.17 of
   * it for the requests (`ingest-flood`, on the slower of two machines).
   */
  eventReadMs: 0.008,
} as const;

type Machine = Pick<Simulation, "random" | "slowness">;

const z99 = 2.3263;

/**
 * In ms. Log-normal: service times have a long right tail. Box–Muller. A slower machine takes
 * longer for each.
 */
export function draw({ p50, p99 }: Spread, machine: Machine): number {
  const z =
    Math.sqrt(-2 * Math.log(1 - machine.random())) * Math.cos(2 * Math.PI * machine.random());
  return (machine.slowness ?? 1) * p50 * Math.exp((Math.log(p99 / p50) / z99) * z);
}
