/**
 * What a kind of target brings beyond its services, so that the harness need not know it. Any
 * target of that kind may use the same pack.
 */
import type { Bodies, Fact } from "./bodies.ts";
import type { Charts } from "./charts.ts";
import type { FaultKinds } from "./fault.ts";
import type { Harm } from "./harm.ts";
import type { Metric, Registry } from "../metrics/metrics.ts";
import type { PackPlayers } from "./pack-players.ts";
import type { PackProbes, ProbeContext } from "./pack-probes.ts";
import type { VirtualContext, VirtualProbes } from "./pack-virtual.ts";
import type { Layout, Service, Telemetry } from "./layout.ts";
import type { Wishes } from "./wishes.ts";
import type { Source } from "../metrics/source.ts";

export interface Pack {
  /** `live-streaming`. */
  readonly name: string;
  /**
   * Classes of requests, in the order in which they are protected; each sample that stems from a
   * request carries one as its tag `lane`.
   */
  readonly trafficClasses: readonly string[];
  /** By what its users are harmed. */
  readonly harm?: Harm;
  /** The folder of its workloads: `NAME.ts` in it is what a load calls `NAME`. */
  readonly workloads?: string;
  /** What its workloads, readers, players and prober measure, by name. */
  readonly metrics: Registry;
  /** What can be broken of such targets alone, beyond what the harness can break of any. */
  readonly faults?: FaultKinds;
  /** Of its metrics; recorded with the plan. */
  readonly charts?: Charts;
  /**
   * Which values a tag of a metric can have in a layout: null where any can occur, undefined where
   * the pack knows no better than the harness.
   */
  tagValues?(
    metric: string,
    tag: string,
    known: Metric,
    layout: Layout,
  ): readonly string[] | null | undefined;
  /**
   * Who reports what: what one of a service's telemetry is read for, beyond series of Prometheus
   * text.
   */
  reports?(telemetry: Telemetry, service: Service): readonly Source[];
  /** Of what users of a target laid out like this get. */
  bodies?(layout: Layout): Bodies | undefined;
  /** For the reader of a report. */
  facts?(layout: Layout): readonly Fact[];
  /**
   * An older plan of such a target with all that plans say today; null for a plan of another kind
   * of target.
   */
  older?(plan: object): object | null;
  /**
   * What nobody can see of a target laid out like this, one sentence each: a reader of the verdict
   * must not take it for seen.
   */
  blindSpots?(layout: Layout): readonly string[];
  /**
   * By class of requests, the workloads whose users ask as its prober does, so that the two can be
   * compared.
   */
  readonly askedAlike?: Readonly<Record<string, readonly string[]>>;
  /** Workloads whose users draw where they go in, each entry as often as the others. */
  readonly drawEntries?: readonly string[];
  /** What users of such a class ask for, who play these workloads; null where nobody can say. */
  wishes?(lane: string, workloads: readonly string[], layout: Layout): Wishes | null;
  /**
   * What it looks at while a run goes on. Without one, the harness's own prober asks what the
   * layout names.
   */
  probes?(context: ProbeContext): PackProbes;
  /**
   * The same in virtual time. Without it, the harness's own prober asks the model what the layout
   * names.
   */
  virtualProbes?(context: VirtualContext): VirtualProbes;
  /** Real users in a browser. Without it, no experiment can have any. */
  readonly players?: PackPlayers;
}
