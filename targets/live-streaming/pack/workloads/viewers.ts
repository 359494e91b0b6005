/**
 * An audience: viewers at the live edge, who all ask for a new segment the moment it is due, and
 * viewers who watch what is past.
 */
import { fetchSegment } from "./library/fetch-segment.ts";
import { renditionFor, watchLive } from "./library/live-edge.ts";
import { pick, random, shuffled } from "./library/random.ts";
import { type Edge, optionsOf, settings } from "./library/settings.ts";

export const needs = ["content"] as const;
export const options = optionsOf({ live: 10, dvr: 2 });
/**
 * What each function plays, for how long at most one iteration waits, and whether it asks other
 * edges than its home. `plan` reads this text.
 */
export const plays = {
  live: [{ metric: "segment_ms", lane: "live", patienceMs: 4_000 }],
  dvr: [{ metric: "segment_ms", lane: "dvr", patienceMs: 8_000 }],
  liveRoaming: [{ metric: "segment_ms", lane: "live", patienceMs: 4_000, roams: true }],
  liveInspecting: [{ metric: "segment_ms", lane: "live", patienceMs: 4_000, roams: true }],
  dvrRoaming: [{ metric: "segment_ms", lane: "dvr", patienceMs: 8_000, roams: true }],
} as const;

/** Seeking back may buffer for a while: choose 8 s. */
const dvrDeadlineMs = 8_000;
/** The nearest that counts as past, in segments: beyond what the target calls the live edge. */
const dvrFromSegments = 8;

/**
 * One viewer at the live edge: the next segment to become due, video or audio as players fetch
 * them: separately.
 */
export function live(): void {
  watchLive({ edges: [homeEdge()] });
}

/** One viewer in the past: any segment that is behind the live edge and still kept. */
export function dvr(): void {
  watchPast([homeEdge()]);
}

/** As `live`, by a player that was given all edges and asks another when its own is broken. */
export function liveRoaming(): void {
  watchLive({ edges: shuffled(settings.edges, homeDraw) });
}

/** As `liveRoaming`, and looks at what it is given, which costs the generator more. */
export function liveInspecting(): void {
  watchLive({ edges: shuffled(settings.edges, homeDraw), inspects: true });
}

/** As `dvr`, by such a player. */
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
    intendedMs,
    deadlineMs: dvrDeadlineMs,
  });
}
