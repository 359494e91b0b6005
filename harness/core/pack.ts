/**
 * What a kind of target brings beyond its services, so that the harness need not know it. Any target
 * of that kind may use the same pack.
 */
import type { Registry } from "./metrics.ts";

export interface Pack {
  /** `live-streaming`. */
  readonly name: string;
  /** Classes of requests; each sample that stems from a request carries one as its tag `lane`. */
  readonly trafficClasses: readonly string[];
  /** What its workloads, readers, players and prober measure, by name. */
  readonly metrics: Registry;
}
