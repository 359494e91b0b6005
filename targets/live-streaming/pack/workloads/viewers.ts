/**
 * An audience: viewers at the live edge, who all request a new segment the moment it is due, and
 * DVR viewers.
 */
import { fetchSegment } from "./library/fetch-segment.ts";
import { renditionFor, watchLive } from "./library/live-edge.ts";
import { pick, random, shuffled } from "./library/random.ts";
import { type Edge, optionsOf, settings } from "./library/settings.ts";

export const needs = ["content"] as const;
export const options = optionsOf({ live: 10, dvr: 2 });
/**
 * For each function: what it plays, how long an iteration waits at most, and whether it uses edges
 * other than its home. `plan` reads this text.
 */
export const plays = {
  live: [{ metric: "segment_ms", lane: "live", patienceMs: 4_000 }],
  dvr: [{ metric: "segment_ms", lane: "dvr", patienceMs: 8_000 }],
  liveRoaming: [{ metric: "segment_ms", lane: "live", patienceMs: 4_000, roams: true }],
  liveInspecting: [{ metric: "segment_ms", lane: "live", patienceMs: 4_000, roams: true }],
  dvrRoaming: [{ metric: "segment_ms", lane: "dvr", patienceMs: 8_000, roams: true }],
} as const;

/** Buffering is acceptable after a seek. A chosen value: 8 s. */
const dvrDeadlineMs = 8_000;
/** The newest segment that counts as past: just beyond the target's live edge. */
const dvrFromSegments = 8;

/**
 * One viewer at the live edge: requests the next segment to become due, video or audio, because
 * players fetch them separately.
 */
export function live(): void {
  watchLive({ edges: [homeEdge()] });
}

/** One DVR viewer: requests any retained segment behind the live edge. */
export function dvr(): void {
  watchPast([homeEdge()]);
}

/** Like `live`, by a player that knows all edges and uses another when its own fails. */
export function liveRoaming(): void {
  watchLive({ edges: shuffled(settings.edges, homeDraw) });
}

/** Like `liveRoaming`, and also checks the bodies, which costs the generator more. */
export function liveInspecting(): void {
  watchLive({ edges: shuffled(settings.edges, homeDraw), inspects: true });
}

/** Like `dvr`, by such a player. */
export function dvrRoaming(): void {
  watchPast(shuffled(settings.edges, homeDraw));
}

const homeDraw = 1;
const homeEdge = (): Edge => pick(settings.edges, random(homeDraw));

function watchPast(edges: readonly Edge[]): void {
  const { segmentMs, availabilityStartMs, dvrSegments } = settings.stream;
  const intendedMs = Date.now();
  const newest = Math.floor((intendedMs - availabilityStartMs) / segmentMs) - 1;
  const back = dvrFromSegments + Math.floor(random(0) * Math.max(1, dvrSegments - dvrFromSegments));
  fetchSegment({
    lane: "dvr",
    edges,
    rendition: renditionFor(random(2), random(3)),
    number: newest - back,
    back,
    intendedMs,
    deadlineMs: dvrDeadlineMs,
  });
}
