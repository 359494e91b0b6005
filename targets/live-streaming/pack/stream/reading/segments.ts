/** Which segments a rendition has, alike for playlists and manifests. */
import { countIn, firstFrom, segmentIn } from "./dash/cutting.ts";
import { endless } from "./dash/timelines.ts";
import type {
  DashMediaView,
  DashPeriodMedia,
  HlsMediaView,
  ManifestView,
  MediaView,
  SegmentView,
  WindowView,
} from "./views.ts";

/** Ends and starts of neighbours are apart by rounding. */
const toleranceMs = 2;

/**
 * What may be fetched at `nowMs` (epoch ms by the server's clock). Of HLS: what is listed. Of DASH:
 * the time-shift buffer up to the newest available segment.
 */
export function windowOf(media: MediaView, nowMs: number): WindowView {
  const [oldest, newest] =
    media.format === "hls"
      ? [media.segments[0], media.segments.at(-1)]
      : [oldestOf(media, nowMs), newestOf(media, nowMs)];
  if (oldest == null || newest == null || newest.startMs < oldest.startMs)
    return { fromMs: 0, toMs: 0 };
  return {
    fromMs: oldest.startMs,
    toMs: media.format === "hls" ? endOf(media) : newest.startMs + newest.durationMs,
    oldest,
    newest,
  };
}

/** With the parts of the segment that is not complete. */
function endOf({ segments, unfinished }: HlsMediaView): number {
  const last = segments.at(-1);
  const endMs = last === undefined ? 0 : last.startMs + last.durationMs;
  const parts = unfinished?.parts.filter(({ gap }) => !gap) ?? [];
  return parts.reduce((end, { durationMs }) => end + durationMs, endMs);
}

/** The one that plays at this time of the presentation; null if none is listed for it. */
export function segmentAt(media: MediaView, timeMs: number): SegmentView | null {
  const found =
    media.format === "hls"
      ? (media.segments.findLast(({ startMs }) => startMs <= timeMs) ?? null)
      : dashAt(media, timeMs);
  return found !== null && timeMs < found.startMs + found.durationMs ? found : null;
}

/**
 * The next one; null if none is listed yet, or if nothing follows. DASH: it may not be available
 * yet, see `availableMs`. If the window has passed beyond the next one: the oldest listed.
 */
export function segmentAfter(media: MediaView, segment: SegmentView): SegmentView | null {
  if (media.format === "dash") {
    const ends = segment.startMs + segment.durationMs;
    return dashFrom(media, ends - Math.min(toleranceMs, segment.durationMs / 2));
  }
  const first = media.segments[0];
  if (first === undefined) return null;
  return media.segments[Math.max(0, segment.sequence + 1 - first.sequence)] ?? null;
}

/** Whether nothing follows this segment, ever. */
export function isLast(media: MediaView, segment: SegmentView): boolean {
  return media.ended && segmentAfter(media, segment) === null;
}

/**
 * How far behind the end of the window a player stays that follows the stream's own wishes. HLS:
 * HOLD-BACK, or three target durations. Low latency: PART-HOLD-BACK. DASH:
 * suggestedPresentationDelay. `lowLatency`: whether the player plays parts.
 */
export function holdBackMs(media: MediaView, lowLatency: boolean): number {
  if (media.format === "dash") {
    const { latency, suggestedPresentationDelayMs } = media.manifest;
    const wanted = lowLatency ? latency?.targetMs : undefined;
    return wanted ?? suggestedPresentationDelayMs ?? 3 * longestMs(media);
  }
  const { serverControl, partTargetMs, targetDurationMs } = media;
  if (lowLatency && partTargetMs !== undefined)
    return serverControl.partHoldBackMs ?? 3 * partTargetMs;
  return serverControl.holdBackMs ?? 3 * targetDurationMs;
}

/** The length of a usual segment. */
export function longestMs(media: MediaView): number {
  if (media.format === "hls") return media.targetDurationMs;
  const last = media.periods.at(-1);
  const first = last === undefined ? null : segmentIn(last, 0, media.manifest);
  return media.manifest.maxSegmentMs ?? first?.durationMs ?? 0;
}

function dashAt({ periods, manifest }: DashMediaView, timeMs: number): SegmentView | null {
  const period = periods.findLast(({ startMs }) => startMs <= timeMs);
  if (period === undefined) return null;
  const next = firstFrom(period, timeMs);
  const own = segmentIn(period, next, manifest);
  return own !== null && own.startMs <= timeMs ? own : segmentIn(period, next - 1, manifest);
}

/** The first that starts at this time or later. */
function dashFrom({ periods, manifest }: DashMediaView, timeMs: number): SegmentView | null {
  for (const period of periods) {
    if (period.endMs !== undefined && period.endMs <= timeMs + toleranceMs) continue;
    const found = segmentIn(period, firstFrom(period, timeMs), manifest);
    if (found !== null) return found;
  }
  return null;
}

function oldestOf(media: DashMediaView, nowMs: number): SegmentView | null {
  const { dynamic, timeShiftBufferMs, availabilityStartMs } = media.manifest;
  if (!dynamic || timeShiftBufferMs === undefined) return dashFrom(media, Number.MIN_SAFE_INTEGER);
  const fromMs = nowMs - availabilityStartMs - timeShiftBufferMs;
  return segmentAt(media, fromMs) ?? dashFrom(media, fromMs);
}

function newestOf({ periods, manifest }: DashMediaView, nowMs: number): SegmentView | null {
  for (const period of [...periods].reverse()) {
    const index = newestIn(period, manifest, nowMs);
    const found = index < 0 ? null : segmentIn(period, index, manifest);
    if (found !== null) return found;
  }
  return null;
}

/** By availability: a listed segment is there, one of a formula when its time has come. */
function newestIn(period: DashPeriodMedia, manifest: ManifestView, nowMs: number): number {
  const count = countIn(period);
  const isListed = count < endless && period.segments.by !== "duration";
  if (!manifest.dynamic || isListed) return count - 1;
  const readyMs = nowMs - manifest.availabilityStartMs + period.availabilityTimeOffsetMs;
  const last = Math.min(count, firstFrom(period, readyMs)) - 1;
  const found = segmentIn(period, last, manifest);
  return found?.availableMs !== undefined && found.availableMs > nowMs ? last - 1 : last;
}
