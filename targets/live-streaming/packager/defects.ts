/** Spoils segments to order, so that an experiment can see whether a whole one from another pipeline is served instead. */
import { decodeTime, find, setDecodeTime } from "./boxes.ts";

const kinds = ["timing", "missing", "rot"] as const;
type Kind = (typeof kinds)[number];

export interface DefectOrders {
  /** False when the order makes no sense. */
  order(kind: string, segments: number): boolean;
  spoil(segment: Buffer): Buffer;
}

export function createDefectOrders(): DefectOrders {
  let current: { kind: Kind; left: number } | null = null;
  return {
    order(kind, segments) {
      const known = kinds.find((each) => each === kind);
      if (known === undefined || !Number.isInteger(segments) || segments < 1 || segments > 10_000) return false;
      current = { kind: known, left: segments };
      return true;
    },
    spoil(segment) {
      if (current === null) return segment;
      const { kind } = current;
      current.left -= 1;
      if (current.left === 0) current = null;
      return spoiled(segment, kind);
    },
  };
}

export function spoiled(segment: Buffer, kind: Kind): Buffer {
  const bad = Buffer.from(segment);
  switch (kind) {
    case "timing":
      setDecodeTime(bad, decodeTime(bad) + 12_345);
      return bad;
    case "missing": {
      // Samples that all last ten times as long: the picture freezes between them.
      const { body } = find(bad, "moof", "traf", "tfhd");
      const at = body + 8 + ((bad.readUInt32BE(body) & 0x1) !== 0 ? 8 : 0) + ((bad.readUInt32BE(body) & 0x2) !== 0 ? 4 : 0);
      if ((bad.readUInt32BE(body) & 0x8) !== 0) bad.writeUInt32BE(bad.readUInt32BE(at) * 10, at);
      return bad;
    }
    case "rot": {
      // In the media itself, where no box is broken: only the checksum of an earlier copy could tell.
      const { body, end } = find(bad, "mdat");
      const at = Math.floor((body + end) / 2);
      bad.writeUInt8(bad.readUInt8(at) ^ 0xff, at);
      return bad;
    }
  }
}
