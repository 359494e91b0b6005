/**
 * Viewers who watch the same few past segments repeatedly, so that the edges' copies and their
 * pipeline can be followed over time.
 */
import exec from "k6/execution";
import { fetchSegment } from "./library/fetch-segment.ts";
import { pick, random, shuffled } from "./library/random.ts";
import { optionsOf, settings } from "./library/settings.ts";

export const needs = ["content"] as const;
export const options = optionsOf({ rewatch: 2 });
/**
 * For each function: what it plays, how long an iteration waits at most, and whether it uses edges
 * other than its home. `plan` reads this text.
 */
export const plays = {
  rewatch: [{ metric: "segment_ms", lane: "dvr", patienceMs: 8_000, roams: true }],
} as const;

const deadlineMs = 8_000;
/**
 * Counted back from the segment in production when the load began: old enough to be past, young
 * enough to exist after any start.
 */
const [farthest, nearest] = [12, 9];

/**
 * Two thirds request four segments of the best and of the last rendition. The others request one in
 * between, and its neighbours up to the live edge.
 */
export function rewatch(): void {
  const { segmentMs, availabilityStartMs, renditions } = settings.stream;
  const begun = Math.floor((exec.scenario.startTime - availabilityStartMs) / segmentMs);
  const rendition = pick(renditions, random(0)).name;
  const isBetween = rendition !== renditions.at(0)?.name && rendition !== renditions.at(-1)?.name;
  const span = isBetween ? farthest : farthest - nearest + 1;
  const number = begun - farthest + Math.floor(random(2) * span);
  fetchSegment({
    lane: "dvr",
    edges: shuffled(settings.edges, 1),
    rendition,
    number,
    back: Math.floor((Date.now() - availabilityStartMs) / segmentMs) - 1 - number,
    intendedMs: Date.now(),
    deadlineMs,
    inspects: true,
  });
}
