/**
 * A running target as a fault meets it: services that can be ended and asked, links that can be
 * impaired, and time.
 */
import type { Evidence } from "./evidence.ts";
import type { Endpoint, Layout, Link, Program, Service } from "./layout.ts";
import type { Place } from "./layout.ts";

/** Wall-clock and monotonic time, and waiting; injected so that runs can be simulated. */
export interface Clock {
  /** Epoch ms with a fraction. */
  nowMs(): number;
  monotonicMs(): number;
  /** Rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** `paused`: its processes are there and get no processor time. */
export type InstanceState = "running" | "paused" | "ended";

/**
 * What a substrate may be able to do to a service from outside, beyond ending it. It has the kind
 * and the fields of the fault that asks for it. A substrate has a file for each that it can do.
 */
export interface Effect {
  readonly kind: string;
  readonly [field: string]: unknown;
}

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
  /**
   * Stops all its processes where they are (SIGSTOP): connections stay open, nobody answers.
   * Resolves when they stand still.
   */
  pause(): Promise<void>;
  /** Lets paused processes go on; harmless when they do. Resolves when they do. */
  resume(): Promise<void>;
  /**
   * Performs one of the service's own operations and returns its answer; rejects when there is
   * none, or it failed.
   */
  operate(name: string, parameters?: Readonly<Record<string, string>>): Promise<string>;
  /**
   * Starts a program that is asked line by line, where the service runs. Absent where nothing
   * really runs.
   */
  companion?(start: (place: Place) => Program): Promise<Companion>;
  /** Rejects on a substrate that does not support the fault of that name. */
  impair(effect: Effect): Promise<Impairment>;
  lastLogLines(): readonly string[];
}

/** What a proxy on a link does to what passes. */
export type Toxic =
  /**
   * Answers come later by `delayMs` ± `jitterMs`, evenly spread; `jitterMs` is at most `delayMs`.
   */
  | { readonly kind: "latency"; readonly delayMs: number; readonly jitterMs: number }
  /**
   * Each connection carries at most so many bytes per second in each direction: a whole number of
   * thousands.
   */
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
  /**
   * Takes hold when resolved, and was seen to stand in the proxy as asked. The returned function
   * removes it; calling that twice is harmless.
   */
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
  onExit(
    listener: (exit: {
      readonly service: string;
      readonly expected: boolean;
      readonly detail: string;
    }) => void,
  ): void;
  /**
   * Takes a zone off the network while its services go on: from here on no packet leaves or reaches
   * it. The returned function puts it back at the same addresses; calling that twice is harmless.
   * Absent on a substrate where zones share their network with the harness.
   */
  disconnect?(zone: string): Promise<() => Promise<void>>;
  /** Of the links that the plan strikes or shows use by. Left out where there are no links. */
  linkTraffic?(): Promise<readonly LinkTotals[]>;
  /** Of everything the harness runs, by service. */
  resources(): Promise<readonly ServiceUsage[]>;
}

/**
 * What a service used since it was first started. A substrate that cannot count something leaves it
 * out.
 */
export interface ServiceUsage {
  readonly service: string;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly openSockets?: number;
  /** Files and sockets alike, as the kernel counts them. */
  readonly readBytes?: number;
  readonly writtenBytes?: number;
}
