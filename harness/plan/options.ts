/** What a plan is made from besides the experiment, and what comes of it. */
import type { Support } from "../faults/faults.ts";
import type { Command, Layout } from "../target/layout.ts";
import type { Registry } from "../metrics/metrics.ts";
import type { TargetModel } from "../target/model.ts";
import type { Pack } from "../target/pack.ts";
import type { Plan } from "../record/plan.ts";
import type { Plays } from "../experiment/plays.ts";
import type { RecordedVerdict } from "./prerequisites.ts";
import type { SubstrateName } from "../record/substrates.ts";

export interface PlanOptions {
  readonly substrate: SubstrateName;
  readonly substrateWhy: string;
  readonly supports: Support;
  readonly seed: number;
  readonly without: readonly string[];
  /** Overrides the experiment's own. */
  readonly topology: string | null;
  /** Workload → names that it exports; null when there is no such file. */
  workloadExports(workload: string): readonly string[] | null;
  /** What else than edges a workload must be told of, as it says itself. */
  workloadNeeds?(workload: string): readonly string[];
  /** A hash of the script, of one of the user's own. */
  workloadVersion?(workload: string): string | null;
  /** A variable of the user's environment; undefined where it is not set. */
  variable?(name: string): string | undefined;
  /** The metrics that its script makes. */
  workloadMetrics?(workload: string): Registry;
  /** The strings that its script, and what that imports beside it, are written with. */
  workloadStrings?(workload: string): readonly string[];
  /** What its functions play, as it says itself; null where it says nothing. */
  workloadPlays?(workload: string): Plays | null;
  readonly rerun: string;
  /** By how much the audience of the experiment has been multiplied. */
  readonly scale?: number;
  /** Of what is tested; what held in another one does not count. */
  readonly targetVersion?: string;
  /**
   * The runs so far, for what must have held before; without one, nothing is asked: a target alone
   * needs no leave.
   */
  readonly recorded?: readonly RecordedVerdict[] | null;
  /** Runs although a prerequisite has not held; the plan, and so the report, says so. */
  readonly force?: boolean;
  /** Where the browser of players is; null when there is none. */
  readonly browser?: string | null;
  /**
   * Why a target cannot be brought up by this command on this machine; null when nothing is known
   * to be in the way.
   */
  obstacleTo?(up: Command): string | null;
  /** Epoch ms; of this machine's clock where it is left out. */
  readonly nowMs?: number;
  /** Hosts besides this machine that may be hit. */
  readonly allowHosts?: readonly string[];
}

/** What of them a target alone needs. */
export type TargetOptions = Pick<
  PlanOptions,
  | "substrate"
  | "substrateWhy"
  | "seed"
  | "without"
  | "rerun"
  | "allowHosts"
  | "targetVersion"
  | "scale"
  | "nowMs"
  | "obstacleTo"
>;

export interface Planned {
  readonly plan: Plan;
  readonly layout: Layout;
  /** The target's own, for the simulated substrate. */
  readonly model?: TargetModel | undefined;
  /** The target's own, for what is looked at while it runs. */
  readonly pack?: Pack | undefined;
}
