/** The seams between the parts: what the conductor needs from the world. Adapters implement these; `cli/wire.ts` joins them. */
import type { Deployment, ServiceUsage } from "./deployment.ts";
import type { Plan, RunEvent, SubstrateName } from "./run.ts";
import type { SampleSink } from "./samples.ts";
import type { Entry } from "./entries.ts";
import type { Endpoint, Layout } from "./target.ts";

export type * from "./deployment.ts";
export type { SampleSink };
export type { Support } from "../faults/faults.ts";
export type { Injection, InjectionContext } from "../faults/injection.ts";

export interface EventSink {
  event(event: DistributiveOmit<RunEvent, "atMs"> & { readonly atMs?: number }): void;
}

export type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export interface Substrate {
  readonly name: SubstrateName;
  deploy(request: DeployRequest): Promise<Deployment>;
}

export interface DeployRequest {
  readonly plan: Plan;
  readonly runId: string;
  /** Authorises the control endpoints of this run's services. */
  readonly controlToken: string;
  readonly layout: Layout;
  readonly logsDirectory: string;
  readonly undo: UndoLedger;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

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

/** What must be undone, on disk before it is done. */
export interface UndoLedger {
  /** Returns after the entry is synced. The returned function marks it undone. */
  record(entry: UndoEntry): () => void;
}

export type UndoEntry =
  /** Written right after the start: until then the process is known by the run's mark in its environment. */
  | {
      readonly kind: "processGroup";
      readonly service: string;
      readonly pid: number;
      readonly startTicks: number;
    }
  /** A folder or a file. */
  | { readonly kind: "directory"; readonly path: string }
  /** Addresses that were free before the run took them: whoever listens there while it goes on was started by it. */
  | { readonly kind: "ports"; readonly endpoints: readonly Endpoint[] }
  /** What a substrate makes elsewhere than on this machine: by the name that it will get, at the place where it will be. */
  | {
      readonly kind: "made";
      readonly substrate: string;
      readonly what: string;
      readonly name: string;
      readonly at: string;
    }
  /** What takes down what a target brought up by means of its own. */
  | { readonly kind: "command"; readonly command: string; readonly args: readonly string[] };
