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
  /** Names it in findings, comparisons and `reliesOn`; by default, the title in lower case. */
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
  /** The least share of good samples in each window after recovery, 0…1. */
  readonly shareMin: number;
  /** Good samples per second must reach this fraction of the baseline's, 0…1. */
  readonly ofBaselineMin: number;
  /** Time to recover: the greatest time in ms from the last heal to lasting goodput. */
  readonly withinMs: number;
  /**
   * Length of one window in ms, which is also the resolution of `withinMs`. Of a target with a
   * rhythm, take a multiple of its period, so that every window contains whole bursts.
   */
  readonly windowMs: number;
}

/** One fault with its time and duration. */
export interface Step {
  /** Start of the act in ms after the start of phase `fault`, from 0. */
  readonly atMs: number;
  /**
   * Duration in ms until the heal, which must begin within phase `fault`. A fault that lasts needs
   * at least 2000, and at least one period of a target with a rhythm.
   */
  readonly forMs: number;
  /** One fault, such as `{ kind: "kill", service: "origin-a" }`. */
  readonly fault: Fault;
}

/** A claim that is judged while the run goes, and ends it. */
export interface Abort {
  /** The claim that must hold all the time. Its `during` says in which phases it is judged. */
  readonly unless: Claim;
  /** It is judged every second over the last so many ms. Too few samples abort nothing. */
  readonly windowMs: number;
}

/**
 * An experiment as data. `plan` validates it and reports all problems at once. All durations are
 * whole milliseconds, at most a day.
 */
export interface Experiment {
  /** Names its folder of runs. One that `npx seawall run NAME` finds has the name of its file. */
  readonly name: string;
  /** One line for lists and the head of the report. */
  readonly title: string;
  /** The hypothesis in words, and the real event that it replays. */
  readonly story: string;
  /**
   * How much it breaks, in the author's judgement. It decides which experiments must have held
   * before; `plan` does not compare it with the method.
   */
  readonly tier: Tier;
  /** What is tested: the result of `defineTarget()`, `composeTarget()` or `streamTarget()`. */
  readonly target: Target;
  /**
   * One of the target's topologies; `--topology` overrides it. A target of your own has one, which
   * is called `own`.
   */
  readonly topology: string;
  /** Duration of each phase in ms: `{ baseline: 8_000, fault: 12_000, recovery: 12_000 }`. */
  readonly phasesMs: Readonly<Record<Phase, number>>;
  /**
   * At least one load; all run concurrently. An entry can also take the scenarios of a k6 script:
   * see `ScriptLoad`.
   */
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
  readonly blastRadius: {
    /**
     * Names of services. Of a struck link, at least one end is listed; of a struck zone, all
     * services.
     */
    readonly services: readonly string[];
    /** At least 1. */
    readonly faultsAtOnceMax: number;
  };
  /** Claims that are judged while the run goes. A violation reverts all faults and ends the run. */
  readonly abortWhen: readonly Abort[];
  /**
   * The defences without which the experiment must be refuted, with the ids of the claims that each
   * protects: `{ collapsing: ["origin-gets"] }`. Without the defence, one of these claims must be
   * refuted. A plain list of defences accepts a refutation of any claim.
   */
  readonly reliesOn: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /**
   * Real players (dash.js in Chromium) that watch in addition to the load, on a target whose pack
   * has some: the phase in which each joins. They stay to the end.
   */
  readonly players?: readonly Phase[] | undefined;
  /**
   * The load generator sends no more than so many requests a second, whatever its scripts ask for.
   * A run that comes near it is inconclusive.
   */
  readonly requestsPerSecondMax?: number | undefined;
  /** Names of experiments whose last run on the same target must have held. */
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
 *   // … target, tier, load, claims and method: all fields of `Experiment`
 * });
 * ```
 */
export function defineExperiment(experiment: AuthoredExperiment): Experiment {
  return experiment as Experiment;
}
