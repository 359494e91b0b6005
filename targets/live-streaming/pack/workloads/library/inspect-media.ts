/**
 * What a player would stumble over in a segment: boxes that break off, media time that is not the
 * number's, a segment that ends too early, a picture that stands still. Told from the bytes alone,
 * by ISO/IEC 14496-12; what a header says of them is not asked.
 */

/**
 * Rounding, and frames of sound that do not end with the segment (21 ms): anything above is seen or
 * heard. Choose 100 ms.
 */
const toleranceMs = 100;

/**
 * One sentence, or null when nothing is wrong. Rot within the media is not seen: no box tells of
 * it.
 */
export function mediaProblem(body: ArrayBuffer, number: number, segmentMs: number): string | null {
  try {
    return problem(body, number, segmentMs);
  } catch (error) {
    if (error instanceof RangeError) return "a box is shorter than what it should hold";
    throw error;
  }
}

function problem(body: ArrayBuffer, number: number, segmentMs: number): string | null {
  const view = new DataView(body);
  const moof = childOf(view, "moof", 0, view.byteLength);
  const traf = moof === null ? null : childOf(view, "traf", moof.body, moof.end);
  if (traf === null || childOf(view, "mdat", 0, view.byteLength) === null) return "it breaks off";
  const [tfdt, tfhd, trun] = ["tfdt", "tfhd", "trun"].map((type) =>
    childOf(view, type, traf.body, traf.end),
  );
  if (tfdt == null || tfhd == null || trun == null) return "a box is missing";
  const ticks = decodeTicks(view, tfdt.body);
  // Far from the epoch, a segment that is seconds off is off by less than a part in a million: the
  // time itself tells its unit.
  const ticksPerMs = Math.round(ticks / ((number * segmentMs) / 1000)) / 1000;
  if (!(ticksPerMs > 0) || Math.abs(ticks / ticksPerMs - number * segmentMs) > toleranceMs)
    return "its time is not the number's";
  const samples = sampleTicks(view, trun, usualTicks(view, tfhd.body));
  if (Math.abs(samples.sum / ticksPerMs - segmentMs) > toleranceMs) return "it is too short";
  return samples.longest / ticksPerMs > toleranceMs ? "it stands still" : null;
}

interface Box {
  readonly body: number;
  readonly end: number;
}

/** Null when there is none, or when a box before it does not fit into what is there. */
function childOf(view: DataView, type: string, from: number, until: number): Box | null {
  const wanted = [...type].reduce((word, letter) => word * 256 + letter.charCodeAt(0), 0);
  for (let at = from; at + 8 <= until; ) {
    const end = at + view.getUint32(at);
    if (end < at + 8 || end > until) return null;
    if (view.getUint32(at + 4) === wanted) return { body: at + 8, end };
    at = end;
  }
  return null;
}

function decodeTicks(view: DataView, at: number): number {
  return view.getUint8(at) === 1
    ? view.getUint32(at + 4) * 2 ** 32 + view.getUint32(at + 8)
    : view.getUint32(at + 4);
}

/**
 * How long a sample lasts that says nothing itself; 0 when the segment leaves that to its
 * initialisation.
 */
function usualTicks(view: DataView, at: number): number {
  const flags = view.getUint32(at) & 0xffffff;
  return (flags & 0x8) === 0
    ? 0
    : view.getUint32(at + 8 + ((flags & 0x1) === 0 ? 0 : 8) + ((flags & 0x2) === 0 ? 0 : 4));
}

function sampleTicks(
  view: DataView,
  { body, end }: Box,
  usual: number,
): { readonly sum: number; readonly longest: number } {
  const flags = view.getUint32(body) & 0xffffff;
  const count = view.getUint32(body + 4);
  if ((flags & 0x100) === 0) return { sum: count * usual, longest: usual };
  const entryBytes = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => (flags & flag) !== 0).length;
  let at = body + 8 + ((flags & 0x1) === 0 ? 0 : 4) + ((flags & 0x4) === 0 ? 0 : 4);
  let [sum, longest] = [0, 0];
  for (let index = 0; index < count && at + entryBytes <= end; index++, at += entryBytes) {
    const ticks = view.getUint32(at);
    sum += ticks;
    longest = Math.max(longest, ticks);
  }
  return { sum, longest };
}
