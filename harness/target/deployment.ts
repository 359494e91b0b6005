/**
 * A running target as faults use it: services that can be stopped and queried, links that can be
 * impaired, and a clock.
 */
import type { Evidence } from "./evidence.ts";
import type { Endpoint, Layout, Link, Program, Service } from "./layout.ts";
import type { Place } from "./layout.ts";

/** Wall-clock time, monotonic time and waiting. Injected, so that runs can be simulated. */
export interface Clock {
  /** Epoch ms, with a fraction. */
  nowMs(): number;
  monotonicMs(): number;
  /** Rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** `paused`: its processes exist and receive no processor time. */
export type InstanceState = "running" | "paused" | "ended";

/**
 * What a substrate may be able to do to a service from outside, beyond stopping it. It has the kind
 * and the fields of the fault that needs it. A substrate has a file for each effect it supports.
 */
export interface Effect {
  readonly kind: string;
  readonly [field: string]: unknown;
}

export interface Impairment {
  /** Checks whether the effect is in force. */
  observe(): Promise<Evidence>;
  /** Removes the effect and checks that it is gone. */
  undo(): Promise<Evidence>;
}

/** A helper program next to a service. Disposal ends it. */
export interface Companion extends Disposable {
  readonly input: NodeJS.WritableStream;
  readonly output: NodeJS.ReadableStream;
  /** Resolves with the reason why it ended. */
  readonly ended: Promise<string>;
}

/** An engine that keeps a service for its user, and may act on it besides the harness. */
export interface Keeper {
  /** What starts the service again after a crash: `the restart policy "always"`. Null if none. */
  readonly restarts: string | null;
  /** How a process ended, and what runs since; null while it runs. */
  accountOf(pid: number): Death | null;
}

export interface Death {
  /** `ended by SIGKILL (exit status 137)`. */
  readonly detail: string;
  /** The next process, and the time from the death to its start in ms; null before that. */
  readonly back: { readonly pid: number; readonly afterMs: number } | null;
}

/** How a service ended that was asked to. */
export interface Stopped {
  /** `exit status 0`, or `ended by SIGKILL`. */
  readonly detail: string;
}

/** One running service. */
export interface Instance {
  readonly service: Service;
  /** Present if an engine keeps the service. Its address leaves the network when it ends. */
  readonly keeper?: Keeper;
  /** Null while the service is down. */
  readonly pid: number | null;
  endpoint(port: string): Endpoint;
  /** The service's own folder, as a path that the harness can read. */
  readonly directory: string;
  /** Sends SIGKILL to the whole process group; resolves when it is gone. */
  kill(): Promise<void>;
  /**
   * Asks it to end, as an operator does: SIGTERM, and SIGKILL once its time to drain is over.
   * Resolves when it is gone.
   */
  stop(): Promise<Stopped>;
  /** Starts the service again; resolves when it is ready. */
  start(signal?: AbortSignal): Promise<void>;
  readonly state: InstanceState;
  /**
   * Stops all its processes (SIGSTOP): connections stay open without answers. Resolves when all are
   * stopped.
   */
  pause(): Promise<void>;
  /** Continues paused processes (SIGCONT); resolves when they run. No effect on running ones. */
  resume(): Promise<void>;
  /**
   * Performs one of the service's operations and returns its answer. Rejects if the operation does
   * not exist or fails.
   */
  operate(name: string, parameters?: Readonly<Record<string, string>>): Promise<string>;
  /**
   * Starts a helper program, which is queried line by line, where the service runs. Absent on a
   * substrate without real processes.
   */
  companion?(start: (place: Place) => Program): Promise<Companion>;
  /**
   * The program of one of its operations, on a service that outlives the run; null if the operation
   * is none.
   */
  programOf?(operation: string): Program | null;
  /** Rejects on a substrate that does not support the effect. */
  impair(effect: Effect): Promise<Impairment>;
  lastLogLines(): readonly string[];
}

/** What the proxy on a link does to traffic. */
export type Toxic =
  /** Delays answers by `delayMs` ± `jitterMs`, uniformly; `jitterMs` is at most `delayMs`. */
  | { readonly kind: "latency"; readonly delayMs: number; readonly jitterMs: number }
  /** Limits each connection in each direction; the value is a multiple of 1 000. */
  | { readonly kind: "bandwidth"; readonly bytesPerSecond: number }
  /** Resets each new connection at once, and closes existing ones. */
  | { readonly kind: "reset" };

/** One link of a running target. */
export interface LinkHandle {
  readonly link: Link;
  /** The proxied address, to which `from` connects. */
  readonly entry: Endpoint;
  /** The address on which `to` listens. */
  readonly exit: Endpoint;
  /**
   * Resolves when the proxy reports the toxic as requested. The returned function removes it and is
   * idempotent.
   */
  impose(toxic: Toxic): Promise<() => Promise<void>>;
  /** Checks whether the proxy still applies the toxic, or still has the link cut. */
  observe(what: Toxic | { readonly kind: "cut" }): Promise<Evidence>;
  /** Refuses new connections and closes existing ones. */
  cut(): Promise<void>;
  /** Accepts connections again; idempotent. */
  restore(): Promise<void>;
}

/** Traffic on one link since the target was up, without the harness's own requests. */
export interface LinkTotals {
  /** In the format of `linkName`. */
  readonly link: string;
  readonly connections: number;
  /** Both directions together; absent if the substrate does not count bytes. */
  readonly bytes?: number;
}

/** A target that is up. Disposal removes every trace of it. */
export interface Deployment extends AsyncDisposable {
  readonly layout: Layout;
  instance(service: string): Instance;
  readonly instances: readonly Instance[];
  /** One per link of the layout, in the same order. */
  readonly links: readonly LinkHandle[];
  /** The listener is called for each service that ends; `expected` if the harness ended it. */
  onExit(
    listener: (exit: {
      readonly service: string;
      readonly expected: boolean;
      readonly detail: string;
    }) => void,
  ): void;
  /**
   * Disconnects a zone from the network while its services keep running: no packet leaves or
   * reaches it. The returned function reconnects it at the same addresses and is idempotent. Absent
   * on a substrate whose zones share the harness's network.
   */
  disconnect?(zone: string): Promise<() => Promise<void>>;
  /**
   * Totals of the links that the plan strikes, or whose traffic shows use. Absent on a target
   * without links.
   */
  linkTraffic?(): Promise<readonly LinkTotals[]>;
  /** Resource usage of everything that the harness runs, by service. */
  resources(): Promise<readonly ServiceUsage[]>;
}

/** Cumulative usage of a service since its first start. A substrate omits what it cannot count. */
export interface ServiceUsage {
  readonly service: string;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly openSockets?: number;
  /** Bytes through files and sockets, as the kernel counts them. */
  readonly readBytes?: number;
  readonly writtenBytes?: number;
}
