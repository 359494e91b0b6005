/**
 * What users of one class of requests ask for, as the clock and the draws of their workload make
 * it. A target has no say in it, so that a record can be held to it.
 */
export interface Wishes {
  /**
   * How many periods of the target's rhythm have gone by, when it is had, since what is asked for
   * was new: at least and at most.
   */
  readonly ages: readonly [number, number];
  /** So many moments are drawn evenly, from the least age on; 1: only the newest. */
  readonly moments: number;
  /** By tag of the metric that tells of harm: its values, each with its share of all. */
  readonly draws: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
