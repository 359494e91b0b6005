/** The experiment: a hypothesis, a load, a method and a blast radius, as data. */
import type { Fault } from "../faults/faults.ts";
import type { Selector } from "../metrics/samples.ts";
import type { Claim } from "../claims/statistics/registry.ts";
import type { Phase } from "../base/phases.ts";
import type { Tags } from "../metrics/tags.ts";
import type { Target } from "../target/target.ts";
import type { Load } from "./load.ts";
import type { AuthoredLoad, WrittenLoad } from "./script-load.ts";
import type { Tier } from "./tiers.ts";

export type { Load };

/** Recovery claim: goodput must return after the last heal, and stay. */
export interface Recovery {
  /** Works like a claim's id. */
  readonly id?: string | undefined;
  /** One sentence that is true when the claim holds. */
  readonly title: string;
  /** All samples that count, good or bad. */
  readonly goodput: Selector;
  /**
   * Samples that carry these tags are good. In each window, their share of all samples must reach
   * `shareMin` (0…1).
   */
  readonly having: Tags;
  readonly shareMin: number;
  /** Good samples per second must reach this fraction of the baseline's, 0…1. */
  readonly ofBaselineMin: number;
  /** Time to recover: the greatest time in ms from the last heal to lasting goodput. */
  readonly withinMs: number;
  /**
   * Length of one window in ms. It is a multiple of the target's period, so that every window
   * contains whole bursts.
   */
  readonly windowMs: number;
}

/** One fault with its time and duration. */
export interface Step {
  /** Start of the act in ms after the start of phase `fault`, from 0. */
  readonly atMs: number;
  /** Duration in ms until the heal, which must begin within phase `fault`. */
  readonly forMs: number;
  /** Such as `{ kind: "kill", service: "region-a/origin-read" }`. */
  readonly fault: Fault;
}

/**
 * An experiment as data. `plan` validates it and reports all problems at once; the zod shape is in
 * `experiment-schema.ts`. All durations are whole milliseconds, at most a day.
 */
export interface Experiment {
  /** Unique in the catalogue: lower-case words joined by hyphens. */
  readonly name: string;
  /** One line for lists and the head of the report. */
  readonly title: string;
  /** The hypothesis in words, and the real event that it replays. */
  readonly story: string;
  /** How much it may break, and which experiments must have held before (`tiers.ts`). */
  readonly tier: Tier;
  /** The system under test. */
  readonly target: Target;
  /** One of the target's topologies; `--topology` overrides it. */
  readonly topology: string;
  /** Duration of each phase in ms. */
  readonly phasesMs: Readonly<Record<Phase, number>>;
  /** At least one load; all run concurrently. */
  readonly load: readonly Load[];
  /** At least one claim. Each must hold in all of its phases. */
  readonly hypothesis: readonly Claim[];
  /** Null if there is nothing to recover from. */
  readonly recovery: Recovery | null;
  /** The planned faults; empty for a load test. */
  readonly method: readonly Step[];
  /**
   * The services that faults may strike, and the greatest number of faults at once. `plan` refuses
   * a method that exceeds it.
   */
  readonly blastRadius: { readonly services: readonly string[]; readonly faultsAtOnceMax: number };
  /** Evaluated every second over the last `windowMs`. A violation aborts the run. */
  readonly abortWhen: readonly { readonly unless: Claim; readonly windowMs: number }[];
  /**
   * The defences without which the experiment must be refuted, with the ids of the claims that each
   * protects: `{ collapsing: ["origin-gets"] }`. Without the defence, one of these claims must be
   * refuted. A plain list of defences accepts a refutation of any claim.
   */
  readonly reliesOn: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /**
   * Real players (dash.js in Chromium) that watch in addition to the load: the phase in which each
   * joins. They stay to the end. At most 4, because each takes a fifth of a core and 0.5 GB.
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
  readonly load: readonly WrittenLoad[];
};

/** The same after its traces have been read. */
export type ScriptedExperiment = Omit<Experiment, "load"> & {
  readonly load: readonly AuthoredLoad[];
};

/**
 * Gives an experiment file its static type and returns the experiment unchanged. It validates
 * nothing and never throws: `plan` reports all problems at once. The loader of the file replaces
 * scenarios of a script by loads.
 * @example
 * ```ts
 * export default defineExperiment({
 *   name: "api-slow",
 *   story: "The network to the API slows down. Requests are still answered in time.",
 *   // … target, tier, load, claims and method: see docs/writing-an-experiment.md
 * });
 * ```
 */
export function defineExperiment(experiment: AuthoredExperiment): Experiment {
  return experiment as Experiment;
}
