/** The seams between the parts: what the conductor needs from the world. Adapters implement these; `cli/wire.ts` joins them. */
import type { Fault, FaultKind } from "./faults.ts";
import type { Evidence, Plan, RunEvent, Series, SubstrateName } from "./run.ts";
import type { Entry } from "./entries.ts";
import type { Endpoint, Layout, Link, Place, Program, Service, Stream } from "./target.ts";

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

/** `paused`: its processes are there and get no processor time. */
export type InstanceState = "running" | "paused" | "ended";

/** What a substrate may be able to do to a service from outside, beyond ending it. What it supports says which. */
export type Effect =
  /** No room is left in the service's own folder. */
  | { readonly kind: "fullDisk" }
  /** Its wall clock goes `byMs` ahead, or behind when negative; monotonic time is left alone. */
  | { readonly kind: "clockSkew"; readonly byMs: number }
  /** This share, 0…1, of the packets that leave or reach it is lost. */
  | { readonly kind: "packetLoss"; readonly share: number };

export interface Impairment {
  /** Looks whether it is in force. */
  observe(): Promise<Evidence>;
  /** Takes it away and looks whether it is gone. */
  undo(): Promise<Evidence>;
}

/** A program beside a service, for as long as somebody asks it. Disposing it ends it. */
export interface Companion extends Disposable {
  readonly input: NodeJS.WritableStream;
  readonly output: NodeJS.ReadableStream;
  /** Resolves with why it ended. */
  readonly ended: Promise<string>;
}

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
  readonly state: InstanceState;
  /** Stops all its processes where they are (SIGSTOP): connections stay open, nobody answers. Resolves when they stand still. */
  pause(): Promise<void>;
  /** Lets paused processes go on; harmless when they do. Resolves when they do. */
  resume(): Promise<void>;
  /** Performs one of the service's own operations and returns its answer; rejects when there is none, or it failed. */
  operate(name: string, parameters?: Readonly<Record<string, string>>): Promise<string>;
  /** Starts a program that is asked line by line, where the service runs. Absent where nothing really runs. */
  companion?(start: (place: Place) => Program): Promise<Companion>;
  /** Rejects on a substrate that does not support the fault of that name. */
  impair(effect: Effect): Promise<Impairment>;
  lastLogLines(): readonly string[];
}

/** What a proxy on a link does to what passes. */
export type Toxic =
  /** Answers come later by `delayMs` ± `jitterMs`, evenly spread; `jitterMs` is at most `delayMs`. */
  | { readonly kind: "latency"; readonly delayMs: number; readonly jitterMs: number }
  /** Each connection carries at most so many bytes per second in each direction: a whole number of thousands. */
  | { readonly kind: "bandwidth"; readonly bytesPerSecond: number }
  /** Each new connection is reset as soon as it is made; present ones are closed. */
  | { readonly kind: "reset" };

/** One link of a running target. */
export interface LinkHandle {
  readonly link: Link;
  /** Where `from` connects: the proxied end. */
  readonly entry: Endpoint;
  /** Where `to` really listens. */
  readonly exit: Endpoint;
  /** Takes hold when resolved, and was seen to stand in the proxy as asked. The returned function removes it; calling that twice is harmless. */
  impose(toxic: Toxic): Promise<() => Promise<void>>;
  /** Looks whether the proxy still does that to the link, or still has it cut. */
  observe(what: Toxic | { readonly kind: "cut" }): Promise<Evidence>;
  /** Refuses new connections and closes present ones. */
  cut(): Promise<void>;
  /** Takes connections again; harmless when it does. */
  mend(): Promise<void>;
}

/** What passed over one link since the target was up, the harness's own questions left out. */
export interface LinkTotals {
  /** As `linkName` has it. */
  readonly link: string;
  readonly connections: number;
  /** Both ways together. Left out where nobody counts them. */
  readonly bytes?: number;
}

/** A target that is up. Disposing it leaves nothing behind. */
export interface Deployment extends AsyncDisposable {
  readonly layout: Layout;
  instance(service: string): Instance;
  readonly instances: readonly Instance[];
  /** One for each link of the layout, in its order. */
  readonly links: readonly LinkHandle[];
  /** Called for each service that ends; `expected` when the harness ended it. */
  onExit(listener: (exit: { readonly service: string; readonly expected: boolean; readonly detail: string }) => void): void;
  /**
   * Takes a zone off the network while its services go on: from here on no packet leaves or reaches it. The returned function puts it back at the
   * same addresses; calling that twice is harmless. Absent on a substrate where zones share their network with the harness.
   */
  disconnect?(zone: string): Promise<() => Promise<void>>;
  /** Of the links that the plan strikes. Left out where there are no links. */
  linkTraffic?(): Promise<readonly LinkTotals[]>;
  /** Of everything the harness runs, by service. */
  resources(): Promise<readonly ServiceUsage[]>;
}

/** What a service used since it was first started. A substrate that cannot count something leaves it out. */
export interface ServiceUsage {
  readonly service: string;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly openSockets?: number;
  /** Files and sockets alike, as the kernel counts them. */
  readonly readBytes?: number;
  readonly writtenBytes?: number;
}

/** For each fault: `true`, or why this substrate cannot do it on this machine. */
export type Support = Readonly<Record<FaultKind, true | string>>;

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

/** A fault that was injected, whether or not it is seen to have taken hold. */
export interface Injection {
  /** Epoch ms at which the act was done; what proves it was gathered after that. */
  readonly actedMs: number;
  readonly evidence: Evidence;
  /** How to look again, changing nothing, and how often in ms; null for what does not stay in force. Looking never rejects. */
  readonly observe: { readonly everyMs: number; look(): Promise<Evidence> } | null;
  /** Undoes it and looks. Healing twice does it once and gives the same answer. */
  heal(): Promise<Evidence>;
}

export interface InjectionContext {
  readonly clock: Clock;
  /** Ends the gathering of evidence early; never the healing. */
  readonly signal: AbortSignal;
}

export type Injector<F extends Fault> = (fault: F, on: Deployment, context: InjectionContext) => Promise<Injection>;
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
  | { readonly kind: "directory"; readonly path: string }
  /** Addresses that were free before the run took them: whoever listens there while it goes on was started by it. */
  | { readonly kind: "ports"; readonly endpoints: readonly Endpoint[] }
  /** Of the docker substrate: by the name that it will get, on the engine that DOCKER_HOST named. */
  | { readonly kind: "container" | "network"; readonly name: string; readonly engine: string }
  /** What takes down what a target brought up by means of its own. */
  | { readonly kind: "command"; readonly command: string; readonly args: readonly string[] };
