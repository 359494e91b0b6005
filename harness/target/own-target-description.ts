/** How its user describes a target: services, links, and where users go in. */
import type { Command, Launch, Layout } from "./layout.ts";
import type { Access, Declared, Operation, Place, Query, SessionStep, Tls } from "./layout.ts";
import type { Defence } from "./target.ts";
import type { Pack } from "./pack.ts";
import type { ToolName } from "./tools.ts";

export interface Named {
  /** Lower-case words: `edge`, `region-a/edge`. */
  readonly name: string;
  /** What it is, for faults on all of a kind; its name when left out. */
  readonly kind?: string;
  /** It keeps the target's data, for faults of its pack on stores. */
  readonly store?: boolean;
  /** Nobody uses it until another service is gone: a fault on it may change nothing. */
  readonly standby?: boolean;
  readonly region?: string;
  readonly zone?: string;
  /** A path that answers 200 when the service is ready; without it a TCP connection is enough. */
  readonly ready?: string;
  /** A path with Prometheus text, and the series of it that are kept. */
  readonly metrics?: { readonly path: string; readonly series: readonly (string | OwnSeries)[] };
  /** Of a Prometheus: what it is asked, in PromQL, by the names that claims use. */
  readonly queries?: Readonly<Record<string, string | Query>>;
  /** Of an Alertmanager: the names of alerts that are watched. */
  readonly alerts?: readonly string[];
  /**
   * What it can be told to do, by name, for faults of the kind `operate`: a deploy, a restart, a
   * flush. Each is a program to run, or a request, whose answer is its text.
   */
  readonly operations?: Readonly<Record<string, Operation>>;
}

/** A series of which more is said than its name. */
export interface OwnSeries extends Declared {
  readonly name: string;
}

/** How HTTP is spoken at a service, where there is something to say of it. */
interface Spoken extends Pick<Access, "headers" | "secretHeaders"> {
  /** The Host header, where that is not the host of its address. */
  readonly host?: string;
  /** Of https: a private authority, and a client's own certificate. */
  readonly tls?: Tls;
}

/** A service that somebody else runs. */
export interface Running extends Named, Spoken {
  /**
   * `http://HOST:PORT` or `https://HOST:PORT`, perhaps with a path that comes before all others.
   * Hosts other than this machine need --allow-host.
   */
  readonly url: string;
  /** Its other ports by name, as `HOST:PORT`, for links and operations. */
  readonly ports?: Readonly<Record<string, string>>;
}

/** A service that Seawall starts, ends, kills and pauses. */
export interface Started extends Named, Spoken {
  /** In the first slot; runs side by side shift it by a thousand each. 1024…23999. */
  readonly port: number;
  /** Whether it speaks https there. */
  readonly https?: boolean;
  /** Its other ports by name, such as `{ cache: 18_451 }`, for links and operations. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly tools?: readonly ToolName[];
  readonly dependsOn?: readonly string[];
  /** From start to ready in ms; 30 000. */
  readonly readyWithinMs?: number;
  /**
   * The command and its settings: `place.listen("http")` says where it must listen,
   * `place.reach(SERVICE, "http")` where another one is.
   */
  launch(place: Place): Launch;
}

export interface OwnTarget {
  readonly name: string;
  /**
   * Which of it is tested, such as a commit; without one, any two runs with the same description
   * count as of the same version.
   */
  readonly version?: string;
  readonly services: readonly (Running | Started)[];
  /**
   * From and to, by name; "viewers" is where the load comes from. `shop:cache` is another port of
   * the service than its first.
   */
  readonly links?: readonly (readonly [string, string])[];
  /**
   * What brings all of it up, and down: a compose file, or two commands of any kind. Its services
   * are then described by their addresses. Give whole paths, such as join(import.meta.dirname,
   * "compose.yml"): what takes it down may be run from anywhere.
   */
  readonly outside?:
    | { readonly composeFile: string }
    | { readonly up: Command; readonly down: Command };
  /** Names of the services where users go in. */
  readonly entries: readonly string[];
  /** What targets of its kind bring along; of a stream, `streamTarget` gives it. */
  readonly pack?: Pack;
  /**
   * Protective behaviours with a switch: a service that Seawall starts asks `place.enabled(NAME)`.
   */
  readonly defences?: readonly Defence[];
  /**
   * What the function of its pack adds, such as `streamTarget`. Left out by a target that is of no
   * kind in particular.
   */
  readonly parts?: OwnParts;
  /**
   * Of a target without `parts`: what users ask for, and what changes nothing. The harness's own
   * prober asks it all the time, and the target counts as up when all of it is answered with 200.
   */
  readonly probes?: readonly OwnProbe[];
}

/** What a target is made of beyond what any is. */
export interface OwnParts {
  /** What is wrong with their description, one line each; `nowMs` in epoch ms. */
  problems(nowMs: number): readonly string[];
  /** `entries`: the names of the services where users go in. */
  layout(
    entries: readonly string[],
    port: string,
  ): Pick<Layout, "playable" | "absent" | "rhythm" | "stream">;
}

export interface OwnProbe {
  /** One of `entries`. */
  readonly service: string;
  readonly path: string;
  /** The class of such requests. */
  readonly lane: string;
  /** What gives the prober its token, where the path needs one. */
  readonly session?: SessionStep;
}
