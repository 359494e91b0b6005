/**
 * The prober's schedule of requests. It requests what viewers request, at their moments, so that no
 * edge can distinguish the two and their figures describe one population. Moments and choices are
 * those of the workload `viewers`.
 */
import type { Stream } from "../stream/stream.ts";

export interface ProbeRequest {
  readonly lane: "live" | "dvr";
  readonly rendition: string;
  readonly number: number;
  /** Epoch ms. */
  readonly atMs: number;
}

/** A viewer's patience, as in the workload's `plays`. */
export const livePatienceMs = 4_000,
  pastPatienceMs = 8_000;

/**
 * Viewers at the live edge ask within this time after a segment is due, like the workload's
 * `bunchMs`.
 */
const bunchMs = 400;
/** The newest segment that counts as past, like the workload's `dvrFromSegments`. */
export const pastFrom = 8;
/** About one request per edge in this time, and at most this many at the live edge per segment. */
const everyMs = 500,
  liveMax = 2;

/**
 * The requests to one edge from the moment at which segment `number` is due until the next is, in
 * order. Without DVR viewers the prober requests no past segments either. `random` gives [0, 1).
 */
export function probeRequests(
  stream: Stream,
  number: number,
  asksPast: boolean,
  random: () => number,
): readonly ProbeRequest[] {
  const { segmentMs, availabilityStartMs, dvrSegments } = stream;
  const dueMs = availabilityStartMs + (number + 1) * segmentMs;
  const count = Math.max(2, Math.round(segmentMs / everyMs));
  const liveCount = Math.min(liveMax, asksPast ? Math.floor(count / 2) : count);
  const wishes = Array.from({ length: asksPast ? count : liveCount }, (_, index): ProbeRequest => {
    if (index < liveCount)
      return {
        lane: "live",
        rendition: renditionOf(stream, random),
        number,
        atMs: dueMs + random() * Math.min(bunchMs, segmentMs),
      };
    const back = pastFrom + Math.floor(random() * Math.max(1, dvrSegments - pastFrom));
    return {
      lane: "dvr",
      rendition: renditionOf(stream, random),
      number: number - back,
      atMs: dueMs + ((index - liveCount + random()) / (count - liveCount)) * segmentMs,
    };
  });
  return wishes.sort((a, b) => a.atMs - b.atMs);
}

/** The newest segment that is due. */
export function newestDue({ availabilityStartMs, segmentMs }: Stream, nowMs: number): number {
  return Math.floor((nowMs - availabilityStartMs) / segmentMs) - 1;
}

/** Half of all segment requests are for audio, the rest for any video rendition. */
function renditionOf({ renditions }: Stream, random: () => number): string {
  const [audio, video] = [
    renditions.filter(({ kind }) => kind === "audio"),
    renditions.filter(({ kind }) => kind === "video"),
  ];
  const [wantsAudio, which] = [random() < 0.5, random()];
  const some = (wantsAudio && audio.length > 0) || video.length === 0 ? audio : video;
  return some[Math.floor(which * some.length)]?.name ?? "";
}
