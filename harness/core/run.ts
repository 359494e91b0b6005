/**
 * What a run leaves on disk and what the judge reads: a plan, events in the order in which they happened, and samples.
 * All times are epoch milliseconds with a fraction.
 */
import type { Phase, Claim, Comparison, Recovery, Step, Load } from "./experiment.ts";
import type { Fault } from "../faults/faults.ts";
import type { Struck } from "../faults/fault.ts";
import type { Harm } from "./harm.ts";
import type { Registry } from "./metrics.ts";
import type { Evidence } from "./evidence.ts";
import type { SeriesData } from "./samples.ts";

export type { Evidence } from "./evidence.ts";
import type { Stream } from "./target.ts";
import type { SubstrateName } from "./substrates.ts";
import type { Source } from "./source.ts";
import type { Tier } from "./tiers.ts";

export type { SampleKind, Series, SeriesData } from "./samples.ts";

export type { SubstrateName } from "./substrates.ts";

/** Everything that is decided before anything is touched. Plain JSON. */
export interface Plan {
  readonly format: "seawall-plan/1";
  readonly experiment: string;
  readonly title: string;
  readonly story: string;
  readonly tier: Tier;
  readonly target: string;
  readonly topology: string;
  /** A hash of what the target and the harness are made of. Missing in older records. */
  readonly targetVersion?: string;
  /** The target's version in its user's own words; missing where none was given, and in older records. */
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
  /** Missing where the target has none, and in older records. */
  readonly gateways?: readonly string[];
  /** Missing where the target is no stream. */
  readonly stream?: Stream;
  readonly leadInMs: number;
  readonly phasesMs: Readonly<Record<Phase, number>>;
  readonly load: readonly Load[];
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
  /** By class of requests, the workloads whose users ask as the prober does; another one may ask for something else. */
  readonly askedAlike?: Readonly<Record<string, readonly string[]>>;
  /** Classes of requests, in the order in which they are protected. Missing where nobody said it, and in older records. */
  readonly trafficClasses?: readonly string[];
  /** Every metric that the run can contain. A record without them is read with those of its time. */
  readonly metrics: Registry;
  /** Who reports what, and whose faults may silence it. Missing in older records, whose claims on readings cannot hold. */
  readonly telemetry?: readonly Source[];
  /** What the reader of a report must know of how this came to be run. */
  readonly notes?: readonly string[];
  /** The command that repeats this run. */
  readonly rerun: string;
}

export type AbortReason =
  | "claim"
  | "user"
  | "deadline"
  | "substrate"
  | "generator"
  | "internal"
  | "deadMan";

export type RunEvent = { readonly atMs: number } & (
  | {
      readonly kind: "started";
      readonly runId: string;
      readonly versions: Readonly<Record<string, string>>;
      readonly machine: Machine;
    }
  | { readonly kind: "deploying" }
  | { readonly kind: "deployed"; readonly tookMs: number }
  | { readonly kind: "loadStarted"; readonly generator: string }
  | { readonly kind: "phase"; readonly phase: Phase | "leadIn" | "drain" }
  | { readonly kind: "injecting"; readonly step: number; readonly fault: Fault }
  | {
      readonly kind: "injected";
      readonly step: number;
      readonly fault: Fault;
      readonly plannedMs: number;
      /** When the act itself was done; `atMs` is when its evidence was complete. Missing in older records. */
      readonly actedMs?: number;
      readonly evidence: Evidence;
    }
  /** Looks at a fault in force that had the same answer, one after another. Missing in older records. */
  | {
      readonly kind: "observed";
      readonly step: number;
      readonly fault: Fault;
      readonly evidence: Evidence;
      readonly looks: number;
      /** When the first and the last of them were done; `atMs` is when this was written. */
      readonly fromMs: number;
      readonly untilMs: number;
      /** The longest time that nobody looked, before the first of them included. */
      readonly longestGapMs: number;
    }
  | { readonly kind: "healing"; readonly step: number; readonly fault: Fault }
  | {
      readonly kind: "healed";
      readonly step: number;
      readonly fault: Fault;
      readonly plannedMs: number;
      readonly evidence: Evidence;
    }
  | {
      readonly kind: "exited";
      readonly service: string;
      readonly expected: boolean;
      readonly detail: string;
    }
  | {
      readonly kind: "generator";
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly expected: boolean;
      readonly detail: string;
      /** CPU seconds of the generator and of the harness itself from load start to load end. */
      readonly generatorCpuSeconds: number | null;
      readonly harnessCpuSeconds: number;
      readonly seconds: number;
    }
  /** The wall clock moved against the monotonic one by more than 50 ms. */
  | { readonly kind: "clockStepped"; readonly byMs: number }
  | { readonly kind: "aborted"; readonly reason: AbortReason; readonly detail: string }
  | { readonly kind: "note"; readonly text: string }
  | {
      readonly kind: "cleaned";
      readonly status: "clean" | "incomplete";
      readonly left: readonly string[];
      readonly tookMs: number;
    }
  | { readonly kind: "finished" }
);

export interface Machine {
  readonly platform: string;
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryBytes: number;
}

export interface Run {
  readonly directory: string;
  readonly id: string;
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  readonly series: readonly SeriesData[];
  /** What of the record is missing or damaged; empty for a whole one. */
  readonly damage: readonly string[];
}

export type Status = "held" | "refuted" | "inconclusive";

/** One thing that was asked of the record, and the answer. */
export interface Finding {
  /** `claim` and `recovery` come from the experiment, `evidence` from the rule that a verdict is never kinder than the record. */
  readonly kind: "claim" | "recovery" | "evidence";
  /** Stable and dotted: `generator.on-time`, `claim.live-is-served`. With `phase` it is unique in a verdict. */
  readonly id: string;
  /**
   * Whom the status speaks of: `target`, `generator`, `prober`, `machine`, `record`, `faults`, …, or
   * `service:NAME`. A claim that the generator's stalls leave open has the subject `generator`.
   */
  readonly subject: string;
  readonly title: string;
  readonly status: Status;
  readonly phase: Phase | null;
  readonly observed: number | null;
  readonly comparison: Comparison | null;
  readonly limit: number | null;
  readonly unit: string;
  readonly samples: number;
  /** Why it has this status, in one sentence. */
  readonly why: string;
}

export interface Verdict {
  readonly format: "seawall-verdict/1";
  readonly runId: string;
  readonly experiment: string;
  readonly without: readonly string[];
  readonly seed: number;
  readonly status: Status;
  /** The decisive finding in one sentence. */
  readonly why: string;
  readonly aborted: { readonly reason: AbortReason; readonly detail: string } | null;
  readonly cleanup: {
    readonly status: "clean" | "incomplete" | "unknown";
    readonly left: readonly string[];
  };
  readonly findings: readonly Finding[];
  readonly rerun: string;
  /** In verdict.json: hashes of the record that it is of, and of itself. Missing elsewhere, and in older files. */
  readonly of?: { readonly record: string; readonly check: string } | undefined;
}
