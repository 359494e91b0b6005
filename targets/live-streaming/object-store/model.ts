/**
 * How the object store behaves that the origin replaced: figures that were published, and two that
 * had to be chosen.
 */

export interface ObjectStoreModel {
  readonly readMs: Latency;
  readonly writeMs: Latency;
  /** Per event, reads and writes together; more is refused with 503 SlowDown. */
  readonly requestsPerSecondMax: number;
  /** Objects older than this are deleted, in seconds. */
  readonly keptSeconds: number;
  /** Second names of keys to which that does not apply. */
  readonly keptForEver: string[];
}

export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

export const objectStoreModel: ObjectStoreModel = {
  // As Netflix published them in "Netflix Live Origin" (December 2025), as is the limit of 100
  // requests per second.
  readMs: { p50: 113, p99: 267 },
  // Chosen: chunks first and their metadata after them make a publication take about a second, as
  // that account has it.
  writeMs: { p50: 400, p99: 800 },
  requestsPerSecondMax: 100,
  // Chosen, as Cassandra's: a little more than what may be rewound.
  keptSeconds: 2 * 3600,
  keptForEver: ["directive"],
};
