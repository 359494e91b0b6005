/** What the conductor needs of a load generator. */
import type { ServiceUsage } from "../target/deployment.ts";
import type { Entry } from "../target/entries.ts";
import type { Plan } from "../record/plan.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { UndoLedger } from "../record/undo.ts";

/** Drives load; samples flow into the sink as they arrive. */
export interface LoadGenerator {
  /** Resolves when the generator stands ready, paused. */
  prepare(request: LoadRequest): Promise<RunningLoad>;
}

export interface LoadRequest {
  readonly plan: Plan;
  readonly runId: string;
  readonly edges: readonly Entry[];
  /** One for each gateway of the plan, in its order. */
  readonly gateways: readonly Entry[];
  /** Addresses and names of the target's other services, which a workload may ask as well. */
  readonly hosts?: readonly string[];
  readonly sink: SampleSink;
  readonly logsDirectory: string;
  readonly undo: UndoLedger;
  readonly signal: AbortSignal;
}

export interface LoadEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Whether it ran for as long as it was told to, or was stopped by the harness. */
  readonly expected: boolean;
  readonly detail: string;
  readonly cpuSeconds: number | null;
}

export interface RunningLoad extends AsyncDisposable {
  readonly name: string;
  /** Starts the clock of the load's stages. */
  begin(): Promise<void>;
  /** Resolves when the generator has ended for whatever reason. Never rejects. */
  readonly ended: Promise<LoadEnd>;
  /** Asks it to end now; resolves when it has. */
  stop(): Promise<LoadEnd>;
  readonly progress: LoadProgress;
  /** Of the generator itself; null when it has ended. */
  resources(): (Omit<ServiceUsage, "service"> & { readonly queuedSeconds?: number }) | null;
}

/** Running totals for the live line. */
export interface LoadProgress {
  readonly requests: number;
  /** Of what harms users of the class that is protected most: those that went well. */
  readonly good: number;
  readonly shed: Readonly<Record<string, number>>;
  readonly failed: number;
}
