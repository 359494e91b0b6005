/**
 * Viewers who watch the same few past segments again and again: what an edge keeps of them, and
 * whose they are, can be followed over time.
 */
import exec from "k6/execution";
import { fetchSegment } from "./library/fetch-segment.ts";
import { pick, random, shuffled } from "./library/random.ts";
import { optionsOf, settings } from "./library/settings.ts";

export const needs = ["content"] as const;
export const options = optionsOf({ rewatch: 2 });
/**
 * What each function plays, for how long at most one iteration waits, and whether it asks other
 * edges than its home. `plan` reads this text.
 */
export const plays = {
  rewatch: [{ metric: "segment_ms", lane: "dvr", patienceMs: 8_000, roams: true }],
} as const;

const deadlineMs = 8_000;
/**
 * Counted back from the segment that was being made when the load began: old enough to be past,
 * young enough to be there after any start.
 */
const [farthest, nearest] = [12, 9];

/**
 * Two thirds ask for the best and the last of the renditions, of four segments each; the others for
 * one between, and for its neighbours up to the live edge.
 */
export function rewatch(): void {
  const { segmentMs, availabilityStartMs, renditions } = settings.stream;
  const begun = Math.floor((exec.scenario.startTime - availabilityStartMs) / segmentMs);
  const rendition = pick(renditions, random(0)).name;
  const isBetween = rendition !== renditions.at(0)?.name && rendition !== renditions.at(-1)?.name;
  const span = isBetween ? farthest : farthest - nearest + 1;
  fetchSegment({
    lane: "dvr",
    edges: shuffled(settings.edges, 1),
    rendition,
    number: begun - farthest + Math.floor(random(2) * span),
    intendedMs: Date.now(),
    deadlineMs,
    inspects: true,
  });
}
