/** The options of a plan besides the experiment, and its result. */
import type { Support } from "../faults/faults.ts";
import type { ContentRead, ContentReader } from "../target/content.ts";
import type { Command, Layout } from "../target/layout.ts";
import type { Registry } from "../metrics/metrics.ts";
import type { TargetModel } from "../target/model.ts";
import type { Pack } from "../target/pack.ts";
import type { Plan } from "../record/plan.ts";
import type { Plays } from "../experiment/plays.ts";
import type { RecordedVerdict } from "./prerequisites.ts";
import type { Runners } from "../record/runners.ts";
import type { SubstrateName } from "../record/substrates.ts";
import type { SentRows } from "../trace/replayed.ts";

export interface PlanOptions {
  readonly substrate: SubstrateName;
  readonly substrateWhy: string;
  readonly supports: Support;
  readonly seed: number;
  readonly without: readonly string[];
  /** Overrides the experiment's own. */
  readonly topology: string | null;
  /** Workload → exported names; null if the file does not exist. */
  workloadExports(workload: string): readonly string[] | null;
  /** The entry points that a workload declares it needs, beyond the entries. */
  workloadNeeds?(workload: string): readonly string[];
  /** A hash of the script, for one of the user's own. */
  workloadVersion?(workload: string): string | null;
  /** What a script of the user's own says and the run leaves out, one sentence each. */
  workloadNotes?(workload: string): readonly string[];
  /** A variable of the user's environment; undefined if it is not set. */
  variable?(name: string): string | undefined;
  /** The metrics that its script creates. */
  workloadMetrics?(workload: string): Registry;
  /** The string literals of its script, and of the modules that it imports. */
  workloadStrings?(workload: string): readonly string[];
  /** What its functions play, as it declares; null if it declares nothing. */
  workloadPlays?(workload: string): Plays | null;
  readonly rerun: string;
  /** What its user calls the run. */
  readonly label?: string | null;
  /** What is checked out where the experiment lies. */
  readonly git?: Plan["git"] | null;
  /** The factor by which the audience is multiplied. */
  readonly scale?: number;
  /** The runners that share the load; null for one generator. */
  readonly runners?: Runners | null;
  /** The version of the target; a run of another version does not count as a prerequisite. */
  readonly targetVersion?: string;
  /**
   * The recorded runs, for prerequisites. Without them none are checked: a target alone needs no
   * prerequisite.
   */
  readonly recorded?: readonly RecordedVerdict[] | null;
  /** Runs despite a prerequisite that has not held; the plan and the report say so. */
  readonly force?: boolean;
  /** Path of the browser for players; null if there is none. */
  readonly browser?: string | null;
  /** Why this command cannot start a target on this machine; null if no reason is known. */
  obstacleTo?(up: Command): string | null;
  /** What of a target that runs already is not there, one line each. */
  readonly missing?: readonly string[];
  /** Why loads that replay a trace cannot be sent to this target, one line each. */
  readonly replayProblems?: readonly string[];
  /** Epoch ms; defaults to this machine's clock. */
  readonly nowMs?: number;
  /** Hosts besides this machine to which the run may send traffic. */
  readonly allowHosts?: readonly string[];
  /** What the target serves, where that was read from the target. */
  readonly content?: ContentRead | null;
}

/** The options that a target alone needs. */
export type TargetOptions = Pick<
  PlanOptions,
  | "substrate"
  | "substrateWhy"
  | "seed"
  | "without"
  | "rerun"
  | "label"
  | "git"
  | "allowHosts"
  | "targetVersion"
  | "scale"
  | "runners"
  | "nowMs"
  | "obstacleTo"
  | "missing"
>;

export interface Planned {
  readonly plan: Plan;
  readonly layout: Layout;
  /** By load, the requests of the trace that it replays. Too many for a plan. */
  readonly replays?: SentRows | undefined;
  /** The target's own model, for the simulated substrate. */
  readonly model?: TargetModel | undefined;
  /** The target's own pack, for the observers of a run. */
  readonly pack?: Pack | undefined;
  /** The target serves what must be read from it once it is up. */
  readonly unread?: ContentReader;
  /** Hosts besides this machine to which the run may send traffic; none if left out. */
  readonly allowHosts?: readonly string[];
}
