/**
 * Spoils segments to order, so that an experiment can see whether a whole one from another pipeline
 * is served instead.
 */
import { decodeTime, find, setDecodeTime } from "./boxes.ts";
import { readSamples, withSamples } from "./samples.ts";

export const defectKinds = ["short", "missing", "timing", "rot", "truncated"] as const;
export type DefectKind = (typeof defectKinds)[number];

export interface Order {
  readonly kind: DefectKind;
  /** How many segments in a row, by number: each in all renditions, or in the one that is named. */
  readonly segments: number;
  readonly rendition: string | null;
}

export interface DefectOrders {
  /** Replaces the order before it; null calls it off. */
  order(order: Order | null): void;
  /** The order that is on, and how many segments are left of it. */
  readonly current: (Order & { readonly left: number }) | null;
  spoil(segment: Buffer, number: number, rendition: string): Buffer;
}

export function createDefectOrders(): DefectOrders {
  let ordered: Order | null = null;
  let numbers = new Set<number>();
  return {
    order(order) {
      ordered = order;
      numbers = new Set();
    },
    get current() {
      return ordered === null || numbers.size >= ordered.segments
        ? null
        : { ...ordered, left: ordered.segments - numbers.size };
    },
    spoil(segment, number, rendition) {
      if (ordered === null || (ordered.rendition !== null && ordered.rendition !== rendition))
        return segment;
      if (!numbers.has(number)) {
        if (numbers.size >= ordered.segments) return segment;
        numbers.add(number);
      }
      return spoiled(segment, ordered.kind);
    },
  };
}

const missingSamples = 10;

export function spoiled(segment: Buffer, kind: DefectKind): Buffer {
  switch (kind) {
    // The second half is not there.
    case "short":
      return withSamples(
        segment,
        samplesOf(segment).slice(0, Math.ceil(samplesOf(segment).length / 2)),
      );
    case "missing": {
      // Some from the middle are gone, and the one before them stands until the next: the picture
      // freezes, and the sum is right.
      const samples = samplesOf(segment);
      const from = Math.max(1, Math.floor((samples.length - missingSamples) / 2));
      const gone = samples
        .slice(from, from + missingSamples)
        .reduce((sum, { durationTicks }) => sum + durationTicks, 0);
      return withSamples(
        segment,
        samples.flatMap((sample, index) =>
          index >= from && index < from + missingSamples
            ? []
            : [
                index === from - 1
                  ? { ...sample, durationTicks: sample.durationTicks + gone }
                  : sample,
              ],
        ),
      );
    }
    case "timing": {
      const bad = Buffer.from(segment);
      setDecodeTime(bad, decodeTime(bad) + 12_345);
      return bad;
    }
    case "rot": {
      // In the media itself, where no box is broken: only the checksum of an earlier copy could
      // tell.
      const bad = Buffer.from(segment);
      const { body, end } = find(bad, "mdat");
      const at = Math.floor((body + end) / 2);
      bad.writeUInt8(bad.readUInt8(at) ^ 0xff, at);
      return bad;
    }
    case "truncated": {
      // In the middle of the media: the last box says that it is longer than what is there.
      const { body, end } = find(segment, "mdat");
      return Buffer.from(segment.subarray(0, Math.floor((body + end) / 2)));
    }
  }
}

function samplesOf(segment: Buffer): { readonly index: number; readonly durationTicks: number }[] {
  return readSamples(segment, 0).map(({ durationTicks }, index) => ({ index, durationTicks }));
}
