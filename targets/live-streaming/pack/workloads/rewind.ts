/**
 * Viewers who go back, each to another moment, to any segment since the start of the stream beyond
 * the live edge.
 */
import exec from "k6/execution";
import { fetchSegment } from "./library/fetch-segment.ts";
import { pick, random } from "./library/random.ts";
import { optionsOf, settings } from "./library/settings.ts";

export const needs = ["content"] as const;
export const options = optionsOf({ rewind: 2 });
/**
 * For each function: what it plays, how long an iteration waits at most, and whether it uses edges
 * other than its home. `plan` reads this text.
 */
export const plays = {
  rewind: [{ metric: "segment_ms", lane: "dvr", patienceMs: 8_000 }],
} as const;

/** Buffering is acceptable after a seek. A chosen value: 8 s. */
const deadlineMs = 8_000;
/** The newest segment that counts as past: just beyond the target's live edge. */
const fromSegments = 8;

/** One viewer who goes back to any segment since the start of the stream. */
export function rewind(): void {
  const { segmentMs, availabilityStartMs, dvrSegments, renditions } = settings.stream;
  const numberAt = (ms: number): number => Math.floor((ms - availabilityStartMs) / segmentMs);
  const intendedMs = Date.now();
  const [oldest, newest] = [
    numberAt(exec.scenario.startTime) - dvrSegments,
    numberAt(intendedMs) - 1 - fromSegments,
  ];
  const number = oldest + Math.floor(random(0) * (newest - oldest + 1));
  fetchSegment({
    lane: "dvr",
    edges: [pick(settings.edges, random(1))],
    rendition: pick(renditions, random(2)).name,
    number,
    back: newest + fromSegments - number,
    intendedMs,
    deadlineMs,
  });
}
