/**
 * Where the segments of a playlist lie on the stream's timeline. A playlist with
 * EXT-X-PROGRAM-DATE-TIME says so itself. Without, the timeline continues that of the playlist
 * before, or is that of another rendition.
 */
import { rounded } from "../times.ts";
import type { HlsMediaView, MediaView, SegmentView } from "../views.ts";
import type { PlaylistReader, Unplaced } from "./playlist-reader.ts";

export interface Timeline {
  readonly previous?: HlsMediaView;
  readonly alignWith?: MediaView;
}

export interface Placed {
  readonly segments: readonly SegmentView[];
  /** Of the last one. */
  readonly endMs: number;
  readonly dated: boolean;
}

/** `known` keep their place; the reader's segments follow them. */
export function placed(
  known: readonly SegmentView[],
  { segments, targetDurationMs = 0 }: PlaylistReader,
  context: Timeline,
): Placed {
  const last = known.at(-1);
  const dates = last === undefined ? firstDated(segments) : undefined;
  const dated = last === undefined ? dates !== undefined : context.previous?.dated === true;
  const beginMs =
    last === undefined
      ? (dates ?? undatedStart(segments, targetDurationMs, context))
      : last.startMs + last.durationMs;
  let startMs = beginMs;
  let beforeMs = last?.startMs ?? Number.NEGATIVE_INFINITY;
  for (const segment of segments) {
    // A date that goes backward cannot be followed.
    if (dated && segment.dateMs !== undefined && segment.dateMs > beforeMs)
      startMs = segment.dateMs;
    segment.startMs = startMs;
    beforeMs = startMs;
    startMs = rounded(startMs + segment.durationMs);
  }
  return { segments: known.concat(segments), endMs: startMs, dated };
}

/** The start of the first segment, counted back from the first one with a date. */
function firstDated(segments: readonly Unplaced[]): number | undefined {
  let beforeMs = 0;
  for (const { dateMs, durationMs } of segments) {
    if (dateMs !== undefined) return rounded(dateMs - beforeMs);
    beforeMs += durationMs;
  }
  return undefined;
}

function undatedStart(
  segments: readonly Unplaced[],
  targetDurationMs: number,
  { previous, alignWith }: Timeline,
): number {
  const first = segments[0];
  if (first === undefined) return 0;
  const own = previous === undefined ? null : startAlong(segments, previous, targetDurationMs);
  if (own !== null) return own;
  if (alignWith?.format !== "hls") return 0;
  const same = startAt(segments, alignWith.segments);
  if (same !== null) return same;
  const end = alignWith.segments.at(-1);
  if (end === undefined) return 0;
  const lengthMs = segments.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return rounded(end.startMs + end.durationMs - lengthMs);
}

/** By a segment that both have; else by how many are missing between them. */
function startAlong(
  segments: readonly Unplaced[],
  { segments: before }: HlsMediaView,
  targetDurationMs: number,
): number | null {
  const last = before.at(-1);
  const first = segments[0];
  if (last === undefined || first === undefined) return null;
  const missing = Math.max(0, first.sequence - last.sequence - 1);
  return (
    startAt(segments, before) ??
    rounded(last.startMs + last.durationMs + missing * targetDurationMs)
  );
}

/** Sequence numbers are consecutive in both. */
function startAt(segments: readonly Unplaced[], others: readonly SegmentView[]): number | null {
  const [first, other] = [segments[0], others[0]];
  if (first === undefined || other === undefined) return null;
  const common = Math.max(first.sequence, other.sequence);
  const theirs = others[common - other.sequence];
  if (theirs === undefined || segments[common - first.sequence] === undefined) return null;
  const beforeMs = segments
    .slice(0, common - first.sequence)
    .reduce((sum, { durationMs }) => sum + durationMs, 0);
  return rounded(theirs.startMs - beforeMs);
}
