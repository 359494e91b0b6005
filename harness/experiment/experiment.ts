/** The experiment: a hypothesis, a load, a method and a blast radius, as data. */
import type { Fault } from "../faults/faults.ts";
import type { Selector } from "../metrics/samples.ts";
import type { Claim } from "../claims/statistics/registry.ts";
import type { Phase } from "../base/phases.ts";
import type { Tags } from "../metrics/tags.ts";
import type { Target } from "../target/target.ts";
import type { Tier } from "./tiers.ts";

/** Open-model load: iterations start at this rate even while earlier ones still run. */
export interface Load {
  /** Unique within the experiment; becomes the name of the k6 scenario. */
  readonly name: string;
  /**
   * A k6 script. For one of the target's pack, its file name without the ending. For any other, an
   * absolute path, such as join(import.meta.dirname, "load.ts"). Loads of one experiment may use
   * different scripts.
   */
  readonly workload: string;
  /** An exported function of that script; one call is one action of a user. */
  readonly exec: string;
  /** The class of its requests, one of the target's own. */
  readonly lane: string;
  /**
   * Iterations per second in each phase: 0, or at least 0.1. The lead-in before the baseline uses
   * the baseline's rate.
   */
  readonly ratePerSecond: Readonly<Record<Phase, number>>;
  /**
   * Virtual users allocated before the start, at least 1. None are added later, so a shortage shows
   * as dropped iterations.
   */
  readonly vus: number;
}

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
  /** Experiments whose last run on the same target must have held. */
  readonly requires?: readonly string[] | undefined;
}

/**
 * Gives an experiment file its static type and returns the experiment unchanged. It validates
 * nothing and never throws: `plan` reports all problems at once.
 * @example
 * ```ts
 * export default defineExperiment({
 *   name: "api-slow",
 *   story: "The network to the API slows down. Requests are still answered in time.",
 *   // … target, tier, load, claims and method: see docs/writing-an-experiment.md
 * });
 * ```
 */
export function defineExperiment(experiment: Experiment): Experiment {
  return experiment;
}
