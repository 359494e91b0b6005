/**
 * Corrupts segments on request. An experiment can thus see whether the target serves a whole
 * segment from another pipeline instead.
 */
import { decodeTime, find, setDecodeTime } from "./boxes.ts";
import { readSamples, withSamples } from "./samples.ts";

export const defectKinds = ["short", "missing", "timing", "rot", "truncated"] as const;
export type DefectKind = (typeof defectKinds)[number];

export interface Order {
  readonly kind: DefectKind;
  /** The number of consecutive segments, by number: each in all renditions, or in the named one. */
  readonly segments: number;
  readonly rendition: string | null;
}

export interface DefectOrders {
  /** Replaces the earlier order; null cancels it. */
  order(order: Order | null): void;
  /** The order in force, and its remaining segments. */
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
    // The second half is absent.
    case "short":
      return withSamples(
        segment,
        samplesOf(segment).slice(0, Math.ceil(samplesOf(segment).length / 2)),
      );
    case "missing": {
      // Samples from the middle are removed, and the one before lasts until the next. The picture
      // freezes, and the sum of durations is right.
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
      // Within the media, with all boxes intact. Only the checksum of an earlier copy could reveal
      // it.
      const bad = Buffer.from(segment);
      const { body, end } = find(bad, "mdat");
      const at = Math.floor((body + end) / 2);
      bad.writeUInt8(bad.readUInt8(at) ^ 0xff, at);
      return bad;
    }
    case "truncated": {
      // In the middle of the media: the last box declares more than is present.
      const { body, end } = find(segment, "mdat");
      return Buffer.from(segment.subarray(0, Math.floor((body + end) / 2)));
    }
  }
}

function samplesOf(segment: Buffer): { readonly index: number; readonly durationTicks: number }[] {
  return readSamples(segment, 0).map(({ durationTicks }, index) => ({ index, durationTicks }));
}
