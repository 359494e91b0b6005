/** The description of a user's own target: services, links and entry points. */
import type { Command, Launch, Layout } from "./layout.ts";
import type { Access, Declared, Operation, Place, Query, SessionStep, Tls } from "./layout.ts";
import type { Defence } from "./target.ts";
import type { Pack } from "./pack.ts";
import type { ToolName } from "./tools.ts";

/** Properties of every service of a user's own target. */
export interface Named {
  /** Unique in the target: `api`, `region-a/api`. */
  readonly name: string;
  /** The kind, for faults on all services of a kind; defaults to the name. */
  readonly kind?: string;
  /** It stores the target's data, for its pack's faults on stores. */
  readonly store?: boolean;
  /** It has no users until another service is lost, so a fault on it may change nothing. */
  readonly standby?: boolean;
  /** The region, for faults on a whole region; `own` by default. */
  readonly region?: string;
  /** The zone within the region, for faults on a whole zone; by default, the region. */
  readonly zone?: string;
  /** A path that returns 200 when the service is ready. By default, a TCP connection is enough. */
  readonly ready?: string;
  /** A path with Prometheus text, and the series of it to keep. */
  readonly metrics?: {
    /** Such as `/metrics`. */
    readonly path: string;
    /** Names of series, or names with their kind and labels. Claims can use these. */
    readonly series: readonly (string | OwnSeries)[];
  };
  /** Of a Prometheus: queries in PromQL, by the names that claims use, each sent every 2 s. */
  readonly queries?: Readonly<Record<string, string | Query>>;
  /**
   * Of an Alertmanager: the names of alerts that are watched. Of any service: names of alerts that
   * are sent to `http://127.0.0.1:WEBHOOK` in the form of Alertmanager's webhooks.
   */
  readonly alerts?:
    | readonly string[]
    | { readonly webhook: number; readonly names: readonly string[] };
  /**
   * By name, for faults of the kind `operate`: a deploy, a restart, a flush. Each is a program to
   * run, or a request, whose answer is its text.
   */
  readonly operations?: Readonly<Record<string, Operation>>;
}

/**
 * A series of Prometheus text with more than its name. Its labels, and `service`, become tags.
 */
export interface OwnSeries extends Declared {
  /** As in the text: `http_requests_total`. */
  readonly name: string;
}

/** How HTTP is spoken at a service, where there is something to say of it. */
interface Spoken extends Pick<Access, "headers" | "secretHeaders"> {
  /** The Host header; by default, that of its address. */
  readonly host?: string;
  /** Of https: a private authority, and a client's own certificate. Left out for public ones. */
  readonly tls?: Tls;
}

/**
 * A service that already runs. It is never started, stopped or inspected. Faults strike only links
 * to it, and its operations.
 */
export interface Running extends Named, Spoken {
  /**
   * `http://HOST:PORT` or `https://HOST:PORT`, perhaps with a path that comes before all others.
   * Hosts other than this machine need --allow-host.
   */
  readonly url: string;
  /** Its other ports by name, as `HOST:PORT`, for links and operations. */
  readonly ports?: Readonly<Record<string, string>>;
}

/** A service that Seawall starts, stops, kills and pauses. */
export interface Started extends Named, Spoken {
  /**
   * Its port on the address that `place.listen("http")` gives. Take one below 24000: runs side by
   * side add a multiple of 1000.
   */
  readonly port: number;
  /** Whether it speaks https at its port; `false` by default. */
  readonly https?: boolean;
  /** Its other ports by name, such as `{ cache: 18_451 }`, for links and operations. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Tools that its command needs, such as `nginx`; `place.tool(NAME)` returns their paths. */
  readonly tools?: readonly ToolName[];
  /** Names of services that must be ready before it starts. */
  readonly dependsOn?: readonly string[];
  /** Time from start to ready in ms; 30 000 by default. */
  readonly readyWithinMs?: number;
  /**
   * The command and its environment. `place.listen("http")` is the address on which it must listen;
   * `place.reach(SERVICE, "http")` is the address of another service.
   */
  launch(place: Place): Launch;
}

/** The description of a target of your own. */
export interface OwnTarget {
  /** One line that identifies the target in records: its runs count as prerequisites. */
  readonly name: string;
  /**
   * The tested version, such as a commit. Without it, all runs with the same description count as
   * the same version.
   */
  readonly version?: string;
  /** At least one, at most 244: those that Seawall starts, and those that run already. */
  readonly services: readonly (Running | Started)[];
  /**
   * Pairs of service names, from and to; "users" is the origin of the load. `shop:cache` is another
   * port of a service than its first. A third word, `"own work"`, declares traffic that flows with
   * or without users, such as replication.
   */
  readonly links?: readonly (readonly [from: string, to: string, work?: "own work"])[];
  /**
   * What starts and stops the whole target: a compose file, or two commands. Describe its services
   * by their addresses. Give absolute paths, such as join(import.meta.dirname, "compose.yml"),
   * because `recover` may run the stop command from any folder.
   */
  readonly outside?:
    | { readonly composeFile: string }
    | { readonly up: Command; readonly down: Command };
  /** Names of the services at which users enter; at least one. */
  readonly entries: readonly string[];
  /** Metrics, classes of requests and more that targets of a kind share; none by default. */
  readonly pack?: Pack;
  /** Defences with a switch. A service that Seawall starts reads `place.enabled(NAME)`. */
  readonly defences?: readonly Defence[];
  /**
   * Additions of a pack's function, such as `streamTarget`. Absent for a target of no particular
   * kind.
   */
  readonly parts?: OwnParts;
  /**
   * For a target without `parts`: requests of users that have no side effects. The harness's own
   * prober sends them throughout the run. The target counts as up when all of them return 200.
   */
  readonly probes?: readonly OwnProbe[];
}

/** The parts of a target that depend on its kind. */
export interface OwnParts {
  /** The problems of their description, one line each; `nowMs` in epoch ms. */
  problems(nowMs: number): readonly string[];
  /** `entries`: the names of the services at which users enter. */
  layout(
    entries: readonly string[],
    port: string,
  ): Pick<Layout, "playable" | "absent" | "rhythm" | "content">;
}

/** A request of the harness's own prober: a GET that must return 200. */
export interface OwnProbe {
  /** One of `entries`. */
  readonly service: string;
  /** Begins with a slash. */
  readonly path: string;
  /** The class of such requests. */
  readonly lane: string;
  /** The request that gives the prober its token, where the path needs one. */
  readonly session?: SessionStep;
}
