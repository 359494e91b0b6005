/** ISO base media boxes: just enough to find, read and patch what differs from segment to segment. */

export interface Box {
  readonly type: string;
  /** Offset of the box, of what is inside it, and of its end. */
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

export class BrokenBox extends Error {}

export function* boxes(data: Buffer, start = 0, end = data.length): Generator<Box, void, void> {
  for (let at = start; at < end;) {
    if (at + 8 > end) throw new BrokenBox(`a box at ${at} is cut short`);
    const size = data.readUInt32BE(at);
    const type = data.toString("latin1", at + 4, at + 8);
    if (size < 8 || at + size > end) throw new BrokenBox(`box ${type} at ${at} says that it is ${size} bytes long`);
    yield { type, start: at, body: at + 8, end: at + size };
    at += size;
  }
}

/** The first box at this path of types, for example `moof`, `traf`, `tfdt`. */
export function find(data: Buffer, ...path: readonly string[]): Box {
  let [start, end] = [0, data.length];
  let found: Box | undefined;
  for (const type of path) {
    found = undefined;
    for (const box of boxes(data, start, end)) {
      if (box.type === type) {
        found = box;
        break;
      }
    }
    if (found === undefined) throw new BrokenBox(`there is no ${path.join(" > ")}`);
    [start, end] = [found.body, found.end];
  }
  if (found === undefined) throw new BrokenBox("no box was asked for");
  return found;
}

/** Ticks per second of the first track. */
export function timescale(init: Buffer): number {
  const { body } = find(init, "moov", "trak", "mdia", "mdhd");
  return init.readUInt32BE(body + (init.readUInt8(body) === 1 ? 20 : 12));
}

export function decodeTime(segment: Buffer): number {
  const { body } = find(segment, "moof", "traf", "tfdt");
  return segment.readUInt8(body) === 1 ? Number(segment.readBigUInt64BE(body + 4)) : segment.readUInt32BE(body + 4);
}

export function setDecodeTime(segment: Buffer, ticks: number): void {
  const { body } = find(segment, "moof", "traf", "tfdt");
  if (segment.readUInt8(body) !== 1) throw new BrokenBox("tfdt has only 32 bits, too few for a time since the epoch");
  segment.writeBigUInt64BE(BigInt(ticks), body + 4);
}

export function setSequence(segment: Buffer, sequence: number): void {
  segment.writeUInt32BE(sequence >>> 0, find(segment, "moof", "mfhd").body + 4);
}

/** A segment index repeats times that are patched elsewhere; a live player does not need it. */
export function withoutIndex(segment: Buffer): Buffer {
  const kept = [...boxes(segment)].filter(({ type }) => type !== "sidx");
  return Buffer.concat(kept.map(({ start, end }) => segment.subarray(start, end)));
}

/** Duration of each sample, in ticks. */
export function sampleDurations(segment: Buffer, fallback: number): number[] {
  const head = find(segment, "moof", "traf", "tfhd");
  const run = find(segment, "moof", "traf", "trun");
  const usual = headDuration(segment, head.body) ?? fallback;
  const flags = segment.readUInt32BE(run.body) & 0xffffff;
  const count = segment.readUInt32BE(run.body + 4);
  const entryBytes = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => (flags & flag) !== 0).length;
  const first = run.body + 8 + ((flags & 0x1) !== 0 ? 4 : 0) + ((flags & 0x4) !== 0 ? 4 : 0);
  if (first + count * entryBytes > run.end) throw new BrokenBox(`trun says that it has ${count} samples`);
  const own = (flags & 0x100) !== 0;
  return Array.from({ length: count }, (_, index) => own ? segment.readUInt32BE(first + index * entryBytes) : usual);
}

function headDuration(segment: Buffer, body: number): number | null {
  const flags = segment.readUInt32BE(body) & 0xffffff;
  if ((flags & 0x8) === 0) return null;
  return segment.readUInt32BE(body + 8 + ((flags & 0x1) !== 0 ? 8 : 0) + ((flags & 0x2) !== 0 ? 4 : 0));
}

/** `avc1.64001f` from the decoder configuration; audio is always AAC-LC here. */
export function codecs(init: Buffer): string {
  const at = init.indexOf("avcC", 0, "latin1");
  return at === -1 ? "mp4a.40.2" : `avc1.${init.toString("hex", at + 5, at + 8)}`;
}
