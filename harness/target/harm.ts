/** The metric by which users of a target are harmed: what a reader looks at first. */
import type { Tags } from "../metrics/tags.ts";

export interface Harm {
  /** A duration, one sample for each iteration. */
  readonly metric: string;
  /** Samples that carry these tags are good. */
  readonly having: Tags;
  /** Of whom it tells, in the order in which they are protected: the last is given up first. */
  readonly classes: readonly HarmedClass[];
  /** Over a chart of how long those of the first class wait. */
  readonly waitTitle: string;
  /** Over a chart of each request of the first class. */
  readonly eachTitle: string;
}

export interface HarmedClass {
  /** A class of requests. */
  readonly lane: string;
  /** What they ask for: `Orders`. */
  readonly title: string;
}

/** In two words, such as `order placed`. */
export function goodOf({ having, classes }: Harm): string {
  return [classes[0]?.lane ?? "", ...Object.values(having)].join(" ").trim();
}
