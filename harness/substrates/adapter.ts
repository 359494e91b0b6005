/** The interface of a substrate. `record/substrates.ts` lists the existing ones. */
import type { TargetModel } from "../target/model.ts";
import type { Pack } from "../target/pack.ts";
import type { Planned } from "../plan/options.ts";
import type { Clock } from "../target/deployment.ts";
import type { EventSink } from "../record/event-sink.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { Substrate } from "./substrate.ts";
import type { Support } from "../faults/faults.ts";
import type { UndoEntry, UndoLedger } from "../record/undo.ts";
import type { Plan } from "../record/plan.ts";
import type { Layout } from "../target/layout.ts";
import type { Target } from "../target/target.ts";
import type { ToolName, Tools } from "../target/tools.ts";
import type { Inspection } from "../provision/inspect.ts";
import type { Ability, Machine } from "../provision/machine.ts";
import type { ProgressOutput } from "../provision/render.ts";
import type { simulatedWorld } from "./simulated/world.ts";
import type { SentRows } from "../trace/replayed.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The program's environment, as far as a substrate needs it. */
export interface Surroundings {
  /** The project's own folder. */
  readonly root: string;
  readonly env: Environment;
  readonly stateDirectory: string;
  /** Outlives runs. */
  readonly cacheDirectory: string;
  readonly signal: AbortSignal;
  /** For progress. */
  readonly stderr: ProgressOutput;
}

type Ground = Pick<Surroundings, "root" | "env">;
export type Asked = Pick<Target, "model" | "own" | "runsOn">;
/** An entry of the ledger: what a run changed of others' things. */
export type Changed = UndoEntry & { readonly kind: "changed" };

export interface SubstrateAdapter {
  /** Why it can never run this target, and what to do instead; null if it can. */
  refusal(target: Asked): { readonly why: string; readonly hint: string } | null;
  /** Why this user does not permit it; null if it is permitted. `allowed`: named contexts. */
  forbidden?(
    ground: Ground,
    allowed: readonly string[],
  ): { readonly why: string; readonly hint: string } | null;
  /** Why it is not chosen by default; null if it may be. Must be quick. */
  obstacle(ground: Ground): Promise<string | null>;
  /** What of the layout is not there, of a target that runs already; one line each. */
  missing?(ground: Ground, layout: Layout): Promise<readonly string[]>;
  /** The reason for the choice, as a phrase for the plan. */
  why(how: "asked" | "ready", target: Asked): string;
  supports(target: Asked): Support;
  /** The tools of a run, including those of every run. */
  tools(planned: Pick<Planned, "plan" | "layout">): readonly ToolName[];
  /** Prepares what it needs besides tools, before the run begins. */
  prepare?(surroundings: Surroundings): Promise<void>;
  /** Deploys targets. Absent in virtual time. */
  real?(surroundings: Surroundings, tools: Tools, clock: Clock): Substrate;
  /** A run in virtual time that begins at this epoch ms. Absent on a real substrate. */
  virtual?(startMs: number): VirtualRun;
  /** Removes whatever carries the run's mark; returns what is still there. */
  sweep?(env: Environment, runId: string): Promise<readonly string[]>;
  /** The same for a dead run, at the place that its ledger names. */
  undo?(runId: string, at: string, changed: readonly Changed[]): Promise<readonly string[]>;
  /** Whether it works on this machine, for `seawall doctor`. */
  doctor?(ground: Ground, machine: Machine, tools: readonly Inspection[]): Promise<Ability>;
}

export interface VirtualRun {
  readonly clock: Clock & { until<T>(work: Promise<T>): Promise<T | null> };
  world(options: VirtualOptions): ReturnType<typeof simulatedWorld>;
}

export interface VirtualOptions {
  readonly plan: Plan;
  readonly layout: Layout;
  readonly model: TargetModel;
  /** The target's pack, which reads what is specific to its kind. */
  readonly pack?: Pack | undefined;
  /** By load, what it replays. */
  readonly replays?: SentRows | undefined;
  readonly runId: string;
  readonly sink: SampleSink;
  readonly events: EventSink;
  readonly undo: UndoLedger;
}
