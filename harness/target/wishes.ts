/**
 * What users of one request class request, as determined by the clock and the workload's random
 * draws. It does not depend on the target, so a record can be checked against it.
 */
export interface Wishes {
  /**
   * The age of a requested period when its answer arrives, in periods of the target's rhythm:
   * minimum and maximum.
   */
  readonly ages: readonly [number, number];
  /**
   * The number of moments from which the request is drawn uniformly, starting at the least age; 1
   * means only the newest.
   */
  readonly moments: number;
  /** By tag of the harm metric: its values, and the share of each. */
  readonly draws: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
