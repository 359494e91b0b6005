/**
 * What is tested, as data: services, where they stand, how they reach one another, and which
 * protective behaviours can be switched off. A target never starts anything itself. A substrate
 * asks it, service by service, how to launch, and hands it a {@link Place}.
 */
import type { ToolName } from "./tools.ts";
import type { Rhythm } from "./rhythm.ts";

export interface Endpoint {
  /** An IP address; of a service that is not Seawall's own, perhaps a name. */
  readonly host: string;
  readonly port: number;
  /** How HTTP is spoken there; left out where there is nothing to say of it. */
  readonly access?: Access;
}

/** How HTTP is spoken at a port. */
export interface Access {
  readonly tls?: Tls;
  /** Before each path: `/cdn`. */
  readonly basePath?: string;
  /** The name under which it is asked, where that is not its host. */
  readonly hostHeader?: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** By header, the variable of the user's environment that holds its value, which is secret. */
  readonly secretHeaders?: Readonly<Record<string, string>>;
}

/** Paths of files in PEM. A key is read when it is used, and kept nowhere. */
export interface Tls {
  /** The authority that signed the certificate, where the machine does not know it. */
  readonly ca?: string;
  /** The client's own certificate and key. */
  readonly cert?: string;
  readonly key?: string;
  /** The name on the certificate, where that is not the host. */
  readonly serverName?: string;
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
   * Where a service listens, past any proxy. For addresses that must be told, not dialled (a
   * Cassandra seed).
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

/** What a Prometheus that the target has is asked, every 2 s, by the name that claims use. */
export interface Queried {
  readonly kind: "promql";
  readonly port: string;
  readonly queries: Readonly<Record<string, Query>>;
}

export interface Query {
  /** In PromQL. Each series of the answer is a gauge with its labels. */
  readonly query: string;
  readonly unit?: string;
  /** The labels of the answer, as those of a series. */
  readonly labels?: Declared["labels"];
}

/** Alerts of an Alertmanager that the target has, by the names under which rules fire them. */
export interface Alerting {
  readonly kind: "alertmanager";
  readonly port: string;
  readonly alerts: readonly string[];
}

/** What the target's pack reads: the kind, and what is set besides, are the pack's own. */
export interface ReadByPack {
  readonly kind: string;
  readonly [setting: string]: unknown;
}

/** What is read from a service while it runs. */
export type Telemetry = Exposed | Queried | Alerting | ReadByPack;

export function isExposed(telemetry: Telemetry): telemetry is Exposed {
  return telemetry.kind === "prometheus";
}

export function isQueried(telemetry: Telemetry): telemetry is Queried {
  return telemetry.kind === "promql";
}

export function isAlerting(telemetry: Telemetry): telemetry is Alerting {
  return telemetry.kind === "alertmanager";
}

/** Whether an alert fires: 1 or 0, with its name as the tag `alert`. */
export const alertMetric = "alert_firing";

/** The metrics that the harness itself reads there. */
export function metricsReadFrom(telemetry: Telemetry): readonly string[] {
  if (isExposed(telemetry)) return telemetry.series;
  if (isQueried(telemetry)) return Object.keys(telemetry.queries);
  return isAlerting(telemetry) ? [alertMetric] : [];
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
  /** What it is: `origin-read`, `edge`. */
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
  /** By port name, how HTTP is spoken there. */
  readonly access?: Readonly<Record<string, Access>>;
  launch(place: Place): Launch;
}

/** With how it is asked. */
export function accessible(service: Service, port: string, endpoint: Endpoint): Endpoint {
  const access = service.access?.[port];
  return access === undefined ? endpoint : { ...endpoint, access };
}

/** As it stands in an address: `[::1]:80`. */
export function addressText({ host, port }: Endpoint): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** As a client writes it: the usual port is left out. */
export function hostOf(endpoint: Endpoint): string {
  const usual = endpoint.access?.tls === undefined ? 80 : 443;
  const text = addressText(endpoint);
  return endpoint.port === usual ? text.slice(0, text.lastIndexOf(":")) : text;
}

/** What a client asks: `https://shop.example:8443/api`. */
export function urlOf(endpoint: Endpoint): string {
  const { tls, basePath = "" } = endpoint.access ?? {};
  return `${tls === undefined ? "http" : "https"}://${addressText(endpoint)}${basePath}`;
}

/**
 * Stands for the load and the canary as the `from` of a link: what comes between them and an edge.
 */
export const usersSide = "viewers";

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
  /** What a client does first. */
  readonly session?: SessionStep;
}

/** A request that gives a client a token, which each of its other requests carries. */
export interface SessionStep {
  readonly path: string;
  /** POST when left out. */
  readonly method?: "GET" | "POST";
  /** JSON. */
  readonly body?: string;
  /** The member of the JSON answer that holds the token: `token`, `data.token`. */
  readonly token: string;
  /** The header that carries it. */
  readonly header: string;
  /** Its value, such as `Bearer {token}`; the token alone when left out. */
  readonly as?: string;
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
   * All of them answer 200 at `nowMs` (epoch) when the whole target works: of a stream, when a
   * segment of each region plays through each edge.
   */
  playable(nowMs: number): readonly PlayCheck[];
  /**
   * What none of them may answer 200 to: segments that cannot exist yet. A target that says yes to
   * anything shows nothing.
   */
  absent?(nowMs: number): readonly PlayCheck[];
  /** Where the image keeps tools that the target brought along. */
  readonly inImage?: Readonly<Record<ToolName, ToolInImage>>;
  /** Where users and the harness's own prober go in. */
  readonly entries: readonly Way[];
  /**
   * Where users go in for something else than what the prober looks at, by a name that workloads
   * know: of a stream, `gateways`.
   */
  readonly otherEntries?: Readonly<Record<string, readonly Way[]>>;
  /** Of the DASH manifest, at each entry; without one no real player can watch. */
  readonly manifestPath?: string;
  /** What comes in periods. Left out where nothing does. */
  readonly rhythm?: Rhythm;
  /** Handed to workloads as it is; what is in it, pack and workloads agree on. */
  readonly stream?: object;
  /** What the harness's own prober asks for, in turn, where the target's pack brings no prober. */
  readonly probes?: readonly ProbeRequest[];
  /**
   * Where a pipeline's own copy of a segment can be read from the store, past every cache; the best
   * place first. Left out by a target that cannot tell: then nothing is read back.
   */
  readBack?(pipeline: string, rendition: string, number: number): readonly PlayCheck[];
}
