/** An experiment is data: a hypothesis, a load, a method, and how far it may go. */
import type { Fault } from "../faults/faults.ts";
import type { Selector } from "../metrics/samples.ts";
import type { Claim } from "../claims/statistics/registry.ts";
import type { Phase } from "../base/phases.ts";
import type { Tags } from "../metrics/tags.ts";
import type { Target } from "../target/target.ts";
import type { Load } from "./load.ts";
import type { AuthoredLoad } from "./script-load.ts";
import type { Tier } from "./tiers.ts";

export type { Load };

/** Goodput must come back after the last heal, and stay. */
export interface Recovery {
  /** As a claim's. */
  readonly id?: string | undefined;
  readonly title: string;
  readonly goodput: Selector;
  /**
   * Samples that carry these tags are good; the share of them in each window must reach `shareMin`.
   */
  readonly having: Tags;
  readonly shareMin: number;
  /** Good samples per second must reach this fraction of the baseline's, 0…1. */
  readonly ofBaselineMin: number;
  readonly withinMs: number;
  /**
   * Length of one window in ms; a multiple of the segment duration, so that every window sees whole
   * bunches.
   */
  readonly windowMs: number;
}

/** One fault, when and for how long; times count from the start of phase `fault`. */
export interface Step {
  readonly atMs: number;
  readonly forMs: number;
  readonly fault: Fault;
}

export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** The hypothesis in words, and the real event that this replays. */
  readonly story: string;
  readonly tier: Tier;
  readonly target: Target;
  readonly topology: string;
  readonly phasesMs: Readonly<Record<Phase, number>>;
  readonly load: readonly Load[];
  readonly hypothesis: readonly Claim[];
  readonly recovery: Recovery | null;
  readonly method: readonly Step[];
  readonly blastRadius: { readonly services: readonly string[]; readonly faultsAtOnceMax: number };
  /** Judged every second over the last `windowMs`; a violated one ends the run. */
  readonly abortWhen: readonly { readonly unless: Claim; readonly windowMs: number }[];
  /**
   * Defences without which the experiment must be refuted, and the ids of the claims that they
   * protect: `{ collapsing: ["origin-gets"] }`. Without the defence, one of these claims must be
   * refuted. A mere list of defences lets any claim be the one.
   */
  readonly reliesOn: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /**
   * Real players (dash.js in Chromium) that watch beside the load: the phase in which each joins.
   * They stay to the end.
   */
  readonly players?: readonly Phase[] | undefined;
  /**
   * The load generator sends no more than so many requests a second, whatever its scripts ask for.
   * A run that comes near it is inconclusive.
   */
  readonly requestsPerSecondMax?: number | undefined;
  /** Experiments whose last run on the same target must have held. */
  readonly requires?: readonly string[] | undefined;
}

/** As a file says it: its scripts by relative paths, and their scenarios in the place of loads. */
export type AuthoredExperiment = Omit<Experiment, "load"> & {
  readonly load: readonly AuthoredLoad[];
};

/**
 * Gives an experiment file its type; all checking is done by `plan`, which reports every problem at
 * once. Whoever loads the file puts loads in the place of scenarios.
 */
export function defineExperiment(experiment: AuthoredExperiment): Experiment {
  return experiment as Experiment;
}
