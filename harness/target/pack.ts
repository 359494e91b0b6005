/**
 * What a kind of target adds to the harness beyond its services. Any target of that kind may use
 * the same pack.
 */
import type { Bodies, Fact } from "./bodies.ts";
import type { Charts } from "./charts.ts";
import type { ContentReader } from "./content.ts";
import type { FaultKinds } from "./fault.ts";
import type { Harm } from "./harm.ts";
import type { Metric, Registry } from "../metrics/metrics.ts";
import type { PackPlayers } from "./pack-players.ts";
import type { PackProbes, ProbeContext } from "./pack-probes.ts";
import type { VirtualContext, VirtualProbes } from "./pack-virtual.ts";
import type { Layout, Service, Telemetry } from "./layout.ts";
import type { Wishes } from "./wishes.ts";
import type { Source } from "../metrics/source.ts";
import type { RecordedAddresses } from "./recorded.ts";

/** All members but the name, the classes and the metrics are optional. */
export interface Pack {
  /** Such as `live-streaming`. */
  readonly name: string;
  /**
   * Request classes in order of protection. Each sample of a request carries one as its tag `lane`.
   */
  readonly trafficClasses: readonly string[];
  /** The metric that shows harm to its users. */
  readonly harm?: Harm;
  /** The folder of its workloads: a load names `NAME.ts` as `NAME`. */
  readonly workloads?: string;
  /** What its workloads, readers, players and prober measure, by name. */
  readonly metrics: Registry;
  /** Faults for such targets only, in addition to those of the harness. */
  readonly faults?: FaultKinds;
  /** Charts of its metrics; recorded with the plan. */
  readonly charts?: Charts;
  /**
   * The possible values of a metric's tag in a layout: null if any can occur, undefined if the pack
   * does not know.
   */
  tagValues?(
    metric: string,
    tag: string,
    known: Metric,
    layout: Layout,
  ): readonly string[] | null | undefined;
  /** The metric sources in one telemetry of a service, beyond series of Prometheus text. */
  reports?(telemetry: Telemetry, service: Service): readonly Source[];
  /** The bodies that users of a target with this layout receive. */
  bodies?(layout: Layout): Bodies | undefined;
  /** Reads the content of a target that leaves it to be read. */
  readonly reader?: ContentReader;
  /** Facts about a target with this layout, for the reader of a report. */
  facts?(layout: Layout): readonly Fact[];
  /**
   * Upgrades an older plan of such a target to the current format. Null for a plan of another kind
   * of target.
   */
  older?(plan: object): object | null;
  /**
   * What no source can observe on a target with this layout, one sentence each. The verdict's
   * reader must not assume that it was checked.
   */
  blindSpots?(layout: Layout): readonly string[];
  /**
   * By request class, the workloads whose users send the prober's requests, so that the two can be
   * compared.
   */
  readonly askedAlike?: Readonly<Record<string, readonly string[]>>;
  /** The problems of a load of its own workloads on a target with this layout, one line each. */
  loadProblems?(
    load: {
      readonly workload: string;
      readonly env?: Readonly<Record<string, string>> | undefined;
    },
    layout: Layout,
  ): readonly string[];
  /** Workloads whose users choose their entry uniformly at random. */
  readonly drawEntries?: readonly string[];
  /** What users of this class who run these workloads request; null if unknown. */
  wishes?(lane: string, workloads: readonly string[], layout: Layout): Wishes | null;
  /**
   * Starts its observers for a run. Without it, the harness's own prober sends the requests that
   * the layout names.
   */
  probes?(context: ProbeContext): PackProbes;
  /**
   * The same in virtual time. Without it, the harness's own prober sends the layout's requests to
   * the model.
   */
  virtualProbes?(context: VirtualContext): VirtualProbes;
  /** Addresses of such targets in logs of production, for `capture` and for replays. */
  readonly recorded?: RecordedAddresses;
  /** Real players in a browser. Without it, no experiment can have any. */
  readonly players?: PackPlayers;
}
