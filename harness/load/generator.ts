/** The conductor's interface to a load generator. */
import type { ServiceUsage } from "../target/deployment.ts";
import type { Entry } from "../target/entries.ts";
import type { Plan } from "../record/plan.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { SentRows } from "../trace/replayed.ts";
import type { UndoLedger } from "../record/undo.ts";
import type { Part } from "./runners/part.ts";

/** Generates load; samples flow into the sink as they arrive. */
export interface LoadGenerator {
  /** Resolves when the generator is ready and paused. */
  prepare(request: LoadRequest): Promise<RunningLoad>;
}

export interface LoadRequest {
  readonly plan: Plan;
  /** The part of the load to generate; the whole if absent. */
  readonly part?: Part;
  readonly runId: string;
  readonly entries: readonly Entry[];
  /** By the names in the plan, in its order. */
  readonly otherEntries: Readonly<Record<string, readonly Entry[]>>;
  /**
   * Addresses and names of the target's other services, to which a workload may send requests as
   * well.
   */
  readonly hosts?: readonly string[];
  /** By load, what it replays. */
  readonly replays?: SentRows | undefined;
  readonly sink: SampleSink;
  readonly logsDirectory: string;
  readonly undo: UndoLedger;
  readonly signal: AbortSignal;
}

export interface LoadEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Whether it ran to its planned end, or was stopped by the harness. */
  readonly expected: boolean;
  readonly detail: string;
  readonly cpuSeconds: number | null;
}

export interface RunningLoad extends AsyncDisposable {
  readonly name: string;
  /** Starts the clock of the load's stages. */
  begin(): Promise<void>;
  /** Resolves when the generator has ended for any reason. Never rejects. */
  readonly ended: Promise<LoadEnd>;
  /** Requests its end now; resolves when it has ended. */
  stop(): Promise<LoadEnd>;
  readonly progress: LoadProgress;
  /** Of the generator itself; null after its end. */
  resources(): (Omit<ServiceUsage, "service"> & { readonly queuedSeconds?: number }) | null;
}

/** Running totals for the live line. */
export interface LoadProgress {
  readonly requests: number;
  /** Good samples of the harm metric, in the most protected class. */
  readonly good: number;
  readonly shed: Readonly<Record<string, number>>;
  readonly failed: number;
}
