/** An audience: viewers at the live edge, who all ask for a new segment the moment it is due, and viewers who watch what is past. */
import { sleep } from "k6";
import { Trend } from "k6/metrics";
import { fetchSegment } from "./library/fetch-segment.ts";
import { pick, random, shuffled } from "./library/random.ts";
import { type Edge, options, settings } from "./library/settings.ts";

export { options };

/** How much later than intended an iteration asked, in ms: the generator's own fault, never the target's. */
const startLateMs = new Trend("start_late_ms", true);

/** Players of one event drift apart by timer and network; choose: uniformly within this many ms after a segment is due. */
const bunchMs = 400;
/** Live latency target of a player less the segment's own length and some decoding: choose 4 s. */
const liveDeadlineMs = 4_000;
/** Seeking back may buffer for a while: choose 8 s. */
const dvrDeadlineMs = 8_000;
/** The nearest that counts as past, in segments: beyond what the target calls the live edge. */
const dvrFromSegments = 8;

const video = settings.stream.renditions.filter((rendition) => rendition.kind === "video");
const audio = settings.stream.renditions.filter((rendition) => rendition.kind === "audio");

/** One viewer at the live edge: the next segment to become due, video or audio as players fetch them: separately. */
export function live(): void {
  watchLive([homeEdge()]);
}

/** One viewer in the past: any segment that is behind the live edge and still kept. */
export function dvr(): void {
  watchPast([homeEdge()]);
}

/** As `live`, by a player that was given all edges and asks another when its own is broken. */
export function liveRoaming(): void {
  watchLive(shuffled(settings.edges, homeDraw));
}

/** As `liveRoaming`, and looks at what it is given, which costs the generator more. */
export function liveInspecting(): void {
  watchLive(shuffled(settings.edges, homeDraw), true);
}

/** As `dvr`, by such a player. */
export function dvrRoaming(): void {
  watchPast(shuffled(settings.edges, homeDraw));
}

const homeDraw = 1;
const homeEdge = (): Edge => pick(settings.edges, random(homeDraw));

function watchLive(edges: readonly Edge[], inspects = false): void {
  const { segmentMs, availabilityStartMs } = settings.stream;
  const number = Math.floor((Date.now() - availabilityStartMs) / segmentMs);
  const dueMs = availabilityStartMs + (number + 1) * segmentMs;
  const intendedMs = dueMs + random(0) * bunchMs;
  sleep(Math.max(0, intendedMs - Date.now()) / 1000);
  startLateMs.add(Math.max(0, Date.now() - intendedMs), { lane: "live" });
  fetchSegment({ lane: "live", edges, rendition: rendition(random(2), random(3)), number, intendedMs, deadlineMs: liveDeadlineMs, inspects });
}

function watchPast(edges: readonly Edge[]): void {
  const { segmentMs, availabilityStartMs, dvrSegments } = settings.stream;
  const intendedMs = Date.now();
  const newest = Math.floor((intendedMs - availabilityStartMs) / segmentMs) - 1;
  const back = dvrFromSegments + Math.floor(random(0) * Math.max(1, dvrSegments - dvrFromSegments));
  fetchSegment({ lane: "dvr", edges, rendition: rendition(random(2), random(3)), number: newest - back, intendedMs, deadlineMs: dvrDeadlineMs });
}

/** Half of all segment requests are for audio, the rest for any of the video renditions. */
function rendition(kind: number, which: number): string {
  return pick(kind < 0.5 && audio.length > 0 ? audio : video, which).name;
}
