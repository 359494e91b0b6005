/**
 * Whether what edges deliver is what was published: what the harness's own prober got, against the
 * packagers' journals. It also shows whether the checksum that an edge sends along, by which
 * viewers tell right bytes from wrong ones, is itself the right one. Pure.
 */
import type { SampleSink } from "../../../../harness/metrics/samples.ts";
import type { JournalEntry } from "./journal.ts";

/** One whole segment that came out of an edge. */
export interface Delivery {
  readonly edge: string;
  readonly rendition: string;
  readonly number: number;
  /** Epoch ms of the request. */
  readonly atMs: number;
  readonly sha256: string;
  /**
   * What the answer itself said that it is; null when it said nothing, undefined when this target
   * never says.
   */
  readonly label: string | null | undefined;
}

export type DeliveryOutcome = "right" | "wrong" | "mislabelled";

/**
 * Checksums of all that was ever offered under a rendition and number, by either pipeline. A PUT
 * that nobody acknowledged may have been carried out.
 */
export function publishedChecksums(
  entries: readonly JournalEntry[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { rendition, number, sha256 } of entries) {
    const known = found.get(`${rendition}/${number}`);
    if (known === undefined) found.set(`${rendition}/${number}`, new Set([sha256]));
    else known.add(sha256);
  }
  return found;
}

/** Null when no journal tells of such a segment. */
export function deliveryOutcome(
  { rendition, number, sha256, label }: Delivery,
  published: ReadonlyMap<string, ReadonlySet<string>>,
): DeliveryOutcome | null {
  const checksums = published.get(`${rendition}/${number}`);
  if (checksums === undefined) return null;
  if (!checksums.has(sha256)) return "wrong";
  return label === undefined || label === sha256 ? "right" : "mislabelled";
}

export function sinkDeliveries(
  deliveries: readonly Delivery[],
  entries: readonly JournalEntry[],
  sink: SampleSink,
): void {
  const published = publishedChecksums(entries);
  for (const delivery of deliveries) {
    const outcome = deliveryOutcome(delivery, published);
    const tags = {
      entry: delivery.edge,
      rendition: delivery.rendition,
      ...(outcome === null ? {} : { outcome }),
    };
    sink.sample(
      sink.series({
        metric: outcome === null ? "delivered_unknown" : "delivered",
        kind: "event",
        tags,
      }),
      delivery.atMs,
      1,
    );
  }
}
