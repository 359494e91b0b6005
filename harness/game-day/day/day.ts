/**
 * A game day on disk: `day.json`, decided in advance, and the events in order. The page, the
 * permitted answers and the report follow from these two.
 */
import type { AbortReason, Machine } from "../../record/events.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { Status } from "../../record/verdict.ts";
import type { SubstrateName } from "../../record/substrates.ts";
import type { Tier } from "../../experiment/tiers.ts";
import type { Phase } from "../../base/phases.ts";
import type { Role } from "./game-day.ts";

export interface Day {
  readonly format: "seawall-day/1";
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly purpose: string;
  readonly file: string;
  readonly seed: number;
  /** `yes`: no person was asked. */
  readonly answers: "people" | "yes";
  readonly roles: readonly Role[];
  readonly steps: readonly DayStep[];
  readonly version: string;
  readonly machine: Machine;
}

/** What a person must know before saying go. */
export interface DayStep {
  readonly experiment: string;
  /** As passed to `seawall run`. */
  readonly source: string;
  readonly title: string;
  readonly story: string;
  readonly brief: string | null;
  readonly tier: Tier;
  readonly target: string;
  readonly topology: string;
  readonly substrate: SubstrateName;
  readonly without: readonly string[];
  readonly expect: "held" | "refuted";
  /** One period of the target's rhythm, in ms. */
  readonly rhythmMs: number;
  /** Request classes with their titles, in display order. */
  readonly classes: readonly { readonly lane: string; readonly title: string }[];
  readonly leadInMs: number;
  readonly phasesMs: Readonly<Record<Phase, number>>;
  readonly waitMsMax: number;
  /** Null without a second decision point. */
  readonly holdMsMax: number | null;
  readonly claims: readonly string[];
  readonly faults: readonly DayFault[];
  readonly blast: BlastRadius;
  readonly rerun: string;
}

export interface DayFault {
  readonly label: string;
  readonly atMs: number;
  readonly forMs: number;
  /** How the fault is verified, and how it is reverted. */
  readonly proof: string;
  readonly undo: string;
}

export interface BlastRadius {
  /** The affected services, out of this number. */
  readonly services: readonly string[];
  readonly servicesInAll: number;
  readonly links: readonly string[];
  readonly zones: readonly string[];
  readonly zonesInAll: number;
  readonly faultsAtOnceMax: number;
  /** The peak rate of iterations as a multiple of the baseline rate. */
  readonly loadTimes: number;
}

/**
 * Who acted: a role, and the name that the person entered. The role `nobody` answers at a timeout,
 * `--yes` without people, and `terminal` is Ctrl-C.
 */
export interface By {
  readonly role: string;
  readonly name: string | null;
}

export type Point = "start" | "hold";

/** The outcome of a step. `result` is null if it was skipped or failed. */
export interface Outcome {
  readonly result: Status | null;
  readonly why: string;
  readonly exitCode: number;
  readonly aborted: AbortReason | null;
  readonly cleanup: "clean" | "incomplete" | "unknown" | null;
}

/** What a run's record reports as it happens. */
export type Seen =
  | { readonly what: "deploying" | "deployed" | "loadStarted" | "finished" }
  | { readonly what: "phase"; readonly phase: Phase | "leadIn" | "drain" }
  | {
      readonly what: "injected" | "healed";
      readonly index: number;
      readonly label: string;
      readonly evidence: Evidence;
    }
  | { readonly what: "trouble"; readonly text: string };

/**
 * Answers of one lane within one second. The quantiles cover the last period of the target's
 * rhythm, because users may arrive in bursts.
 */
export interface LaneSecond {
  readonly served: number;
  readonly late: number;
  readonly shed: number;
  readonly lost: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export interface ClaimSoFar {
  /** Absent in days from before findings had ids. */
  readonly id?: string | undefined;
  readonly title: string;
  readonly phase: Phase;
  readonly status: Status;
  readonly observed: string;
  readonly limit: string;
  /** Whether the phase is still running. */
  readonly open: boolean;
}

export type DayHappening =
  | { readonly kind: "opened"; readonly again: boolean }
  | {
      readonly kind: "asked";
      readonly question: number;
      readonly step: number;
      readonly point: Point;
      readonly untilMs: number;
    }
  | {
      readonly kind: "answered";
      readonly question: number;
      readonly answer: "go" | "no-go";
      readonly by: By;
    }
  | { readonly kind: "began"; readonly step: number }
  | {
      readonly kind: "recording";
      readonly step: number;
      readonly runId: string /** Seen from the day's own folder. */;
      readonly directory: string;
    }
  | {
      readonly kind: "saw";
      readonly step: number;
      readonly seen: Seen /** In the run's own time, which in a simulated one is another. */;
      readonly runMs: number;
    }
  | {
      readonly kind: "second";
      readonly step: number;
      readonly runMs: number;
      readonly held: boolean;
      readonly lanes: Readonly<Record<string, LaneSecond>>;
    }
  | { readonly kind: "claims"; readonly step: number; readonly claims: readonly ClaimSoFar[] }
  | {
      readonly kind: "note";
      readonly text: string;
      readonly by: By;
      readonly step: number | null /** Made by the page: a note that is sent twice stands once. */;
      readonly key: string;
    }
  | { readonly kind: "stopped"; readonly by: By }
  | { readonly kind: "ended"; readonly step: number; readonly outcome: Outcome }
  | { readonly kind: "closed"; readonly why: string };

/** `seq` counts from 1 without gaps. */
export type DayEvent = DayHappening & { readonly seq: number; readonly atMs: number };
