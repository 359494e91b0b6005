/** ISO base media boxes: enough to find, read and patch what differs between segments. */

export interface Box {
  readonly type: string;
  /** Offset of the box, of its content, and of its end. */
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

export class BrokenBox extends Error {}

export function* boxes(data: Buffer, start = 0, end = data.length): Generator<Box, void, void> {
  for (let at = start; at < end; ) {
    if (at + 8 > end) throw new BrokenBox(`a box at ${at} is cut short`);
    const size = data.readUInt32BE(at);
    const type = data.toString("latin1", at + 4, at + 8);
    if (size < 8 || at + size > end)
      throw new BrokenBox(`box ${type} at ${at} says that it is ${size} bytes long`);
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
  return segment.readUInt8(body) === 1
    ? Number(segment.readBigUInt64BE(body + 4))
    : segment.readUInt32BE(body + 4);
}

export function setDecodeTime(segment: Buffer, ticks: number): void {
  const { body } = find(segment, "moof", "traf", "tfdt");
  if (segment.readUInt8(body) !== 1)
    throw new BrokenBox("tfdt has only 32 bits, too few for a time since the epoch");
  segment.writeBigUInt64BE(BigInt(ticks), body + 4);
}

export function setSequence(segment: Buffer, sequence: number): void {
  segment.writeUInt32BE(sequence >>> 0, find(segment, "moof", "mfhd").body + 4);
}

/** A segment index repeats times that are patched elsewhere, and a live player does not need it. */
export function withoutIndex(segment: Buffer): Buffer {
  const kept = [...boxes(segment)].filter(({ type }) => type !== "sidx");
  return Buffer.concat(kept.map(({ start, end }) => segment.subarray(start, end)));
}

/** `avc1.64001f` from the decoder configuration. Audio is always AAC-LC here. */
export function codecs(init: Buffer): string {
  const at = init.indexOf("avcC", 0, "latin1");
  return at === -1 ? "mp4a.40.2" : `avc1.${init.toString("hex", at + 5, at + 8)}`;
}
