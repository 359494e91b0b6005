/**
 * The samples of a segment, each one picture or one audio frame: read, and rewritten when some are
 * removed.
 */
import { BrokenBox, find } from "./boxes.ts";

export interface Sample {
  readonly durationTicks: number;
  readonly bytes: number;
  /** The rest of its table entry, unchanged: flags, composition offset. */
  readonly rest: Buffer;
}

/** Optional words of a run, and of each of its entries, in their order. */
const dataOffsetFlag = 0x1,
  firstFlagsFlag = 0x4,
  durationFlag = 0x100,
  sizeFlag = 0x200,
  flagsFlag = 0x400,
  compositionFlag = 0x800;
const entryFlags = [durationFlag, sizeFlag, flagsFlag, compositionFlag];

/** `fallbackTicks`: a sample's duration if the segment leaves it to the initialisation segment. */
export function readSamples(segment: Buffer, fallbackTicks: number): Sample[] {
  const run = find(segment, "moof", "traf", "trun");
  const usual = usualOf(segment);
  const flags = segment.readUInt32BE(run.body) & 0xffffff;
  const count = segment.readUInt32BE(run.body + 4);
  const entryBytes = 4 * entryFlags.filter((flag) => (flags & flag) !== 0).length;
  const first = run.body + 8 + optionalBytes(flags);
  if (first + count * entryBytes > run.end)
    throw new BrokenBox(`trun says that it has ${count} samples`);
  return Array.from({ length: count }, (_, index) => {
    let at = first + index * entryBytes;
    const end = at + entryBytes;
    const next = (flag: number): number | undefined => {
      if ((flags & flag) === 0) return undefined;
      at += 4;
      return segment.readUInt32BE(at - 4);
    };
    const [durationTicks, bytes] = [
      next(durationFlag) ?? usual.ticks ?? fallbackTicks,
      next(sizeFlag) ?? usual.bytes ?? 0,
    ];
    return { durationTicks, bytes, rest: segment.subarray(at, end) };
  });
}

/**
 * The segment with only these of its samples, each named by its index, with the given durations.
 */
export function withSamples(
  segment: Buffer,
  kept: readonly { readonly index: number; readonly durationTicks: number }[],
): Buffer {
  const samples = readSamples(segment, 0);
  const [moof, traf, run, media] = [
    find(segment, "moof"),
    find(segment, "moof", "traf"),
    find(segment, "moof", "traf", "trun"),
    find(segment, "mdat"),
  ];
  const flags = segment.readUInt32BE(run.body) & 0xffffff;
  const entries = kept.map(({ index, durationTicks }) => {
    const sample = samples[index];
    if (sample === undefined) throw new RangeError(`there is no sample ${index}`);
    return Buffer.concat([words(durationTicks, sample.bytes), sample.rest]);
  });
  const newRun = boxOf(
    "trun",
    words(segment.readUInt32BE(run.body) | durationFlag | sizeFlag, kept.length),
    segment.subarray(run.body + 8, run.body + 8 + optionalBytes(flags)),
    ...entries,
  );
  const grown = newRun.length - (run.end - run.start);
  // From the start of `moof` to the first byte of media.
  if ((flags & dataOffsetFlag) !== 0) newRun.writeInt32BE(newRun.readInt32BE(16) + grown, 16);
  const newTraf = boxOf(
    "traf",
    segment.subarray(traf.body, run.start),
    newRun,
    segment.subarray(run.end, traf.end),
  );
  const newMoof = boxOf(
    "moof",
    segment.subarray(moof.body, traf.start),
    newTraf,
    segment.subarray(traf.end, moof.end),
  );
  const starts = samples.map((_, index) =>
    samples.slice(0, index).reduce((sum, { bytes }) => sum + bytes, media.body),
  );
  const newMedia = boxOf(
    "mdat",
    ...kept.map(({ index }) =>
      segment.subarray(starts[index], (starts[index] ?? 0) + (samples[index]?.bytes ?? 0)),
    ),
  );
  return Buffer.concat([
    segment.subarray(0, moof.start),
    newMoof,
    segment.subarray(moof.end, media.start),
    newMedia,
    segment.subarray(media.end),
  ]);
}

function optionalBytes(flags: number): number {
  return ((flags & dataOffsetFlag) !== 0 ? 4 : 0) + ((flags & firstFlagsFlag) !== 0 ? 4 : 0);
}

/** The defaults of `tfhd` for samples without their own values. */
function usualOf(segment: Buffer): {
  readonly ticks: number | undefined;
  readonly bytes: number | undefined;
} {
  const { body } = find(segment, "moof", "traf", "tfhd");
  const flags = segment.readUInt32BE(body) & 0xffffff;
  let at = body + 8 + ((flags & 0x1) !== 0 ? 8 : 0) + ((flags & 0x2) !== 0 ? 4 : 0);
  const ticks = (flags & 0x8) === 0 ? undefined : segment.readUInt32BE(at);
  if (ticks !== undefined) at += 4;
  return { ticks, bytes: (flags & 0x10) === 0 ? undefined : segment.readUInt32BE(at) };
}

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) buffer.writeUInt32BE(value >>> 0, 4 * index);
  return buffer;
}

function boxOf(type: string, ...parts: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0));
  head.write(type, 4, "latin1");
  return Buffer.concat([head, ...parts]);
}
