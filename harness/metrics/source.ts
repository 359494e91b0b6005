/**
 * A source of metrics that is expected before the run. A source without a sample is missing,
 * whatever the others report.
 */
import type { SampleKind } from "./samples.ts";
import type { Tags } from "./tags.ts";

export interface Source {
  /** Display name: the service, or the pipeline that it publishes. */
  readonly name: string;
  /** The tags that each of its samples carries. */
  readonly where: Tags;
  /** Services whose faults may silence it. */
  readonly silencedBy: readonly string[];
  readonly series: readonly { readonly metric: string; readonly kind: SampleKind }[];
}
