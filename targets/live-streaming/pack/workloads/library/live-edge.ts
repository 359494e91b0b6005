/**
 * A viewer at the live edge: requests the next segment to become due, video or audio, because
 * players fetch them separately.
 */
import { sleep } from "k6";
import { Trend } from "k6/metrics";
import { fetchSegment, type Wish } from "./fetch-segment.ts";
import { pick, random } from "./random.ts";
import { settings } from "./settings.ts";

/**
 * How much later than scheduled an iteration sent its request, in ms: the generator's fault, never
 * the target's.
 */
const startLateMs = new Trend("start_late_ms", true);

/**
 * Players of one event drift apart by timer and network. A chosen value: uniformly within this many
 * ms after a segment is due.
 */
const bunchMs = 400;
/**
 * A player's live latency target, less the segment's own length and some decoding. A chosen value:
 * 4 s.
 */
const liveDeadlineMs = 4_000;

const video = settings.stream.renditions.filter((rendition) => rendition.kind === "video");
const audio = settings.stream.renditions.filter((rendition) => rendition.kind === "audio");

export function watchLive(how: Pick<Wish, "edges" | "steer" | "inspects">): void {
  const { segmentMs, availabilityStartMs, source } = settings.stream;
  const number = Math.floor((Date.now() - availabilityStartMs) / segmentMs);
  const dueMs = availabilityStartMs + (number + 1) * segmentMs;
  // A playlist says itself what is newest; its players are spread over its period.
  const intendedMs = source === undefined ? dueMs + random(0) * bunchMs : Date.now();
  sleep(Math.max(0, intendedMs - Date.now()) / 1000);
  startLateMs.add(Math.max(0, Date.now() - intendedMs), { lane: "live" });
  fetchSegment({
    ...how,
    lane: "live",
    rendition: renditionFor(random(2), random(3)),
    number,
    back: 0,
    intendedMs,
    deadlineMs: liveDeadlineMs,
  });
}

/** Half of all segment requests are for audio, the rest for any video rendition. */
export function renditionFor(kind: number, which: number): string {
  return pick(video.length === 0 || (kind < 0.5 && audio.length > 0) ? audio : video, which).name;
}
