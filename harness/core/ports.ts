/** The seams between the parts: what the conductor needs from the world. Adapters implement these; `cli/wire.ts` joins them. */
import type { Fault, FaultKind } from "./faults.ts";
import type { Evidence, Plan, RunEvent, Series, SubstrateName } from "./run.ts";
import type { Endpoint, Layout, Service, Stream } from "./target.ts";

/** Wall-clock and monotonic time, and waiting; injected so that runs can be simulated. */
export interface Clock {
  /** Epoch ms with a fraction. */
  nowMs(): number;
  monotonicMs(): number;
  /** Rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Where samples go. Registering the same series twice gives the same id. */
export interface SampleSink {
  series(series: Series): number;
  sample(seriesId: number, atMs: number, value: number): void;
}

export interface EventSink {
  event(event: DistributiveOmit<RunEvent, "atMs"> & { readonly atMs?: number }): void;
}

export type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** One running service. */
export interface Instance {
  readonly service: Service;
  /** Null while it is down. */
  readonly pid: number | null;
  endpoint(port: string): Endpoint;
  /** The service's own folder, as the harness reaches it. */
  readonly directory: string;
  /** SIGKILL to the whole group; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again; resolves when it is ready. */
  start(signal?: AbortSignal): Promise<void>;
  lastLogLines(): readonly string[];
}

/** A target that is up. Disposing it leaves nothing behind. */
export interface Deployment extends AsyncDisposable {
  readonly layout: Layout;
  instance(service: string): Instance;
  readonly instances: readonly Instance[];
  /** Called for each service that ends; `expected` when the harness ended it. */
  onExit(listener: (exit: { readonly service: string; readonly expected: boolean; readonly detail: string }) => void): void;
  /** CPU seconds and resident bytes of everything the harness runs, by service. */
  resources(): Promise<readonly { readonly service: string; readonly cpuSeconds: number; readonly residentBytes: number }[]>;
}

export interface Substrate {
  readonly name: SubstrateName;
  readonly supports: ReadonlySet<FaultKind>;
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

/** Takes hold when awaited; disposing heals. Healing twice is harmless. */
export interface Injection {
  readonly evidence: Evidence;
  heal(signal?: AbortSignal): Promise<Evidence>;
}

export type Injector<F extends Fault> = (fault: F, on: Deployment, signal: AbortSignal) => Promise<Injection>;
export type Injectors = { readonly [K in FaultKind]: Injector<Extract<Fault, { kind: K }>> };

/** Drives load; samples flow into the sink as they arrive. */
export interface LoadGenerator {
  /** Resolves when the generator stands ready, paused. */
  prepare(request: LoadRequest): Promise<RunningLoad>;
}

export interface LoadRequest {
  readonly plan: Plan;
  readonly runId: string;
  readonly stream: Stream;
  readonly edges: readonly Endpoint[];
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
  /** CPU seconds and resident bytes of the generator itself; null when it has ended. */
  resources(): { readonly cpuSeconds: number; readonly residentBytes: number } | null;
}

/** Running totals for the live line. */
export interface LoadProgress {
  readonly requests: number;
  /** Segments that viewers at the live edge got in time. */
  readonly liveServed: number;
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
  | { readonly kind: "processGroup"; readonly service: string; readonly pid: number; readonly startTicks: number }
  /** A folder or a file. */
  | { readonly kind: "directory"; readonly path: string };
