/**
 * Compares what edges deliver, as the prober received it, with what the packagers' journals say was
 * published. It also checks the checksum that an edge sends, by which viewers recognise right
 * bytes. Pure.
 */
import type { SampleSink } from "../../../../harness/metrics/samples.ts";
import type { JournalEntry } from "./journal.ts";

/** One complete segment from an edge. */
export interface Delivery {
  readonly edge: string;
  readonly rendition: string;
  readonly number: number;
  /** Epoch ms of the request. */
  readonly atMs: number;
  readonly sha256: string;
  /** The checksum in the answer: null without one, undefined if this target never sends one. */
  readonly label: string | null | undefined;
}

export type DeliveryOutcome = "right" | "wrong" | "mislabelled";

/**
 * Checksums of everything that either pipeline offered for a rendition and number. An
 * unacknowledged PUT may have taken effect.
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

/** Null if no journal mentions the segment. */
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
