/**
 * The system under test as data: services, their zones, their links, and the defences that can be
 * switched off. A target starts nothing itself. A substrate asks it how to launch each service, and
 * passes a {@link Place}.
 */
import type { ToolName } from "./tools.ts";
import type { Rhythm } from "./rhythm.ts";

/** An address that a program can connect to. */
export interface Endpoint {
  /** An IP address; a service that Seawall does not start may have a host name. */
  readonly host: string;
  /** 1…65535. */
  readonly port: number;
  /** How HTTP is spoken there; absent for plain HTTP without a path or headers. */
  readonly access?: Access;
}

/** How HTTP is spoken at a port. */
export interface Access {
  /** Present for https. */
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

/**
 * Whole paths of files in PEM. A key is read when it is used, and kept nowhere. `cert` and `key`
 * come together.
 */
export interface Tls {
  /** The authority that signed the server's certificate; by default, those of the machine. */
  readonly ca?: string;
  /** The client's own certificate. */
  readonly cert?: string;
  /** The key of that certificate. */
  readonly key?: string;
  /** The name on the certificate, where that is not the host. */
  readonly serverName?: string;
}

/** The environment of one service. The process and docker substrates each implement it. */
export interface Place {
  /** The service's own folder: empty at the start, removed after the run. */
  readonly directory: string;
  /**
   * A folder that outlives runs, for encoded media and build results. All services share it, so
   * write to it by rename.
   */
  readonly cacheDirectory: string;
  /** The address on which this service listens, by port name. Throws for an undeclared port. */
  listen(port: string): Endpoint;
  /**
   * The address at which this service reaches a port of another one: through the fault-injecting
   * proxy if the target declares a link. Throws for an undeclared port.
   */
  reach(service: string, port: string): Endpoint;
  /**
   * The address on which a service listens, without a proxy. For addresses that are passed on, not
   * dialled, such as the first member of a cluster.
   */
  direct(service: string, port: string): Endpoint;
  /** Path and environment of a tool that the service declares in `tools`. */
  tool(name: ToolName): {
    readonly executable: string;
    readonly directory: string;
    readonly env: Readonly<Record<string, string>>;
    readonly args: readonly string[];
    readonly companions: Readonly<Record<string, string>>;
  };
  /** False if the experiment or `--without` switches the defence off. */
  enabled(defence: string): boolean;
  /** Authorises requests to the control endpoints of this run's services. */
  readonly controlToken: string;
  /** The run's seed, for random choices that must be the same in every run of this seed. */
  readonly seed: number;
}

/** The path and environment of a tool inside a container image. */
export interface ToolInImage {
  readonly executable: string;
  readonly directory?: string;
  readonly args?: readonly string[];
  readonly companions?: Readonly<Record<string, string>>;
}

/**
 * How to start one service.
 * @example
 * ```ts
 * launch: (place) => ({
 *   command: "python3",
 *   args: ["/srv/server.py", place.listen("http").host, String(place.listen("http").port)],
 *   env: { RETRIES: place.enabled("retries") ? "3" : "0" },
 *   files: {},
 * })
 * ```
 */
export interface Launch {
  /** An absolute path, or a program in PATH. */
  readonly command: string;
  /** Each as one argument; no shell reads them. */
  readonly args: readonly string[];
  /** Added to the user's PATH, HOME, LANG, LC_ALL, TZ and JAVA_HOME; no others are inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Files to write before the start: path relative to `Place.directory` → text. */
  readonly files: Readonly<Record<string, string>>;
}

/** A program that runs next to a service. */
export type Program = Pick<Launch, "command" | "args" | "env">;

/** The condition under which a service counts as up. */
export type Readiness =
  | { readonly kind: "http"; readonly port: string; readonly path: string }
  | { readonly kind: "tcp"; readonly port: string };

/** What a target declares about one of its own series. */
export interface Declared {
  /**
   * Defaults to counter if the name ends in _total, _count, _sum or _bucket, otherwise to gauge.
   */
  readonly kind?: "counter" | "gauge";
  /**
   * Its labels, with the possible values of each; null if any value can occur. `{}` says that it
   * has none. Without this, claims may select by any label.
   */
  readonly labels?: Readonly<Record<string, readonly string[] | null>>;
}

/** A Prometheus endpoint. Only the named series are kept; counters are stored as increments. */
export interface Exposed {
  readonly kind: "prometheus";
  readonly port: string;
  readonly path: string;
  readonly series: readonly string[];
  /** Declarations for some of the series. */
  readonly declared?: Readonly<Record<string, Declared>>;
}

/** What a Prometheus that the target has is asked, every 2 s, by the name that claims use. */
export interface Queried {
  readonly kind: "promql";
  readonly port: string;
  readonly queries: Readonly<Record<string, Query>>;
}

/** A query of a Prometheus, with more than its text. */
export interface Query {
  /** In PromQL. Each series of the answer is a gauge with its labels. */
  readonly query: string;
  /** The unit of its values, as reports show it. */
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

/** Alerts that are sent to a port of this machine, in the form of Alertmanager's webhooks. */
export interface AlertWebhook {
  readonly kind: "alertWebhook";
  /** On 127.0.0.1, where the harness listens for them. */
  readonly listens: number;
  readonly alerts: readonly string[];
}

/** Telemetry that the target's pack reads. The kind and its other fields belong to the pack. */
export interface ReadByPack {
  readonly kind: string;
  readonly [setting: string]: unknown;
}

/** What the harness reads from a service while it runs. */
export type Telemetry = Exposed | Queried | Alerting | AlertWebhook | ReadByPack;

export function isExposed(telemetry: Telemetry): telemetry is Exposed {
  return telemetry.kind === "prometheus";
}

export function isQueried(telemetry: Telemetry): telemetry is Queried {
  return telemetry.kind === "promql";
}

export function isAlerting(telemetry: Telemetry): telemetry is Alerting {
  return telemetry.kind === "alertmanager";
}

export function isAlertWebhook(telemetry: Telemetry): telemetry is AlertWebhook {
  return telemetry.kind === "alertWebhook";
}

/** Whether an alert fires: 1 or 0, with its name as the tag `alert`. */
export const alertMetric = "alert_firing";

/** The metrics that the harness itself reads there. */
export function metricsReadFrom(telemetry: Telemetry): readonly string[] {
  if (isExposed(telemetry)) return telemetry.series;
  if (isQueried(telemetry)) return Object.keys(telemetry.queries);
  return isAlerting(telemetry) || isAlertWebhook(telemetry) ? [alertMetric] : [];
}

/**
 * Bytes that elicit a short reply from a port without side effects. They show pauses and the state
 * of links.
 */
export interface Ping {
  readonly send: string | Uint8Array;
  /**
   * The same request with some thousand bytes of padding and an equally short reply, to measure
   * throughput.
   */
  readonly padded?: string | Uint8Array;
}

/** A named action or query that a service offers beyond its protocol. The answer is text. */
export type Operation =
  /**
   * An HTTP request with the run's control token. `{name}` in the path and in the JSON text `body`
   * is a parameter. The answer is the body, or the header named by `reads`.
   */
  | {
      /** A request. */
      readonly kind: "http";
      /** `http`, or the name of another of its ports. */
      readonly port: string;
      /** How it is asked. */
      readonly method: "GET" | "POST" | "DELETE";
      /** Begins with a slash. */
      readonly path: string;
      /** JSON text. */
      readonly body?: string;
      /** The header whose value is the answer. */
      readonly reads?: string;
    }
  /**
   * Bytes to send, and a pattern that the answer must match. The answer is the first group, the
   * whole match, or the result of `means`.
   */
  | {
      /** Bytes. */
      readonly kind: "tcp";
      /** The name of one of its ports. */
      readonly port: string;
      /** Sent as UTF-8. */
      readonly send: string;
      /** An answer that does not match fails the operation. */
      readonly expect: RegExp;
      /** By what was matched, what the answer is. */
      readonly means?: Readonly<Record<string, string>>;
    }
  /** A program that runs next to the service; the answer is its standard output. */
  | {
      /** A program. */
      readonly kind: "command";
      /** What is run. An exit status other than 0 fails the operation. */
      command(place: Place): Program;
      /** The longest time it may take, in ms: 5000 by default, at most 120000. */
      readonly withinMs?: number;
    };

export interface Service {
  /** Unique within the target: `region-a/origin-read`. */
  readonly name: string;
  /** The kind of service: `api`, `database`. */
  readonly kind: string;
  /** It stores the target's data. Defaults to the pack's list of store kinds. */
  readonly store?: boolean;
  /** It has no users until another service is lost, so a fault on it may change nothing. */
  readonly standby?: boolean;
  readonly region: string;
  readonly zone: string;
  /** Last octet of its loopback address within the zone, 2…254; unique within the zone. */
  readonly host: number;
  /** Port names, and their numbers in the first slot. */
  readonly ports: Readonly<Record<string, number>>;
  readonly tools: readonly ToolName[];
  /** Memory of its container in MB, beyond what its tools usually need. */
  readonly memoryMb?: number;
  /** Services that must be ready before this one starts. */
  readonly dependsOn: readonly string[];
  readonly ready: Readiness;
  readonly readyWithinMs: number;
  /** Time between SIGTERM and SIGKILL for draining, in ms. */
  readonly drainMs: number;
  readonly telemetry: readonly Telemetry[];
  /** By port name. A port without a ping can only be checked for accepting connections. */
  readonly pings?: Readonly<Record<string, Ping>>;
  /**
   * By name. Some faults require one: `clock`, on any service that reports its time, returns a
   * date. A pack documents the operations that its faults require.
   */
  readonly operations?: Readonly<Record<string, Operation>>;
  /**
   * Its addresses by port name, if Seawall does not start it. Such a service is never started,
   * stopped or inspected, and `launch` is never called. Faults can still strike the links to it.
   */
  readonly at?: Readonly<Record<string, Endpoint>>;
  /** By port name, how HTTP is spoken there. */
  readonly access?: Readonly<Record<string, Access>>;
  /** The container in which it runs, if a compose project of its user's keeps it. */
  readonly container?: ComposeContainer;
  launch(place: Place): Launch;
}

/** A container of a compose project, by the labels that compose gives it. */
export interface ComposeContainer {
  /** The name of the service in the compose file. */
  readonly service: string;
  /** The number of the replica, from 1. */
  readonly number: number;
  /** Its published addresses on this machine, by port name; users enter there. */
  readonly published: Readonly<Record<string, Endpoint>>;
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

/** The `from` of links between the load or the prober and the entry services. */
export const usersSide = "users";

/** A connection that passes through the fault-injecting proxy. */
export interface Link {
  readonly from: string;
  readonly to: string;
  readonly port: string;
  /**
   * Its traffic is the target's own work, with or without users, such as replication. Any traffic
   * then counts as use; without this, only more than without load does.
   */
  readonly ownWork?: boolean;
}

/** A URL that answers 200 only if the whole target works. */
export interface PlayCheck {
  readonly service: string;
  readonly port: string;
  readonly path: string;
  /** What a client does first. */
  readonly session?: SessionStep;
}

/** A request that gives a client a token, which each of its other requests carries. */
export interface SessionStep {
  /** Where it is asked for: `/session`. */
  readonly path: string;
  /** `POST` by default. */
  readonly method?: "GET" | "POST";
  /** JSON text; none by default. */
  readonly body?: string;
  /** The member of the JSON answer that holds the token: `token`, `data.token`. */
  readonly token: string;
  /** The header that carries it. */
  readonly header: string;
  /** Its value, such as `Bearer {token}`; the token alone when left out. */
  readonly as?: string;
}

/** A URL that users request, and that has no side effects. */
export interface ProbeRequest extends PlayCheck {
  /** The class of such requests. */
  readonly lane: string;
}

/** A command, as a user would type it. */
export interface Command {
  /** A whole path, or a program in PATH. */
  readonly command: string;
  /** Each as one argument; no shell reads them. */
  readonly args: readonly string[];
}

/** Services that start together by external commands, such as `docker compose up`. */
export interface Outside {
  readonly up: Command;
  /**
   * Undoes `up`, complete or not. It is recorded before `up` runs, and `recover` runs it again. It
   * must have no effect if there is nothing to undo.
   */
  readonly down: Command;
  /** In ms; at most ten minutes. */
  readonly upWithinMs: number;
}

/** One entry point: a service and a port. */
export interface Way {
  readonly service: string;
  readonly port: string;
}

/** A target in one topology. */
export interface Layout {
  /** Starts before Seawall's own services and stops after them. */
  readonly outside?: Outside;
  /** The compose project that its containers belong to. No other container is touched. */
  readonly project?: string;
  readonly services: readonly Service[];
  readonly links: readonly Link[];
  /**
   * Requests that all return 200 at `nowMs` (epoch ms) when the whole target works.
   */
  playable(nowMs: number): readonly PlayCheck[];
  /**
   * Requests that must not return 200, such as for what cannot exist yet. A target that
   * answers 200 to everything proves nothing.
   */
  absent?(nowMs: number): readonly PlayCheck[];
  /** Where the container image keeps the tools that the target brings. */
  readonly inImage?: Readonly<Record<ToolName, ToolInImage>>;
  /** Where users and the harness's own prober enter. */
  readonly entries: readonly Way[];
  /**
   * Other entry points, which the prober does not request, by the name that workloads use.
   */
  readonly otherEntries?: Readonly<Record<string, readonly Way[]>>;
  /** The period of a periodic target; absent for others. */
  readonly rhythm?: Rhythm;
  /** What the target serves. Passed to workloads unchanged; pack and workloads know its form. */
  readonly content?: object;
  /** Requests that the harness's own prober sends in turn, if the target's pack has no prober. */
  readonly probes?: readonly ProbeRequest[];
}
