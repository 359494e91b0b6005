import type { Link } from "../target/layout.ts";
import type { Struck } from "../target/fault.ts";
import type { Claim } from "../claims/statistics/registry.ts";
import type { Load, Recovery, Step } from "../experiment/experiment.ts";
import type { Phase } from "../base/phases.ts";
import type { Charts } from "../target/charts.ts";
import type { Runners } from "./runners.ts";
import type { Harm } from "../target/harm.ts";
import type { Registry } from "../metrics/metrics.ts";
import type { Source } from "../metrics/source.ts";
import type { SubstrateName } from "./substrates.ts";
import type { Rhythm } from "../target/rhythm.ts";
import type { Bodies, Fact } from "../target/bodies.ts";
import type { Wishes } from "../target/wishes.ts";
import type { Tier } from "../experiment/tiers.ts";

/**
 * Every decision in advance of a run. Plain JSON, written to `plan.json` before anything is
 * touched.
 */
export interface Plan {
  readonly format: "seawall-plan/2";
  readonly experiment: string;
  readonly title: string;
  readonly story: string;
  readonly tier: Tier;
  readonly target: string;
  /** The name of the target's pack. Absent if it has none. */
  readonly pack?: string;
  readonly topology: string;
  /** A hash of the sources of the target and the harness. Absent in older records. */
  readonly targetVersion?: string;
  /** The version that the target's user stated. Absent if none was given, and in older records. */
  readonly versionGiven?: string;
  /** What its user called the run with `--label`. */
  readonly label?: string;
  /** What was checked out where the experiment lies. Missing outside a repository. */
  readonly git?: {
    readonly commit: string;
    readonly branch: string | null;
    /** Tracked files differed from the commit. */
    readonly changed: boolean;
  };
  readonly substrate: SubstrateName;
  /** Why this substrate was chosen. */
  readonly substrateWhy: string;
  readonly seed: number;
  /** The audience as a multiple of the planned one; 1 if absent. */
  readonly scale?: number;
  /** The runners that share the load. Absent if one generator makes all of it. */
  readonly runners?: Runners;
  readonly without: readonly string[];
  readonly reliesOn: readonly string[];
  readonly services: readonly {
    readonly name: string;
    readonly kind: string;
    readonly region: string;
    readonly zone: string;
  }[];
  readonly links: readonly Link[];
  /** The entry services of users and the prober. */
  readonly entries: readonly string[];
  /** Entry points that the prober does not request, by name. Absent if there are none. */
  readonly otherEntries?: Readonly<Record<string, readonly string[]>>;
  /** Absent for a target without periods, and in older records. */
  readonly rhythm?: Rhythm;
  /** Parameters of the served content for workloads, in the format of the pack. */
  readonly content?: object;
  /**
   * Workloads whose users choose their entry at random. Absent if unknown, and in older records.
   */
  readonly drawEntries?: readonly string[];
  /** The bodies that users receive. Absent if unknown, and in older records. */
  readonly bodies?: Bodies;
  /** For the reader of a report. Absent in older records. */
  readonly facts?: readonly Fact[];
  readonly leadInMs: number;
  readonly phasesMs: Readonly<Record<Phase, number>>;
  readonly load: readonly Load[];
  /** By workload, a hash of each script of the user's own. Missing where there is none. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** The limit of the load generator; missing without a limit. */
  readonly requestsPerSecondMax?: number;
  /** The phase in which each real player joins. */
  readonly players?: readonly Phase[];
  readonly hypothesis: readonly Claim[];
  readonly recovery: Recovery | null;
  readonly steps: readonly Step[];
  /** What each step affects, in the order of the steps. Absent in older records. */
  readonly struck?: readonly Struck[];
  readonly abortWhen: readonly { readonly unless: Claim; readonly windowMs: number }[];
  /** The metric that shows harm to users. Absent if the target declares none. */
  readonly harm?: Harm;
  /**
   * By request class, the workloads whose users send the prober's requests; other workloads may
   * request something else.
   */
  readonly askedAlike?: Readonly<Record<string, readonly string[]>>;
  /** By request class, what its users request, where known. Absent in older records. */
  readonly wishes?: Readonly<Record<string, Wishes>>;
  /** Request classes in order of protection. Absent if none are declared, and in older records. */
  readonly trafficClasses?: readonly string[];
  /** Every metric that the run can contain. */
  readonly metrics: Registry;
  /** Charts of the target's own metrics. */
  readonly charts?: Charts;
  /**
   * The expected sources of metrics, and the services whose faults may silence each. Absent in
   * older records, whose claims on readings cannot hold.
   */
  readonly telemetry?: readonly Source[];
  /** Circumstances of this run that a reader of the report must know. */
  readonly notes?: readonly string[];
  /** The command that repeats this run. */
  readonly rerun: string;
}
