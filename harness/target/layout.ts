/**
 * What is tested, as data: services, where they stand, how they reach one another, and which
 * protective behaviours can be switched off. A target never starts anything itself. A substrate
 * asks it, service by service, how to launch, and hands it a {@link Place}.
 */
import type { ToolName } from "./tools.ts";
import type { Rhythm } from "./rhythm.ts";

export interface Endpoint {
  /** An IPv4 address; of a service that is not Seawall's own, perhaps a name. */
  readonly host: string;
  readonly port: number;
}

/**
 * What one service may know about where it stands. The process substrate and the docker substrate
 * each make their own.
 */
export interface Place {
  /** A folder that is the service's own, empty at the start, gone after the run. */
  readonly directory: string;
  /**
   * A folder that outlives runs (encoded media, compiled things); shared by all services, so write
   * to it by rename.
   */
  readonly cacheDirectory: string;
  /** Where this service listens under the given port name. */
  listen(port: string): Endpoint;
  /**
   * Where this service reaches a port of another one: through the fault-injecting proxy where the
   * target declares a link.
   */
  reach(service: string, port: string): Endpoint;
  /**
   * Where a service listens, past any proxy. For addresses that must be told, not dialled (the
   * first member of a cluster).
   */
  direct(service: string, port: string): Endpoint;
  tool(name: ToolName): {
    readonly executable: string;
    readonly directory: string;
    readonly env: Readonly<Record<string, string>>;
    readonly args: readonly string[];
    readonly companions: Readonly<Record<string, string>>;
  };
  enabled(defence: string): boolean;
  /** Authorises the control endpoints of this run's services. */
  readonly controlToken: string;
  readonly seed: number;
}

/** A tool as the image of containers holds it. */
export interface ToolInImage {
  readonly executable: string;
  readonly directory?: string;
  readonly args?: readonly string[];
  readonly companions?: Readonly<Record<string, string>>;
}

/** How to start one service. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Files to write before the start: path relative to `Place.directory` → text. */
  readonly files: Readonly<Record<string, string>>;
}

/** A program beside a service, where that runs. */
export type Program = Pick<Launch, "command" | "args" | "env">;

/** When a service counts as up. */
export type Readiness =
  | { readonly kind: "http"; readonly port: string; readonly path: string }
  | { readonly kind: "tcp"; readonly port: string };

/** What a target says of a series of its own. */
export interface Declared {
  /** Left out: a counter if the name ends in _total, _count, _sum or _bucket, else a gauge. */
  readonly kind?: "counter" | "gauge";
  /**
   * Its labels, with the values that each can have; null where any value can occur. Left out:
   * nothing is known of its labels.
   */
  readonly labels?: Readonly<Record<string, readonly string[] | null>>;
}

/** Prometheus text; the series named are kept, counters as increments. */
export interface Exposed {
  readonly kind: "prometheus";
  readonly port: string;
  readonly path: string;
  readonly series: readonly string[];
  /** What is said of some of the series beyond their names. */
  readonly declared?: Readonly<Record<string, Declared>>;
}

/** What the target's pack reads: the kind, and what is set besides, are the pack's own. */
export interface ReadByPack {
  readonly kind: string;
  readonly [setting: string]: unknown;
}

/** What is read from a service while it runs. */
export type Telemetry = Exposed | ReadByPack;

export function isExposed(telemetry: Telemetry): telemetry is Exposed {
  return telemetry.kind === "prometheus";
}

/**
 * Bytes that elicit a short reply from a port and change nothing: a canary for pauses and for
 * links.
 */
export interface Ping {
  readonly send: string | Uint8Array;
  /**
   * The same with some thousand bytes more, and as short a reply: for finding out how much passes.
   */
  readonly padded?: string | Uint8Array;
}

/**
 * Something that a service can be told to do or asked beyond its protocol, by name. The answer is
 * text.
 */
export type Operation =
  /**
   * HTTP with the run's control token; `{name}` in the path, and in the JSON text `body`, stands
   * for a parameter. The answer is the body, or the header `reads`.
   */
  | {
      readonly kind: "http";
      readonly port: string;
      readonly method: "GET" | "POST" | "DELETE";
      readonly path: string;
      readonly body?: string;
      readonly reads?: string;
    }
  /**
   * Bytes sent and an answer that must match; the answer is the first group, or the whole match, or
   * what `means` says of it.
   */
  | {
      readonly kind: "tcp";
      readonly port: string;
      readonly send: string;
      readonly expect: RegExp;
      readonly means?: Readonly<Record<string, string>>;
    }
  /** A program run where the service runs; the answer is its standard output. */
  | { readonly kind: "command"; command(place: Place): Program };

