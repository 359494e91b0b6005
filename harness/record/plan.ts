import type { Struck } from "../target/fault.ts";
import type { Claim } from "../claims/statistics/registry.ts";
import type { Load, Recovery, Step } from "../experiment/experiment.ts";
import type { Phase } from "../base/phases.ts";
import type { Charts } from "../target/charts.ts";
import type { Harm } from "../target/harm.ts";
import type { Registry } from "../metrics/metrics.ts";
import type { Source } from "../metrics/source.ts";
import type { SubstrateName } from "./substrates.ts";
import type { Rhythm } from "../target/rhythm.ts";
import type { Bodies, Fact } from "../target/bodies.ts";
import type { Wishes } from "../target/wishes.ts";
import type { Tier } from "../experiment/tiers.ts";

/** Everything that is decided before anything is touched. Plain JSON. */
export interface Plan {
  readonly format: "seawall-plan/1";
  readonly experiment: string;
  readonly title: string;
  readonly story: string;
  readonly tier: Tier;
  readonly target: string;
  /** What the target's pack is called. Missing where it has none. */
  readonly pack?: string;
  readonly topology: string;
  /** A hash of what the target and the harness are made of. Missing in older records. */
  readonly targetVersion?: string;
  /**
   * The target's version in its user's own words; missing where none was given, and in older
   * records.
   */
  readonly versionGiven?: string;
  readonly substrate: SubstrateName;
  /** Why this substrate. */
  readonly substrateWhy: string;
  readonly seed: number;
  /** The audience as a multiple of the one that the experiment plans; 1 where it is missing. */
  readonly scale?: number;
  readonly without: readonly string[];
  readonly reliesOn: readonly string[];
  readonly services: readonly {
    readonly name: string;
    readonly kind: string;
    readonly region: string;
    readonly zone: string;
  }[];
  readonly links: readonly { readonly from: string; readonly to: string; readonly port: string }[];
  readonly edges: readonly string[];
  /**
   * By name, where users go in for something else than what the prober looks at; missing where
   * there is nothing of the kind.
   */
  readonly otherEntries?: Readonly<Record<string, readonly string[]>>;
  /** Missing where nothing comes in periods, and in older records. */
  readonly rhythm?: Rhythm;
  /** What its workloads are told of what it serves, as its pack words it. */
  readonly stream?: object;
  /**
   * Workloads whose users draw where they go in. Missing where nobody knows, and in older records.
   */
  readonly drawEntries?: readonly string[];
  /** Of what its users get. Missing where nobody knows, and in older records. */
  readonly bodies?: Bodies;
  /** For the reader of a report. Missing in older records. */
  readonly facts?: readonly Fact[];
  readonly leadInMs: number;
  readonly phasesMs: Readonly<Record<Phase, number>>;
  readonly load: readonly Load[];
  /** By workload, a hash of each script of the user's own. Missing where there is none. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** What the load generator is held to; missing where nobody set a limit. */
  readonly requestsPerSecondMax?: number;
  /** The phase in which each real player joins. */
  readonly players?: readonly Phase[];
  readonly hypothesis: readonly Claim[];
  readonly recovery: Recovery | null;
  readonly steps: readonly Step[];
  /** What each step strikes, in their order. Missing in older records. */
  readonly struck?: readonly Struck[];
  readonly abortWhen: readonly { readonly unless: Claim; readonly windowMs: number }[];
  /** By what the target's users are harmed; missing where nobody said it. */
  readonly harm?: Harm;
  /**
   * By class of requests, the workloads whose users ask as the prober does; another one may ask for
   * something else.
   */
  readonly askedAlike?: Readonly<Record<string, readonly string[]>>;
  /** By class of requests, what its users draw, where it is known. Missing in older records. */
  readonly wishes?: Readonly<Record<string, Wishes>>;
  /**
   * Classes of requests, in the order in which they are protected. Missing where nobody said it,
   * and in older records.
   */
  readonly trafficClasses?: readonly string[];
  /**
   * Every metric that the run can contain. A record without them is read with those of its time.
   */
  readonly metrics: Registry;
  /** Of the target's own metrics. A record without them is read with those of its time. */
  readonly charts?: Charts;
  /**
   * Who reports what, and whose faults may silence it. Missing in older records, whose claims on
   * readings cannot hold.
   */
  readonly telemetry?: readonly Source[];
  /** What the reader of a report must know of how this came to be run. */
  readonly notes?: readonly string[];
  /** The command that repeats this run. */
  readonly rerun: string;
}
