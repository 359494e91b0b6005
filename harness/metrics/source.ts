/** One that reports metrics, said before a run: what never spoke is missing, whatever else did. */
import type { SampleKind } from "./samples.ts";
import type { Tags } from "./tags.ts";

export interface Source {
  /** For people: the service, or the pipeline that it publishes. */
  readonly name: string;
  /** The tags that each of its samples carries. */
  readonly where: Tags;
  /** Services whose faults may silence it. */
  readonly silencedBy: readonly string[];
  readonly series: readonly { readonly metric: string; readonly kind: SampleKind }[];
}
