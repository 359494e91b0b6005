/**
 * Finds what would disturb a player in a segment: truncated boxes, a media time other than the
 * number's, an early end, a frozen picture. It uses the bytes alone, by ISO/IEC 14496-12, and no
 * header.
 */

/**
 * Rounding, and audio frames that do not end with the segment (21 ms). Larger gaps are visible or
 * audible. A chosen value: 100 ms.
 */
const toleranceMs = 100;

/**
 * One sentence, or null without a problem. Rot within the media is invisible, because no box shows
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
  // Far from the epoch, an offset of seconds is less than a part in a million of the time. The time
  // therefore reveals its own unit.
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

/** Null if there is none, or if a box before it exceeds the data. */
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
 * The duration of a sample without its own; 0 if the segment leaves it to the initialisation
 * segment.
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
