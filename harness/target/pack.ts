/**
 * What a kind of target brings beyond its services, so that the harness need not know it. Any target
 * of that kind may use the same pack.
 */
import type { Harm } from "./harm.ts";
import type { Metric, Registry } from "../metrics/metrics.ts";
import type { PackProbes, ProbeContext } from "./pack-probes.ts";
import type { Layout, Service, Telemetry } from "./layout.ts";
import type { Wishes } from "./wishes.ts";
import type { Source } from "../metrics/source.ts";

export interface Pack {
  /** `live-streaming`. */
  readonly name: string;
  /** Classes of requests, in the order in which they are protected; each sample that stems from a request carries one as its tag `lane`. */
  readonly trafficClasses: readonly string[];
  /** By what its users are harmed. */
  readonly harm?: Harm;
  /** What its workloads, readers, players and prober measure, by name. */
  readonly metrics: Registry;
  /**
   * Which values a tag of a metric can have in a layout: null where any can occur, undefined where the pack knows no
   * better than the harness.
   */
  tagValues?(
    metric: string,
    tag: string,
    known: Metric,
    layout: Layout,
  ): readonly string[] | null | undefined;
  /** Who reports what: what one of a service's telemetry is read for, beyond series of Prometheus text. */
  reports?(telemetry: Telemetry, service: Service): readonly Source[];
  /** By class of requests, the workloads whose users ask as its prober does, so that the two can be compared. */
  readonly askedAlike?: Readonly<Record<string, readonly string[]>>;
  /** What users of such a class ask for, who play these workloads; null where nobody can say. */
  wishes?(lane: string, workloads: readonly string[], layout: Layout): Wishes | null;
  /** What it looks at while a run goes on. Without one, the harness's own prober asks what the layout names. */
  probes?(context: ProbeContext): PackProbes;
}