export interface Service {
  /** Unique within the target: `region-a/origin-read`. */
  readonly name: string;
  /** What it is: `api`, `database`. */
  readonly kind: string;
  /** It keeps the target's data. Left out, the pack takes those for stores whose kind it knows. */
  readonly store?: boolean;
  /** Nobody uses it until another service is gone, so that a fault on it may change nothing. */
  readonly standby?: boolean;
  readonly region: string;
  readonly zone: string;
  /** Last octet of its loopback address within the zone, 2…254; unique within the zone. */
  readonly host: number;
  /** Port names and the numbers they have in the first slot. */
  readonly ports: Readonly<Record<string, number>>;
  readonly tools: readonly ToolName[];
  /** How much memory a container of it may take, beyond what its tools usually need. */
  readonly memoryMb?: number;
  /** Services that must be ready before this one starts. */
  readonly dependsOn: readonly string[];
  readonly ready: Readiness;
  readonly readyWithinMs: number;
  /** How long a drain may take between SIGTERM and SIGKILL, in ms. */
  readonly drainMs: number;
  readonly telemetry: readonly Telemetry[];
  /** By port name; a port without one can only be seen to accept connections. */
  readonly pings?: Readonly<Record<string, Ping>>;
  /**
   * By name. Faults look for some: `clock`, of any that tells the time, answers with a date; what
   * the faults of a pack look for stands with them.
   */
  readonly operations?: Readonly<Record<string, Operation>>;
  /**
   * Where it listens, by port name, when it is not Seawall's own: nothing is started, ended or
   * looked into there, and `launch` is never called. Faults can still strike the links to it.
   */
  readonly at?: Readonly<Record<string, Endpoint>>;
  launch(place: Place): Launch;
}

/**
 * Stands for the load and the canary as the `from` of a link: what comes between them and an entry.
 */
export const usersSide = "users";

/** A connection that passes through the fault-injecting proxy. */
export interface Link {
  readonly from: string;
  readonly to: string;
  readonly port: string;
}

/** One address that answers only when the whole target works. */
export interface PlayCheck {
  readonly service: string;
  readonly port: string;
  readonly path: string;
}

/** One address that users ask for, and that changes nothing. */
export interface ProbeRequest extends PlayCheck {
  /** The class of such requests. */
  readonly lane: string;
}

/** A command, as a user would type it. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** What is brought up as a whole, by somebody else's means: `docker compose up`. */
export interface Outside {
  readonly up: Command;
  /**
   * Undoes `up`, however far that came; written down before `up` is run, and run again by
   * `recover`. Harmless when there is nothing to undo.
   */
  readonly down: Command;
  /** In ms; ten minutes at most. */
  readonly upWithinMs: number;
}

/** One way in. */
export interface Way {
  readonly service: string;
  readonly port: string;
}

/** A target in one topology. */
export interface Layout {
  /** Brought up before anything of Seawall's own, and taken down last. */
  readonly outside?: Outside;
  readonly services: readonly Service[];
  readonly links: readonly Link[];
  /**
   * All of them answer 200 at `nowMs` (epoch) when the whole target works: each
   * entry, for what comes from each region.
   */
  playable(nowMs: number): readonly PlayCheck[];
  /**
   * What none of them may answer 200 to, such as what cannot exist yet. A target that says yes to
   * anything shows nothing.
   */
  absent?(nowMs: number): readonly PlayCheck[];
  /** Where the image keeps tools that the target brought along. */
  readonly inImage?: Readonly<Record<ToolName, ToolInImage>>;
  /** Where users and the harness's own prober go in. */
  readonly entries: readonly Way[];
  /**
   * Where users go in for something else than what the prober looks at, by a name that workloads
   * know.
   */
  readonly otherEntries?: Readonly<Record<string, readonly Way[]>>;
  /** What comes in periods. Left out where nothing does. */
  readonly rhythm?: Rhythm;
  /** What it serves, handed to workloads as it is: pack and workloads agree on its form. */
  readonly content?: object;
  /** What the harness's own prober asks for, in turn, where the target's pack brings no prober. */
  readonly probes?: readonly ProbeRequest[];
}
