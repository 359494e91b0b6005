/**
 * The behaviour of the object store that the origin replaced: published figures, and two chosen
 * ones.
 */

export interface ObjectStoreModel {
  readonly readMs: Latency;
  readonly writeMs: Latency;
  /** Per event, reads and writes together. Excess requests get 503 SlowDown. */
  readonly requestsPerSecondMax: number;
  /** Objects older than this are deleted, in seconds. */
  readonly keptSeconds: number;
  /** Kinds (second name of the key) that are exempt from deletion. */
  readonly keptForEver: string[];
}

export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

export const objectStoreModel: ObjectStoreModel = {
  // Published by Netflix in "Netflix Live Origin" (December 2025), like the limit of 100 requests
  // per second.
  readMs: { p50: 113, p99: 267 },
  // Chosen: with chunks first and metadata after them, a publication takes about a second, as in
  // that account.
  writeMs: { p50: 400, p99: 800 },
  requestsPerSecondMax: 100,
  // Chosen, like Cassandra's: a little more than the DVR window.
  keptSeconds: 2 * 3600,
  keptForEver: ["directive"],
};
