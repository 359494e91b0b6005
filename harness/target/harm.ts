/** The metric that shows harm to a target's users: what a reader looks at first. */
import type { Measured } from "./charts.ts";
import type { Tags } from "../metrics/tags.ts";

/** The metric that shows harm to a target's users: what a reader looks at first. */
export interface Harm {
  /** A duration with one sample per iteration. */
  readonly metric: string;
  /** Samples that carry these tags are good. */
  readonly having: Tags;
  /** The request classes concerned, in order of protection: the last is shed first. */
  readonly classes: readonly HarmedClass[];
  /** How a refusal shows, where the metric tells only what became of a user in the end. */
  readonly refusal?: Refusal;
  /** Title of the chart of waiting times of the first class. */
  readonly waitTitle: string;
  /** Title of the chart of each request of the first class. */
  readonly eachTitle: string;
  /** The effect on users beyond their requests. A report shows it first, where it was measured. */
  readonly effects?: Effects;
}

/** Figures of each phase. */
export interface Effects {
  /** Such as `Effect on readers`. */
  readonly title: string;
  readonly figures: readonly EffectFigure[];
}

export type EffectFigure = Measured & {
  readonly label: string;
  readonly unit: string;
  /** The figure is the value divided by this one. */
  readonly shareOf?: Measured;
};

/** How the refusal of a user shows. */
export interface Refusal {
  /** The tags of a user who was refused until it gave up. */
  readonly having: Tags;
  /** Each single refusal. */
  readonly requests: {
    /** The metric with a sample for each. */
    readonly metric: string;
    /** The tags of these samples. */
    readonly where: Tags;
  };
}

/** A class of requests whose harm is shown. */
export interface HarmedClass {
  /** A class of requests. */
  readonly lane: string;
  /** What its users request: `Orders`. */
  readonly title: string;
}

/** A short label, such as `order placed`. */
export function goodOf({ having, classes }: Harm): string {
  return [classes[0]?.lane ?? "", ...Object.values(having)].join(" ").trim();
}
