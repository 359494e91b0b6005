/**
 * Viewers, players and scanners that request absent segments: too early, too late, never made, or
 * unknown.
 */
import { sleep } from "k6";
import exec from "k6/execution";
import http from "k6/http";
import { segmentPath } from "../stream/stream.ts";
import { pick, random } from "./library/random.ts";
import { hostOf, optionsOf, settings } from "./library/settings.ts";

export const needs = ["content"] as const;
export const options = optionsOf({ fast: 2, absent: 20 });
/**
 * For each function: what it plays, how long an iteration waits at most, and whether it uses edges
 * other than its home. `plan` reads this text.
 */
export const plays = {
  fast: [{ metric: "http_req_ms", lane: "junk", patienceMs: 5_000 }],
  absent: [{ metric: "http_req_ms", lane: "junk", patienceMs: 5_000 }],
} as const;

const answerWithinMs = 5_000;
/** Up to 15 minutes ahead of the clock, as a device with a wrong clock requests. */
const aheadSegments = 450;
/** Older than any retained segment: 12 to 36 hours. */
const longAgoSegments = 21_600;
/**
 * Within the DVR window, but from before this stream was on air. All who follow one link request
 * the same segment.
 */
const lostAgoSegments = 900;

/** Each with its share of all requests. */
const wishes: readonly (readonly [share: number, path: (current: number) => string])[] = [
  [0.3, (current) => segment(anyRendition(), current + 2 + Math.floor(random(2) * aheadSegments))],
  [
    0.25,
    (current) =>
      segment(
        anyRendition(),
        current - longAgoSegments * (1 + Math.floor(random(2) * 1_000) / 500),
      ),
  ],
  [0.3, () => segment(anyRendition(), numberAt(exec.scenario.startTime) - lostAgoSegments)],
  [0.15, (current) => segment(`v${Math.floor(random(2) * 10_000)}`, current - 2)],
];

/**
 * A player whose clock is this much ahead requests a segment when it believes it to be due. The
 * edge's cached refusal must have expired when it is really due.
 */
const fastClockMs = 2_300;
const bunchMs = 100;

/** A player whose clock is ahead: it requests a segment before it is due. */
export function fast(): void {
  const { segmentMs, availabilityStartMs } = settings.stream;
  const number = numberAt(Date.now() + fastClockMs);
  const intendedMs =
    availabilityStartMs + (number + 1) * segmentMs - fastClockMs + random(0) * bunchMs;
  sleep(Math.max(0, intendedMs - Date.now()) / 1000);
  ask(segment(anyRendition(), number));
}

/** A request for what does not exist: too old, far ahead, or never made. */
export function absent(): void {
  let kind = random(0);
  for (const [share, path] of wishes) {
    kind -= share;
    if (kind >= 0) continue;
    ask(path(numberAt(Date.now())));
    return;
  }
}

function ask(path: string): void {
  const edge = pick(settings.edges, random(1));
  http.get(edge.url + path, {
    tags: { lane: "junk", entry: edge.name },
    timeout: answerWithinMs,
    ...hostOf(edge),
  });
}

/** The segment in production. */
function numberAt(nowMs: number): number {
  return Math.floor((nowMs - settings.stream.availabilityStartMs) / settings.stream.segmentMs);
}

function anyRendition(): string {
  return pick(settings.stream.renditions, random(3)).name;
}

/** Beside a playlist, a name that no playlist lists. */
function segment(rendition: string, number: number): string {
  const { source } = settings.stream;
  if (source === undefined) return segmentPath(settings.stream, rendition, Math.floor(number));
  const folder = source.path.replace(/\?.*$/, "").replace(/[^/]*$/, "");
  return `${folder}absent-${encodeURIComponent(rendition)}-${Math.floor(number)}.m4s`;
}
