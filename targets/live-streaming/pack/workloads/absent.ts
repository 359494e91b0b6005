/**
 * People, players and scanners who ask for what is not there: too early, too late, never made, or
 * unheard of.
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
 * What each function plays, for how long at most one iteration waits, and whether it asks other
 * edges than its home. `plan` reads this text.
 */
export const plays = {
  fast: [{ metric: "http_req_ms", lane: "junk", patienceMs: 5_000 }],
  absent: [{ metric: "http_req_ms", lane: "junk", patienceMs: 5_000 }],
} as const;

const answerWithinMs = 5_000;
/** Ahead of the clock by up to a quarter of an hour, as devices are whose time is wrong. */
const aheadSegments = 450;
/** Older than anything that is kept: half a day, and up to a day more. */
const longAgoSegments = 21_600;
/**
 * Within the rewind window, and from before this stream was on air: everybody who follows one link
 * to it asks for the same.
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
 * A player whose clock is this much ahead asks for a segment, as it thinks, when it is due. What an
 * edge remembers of the refusal must have lapsed when it really is.
 */
const fastClockMs = 2_300;
const bunchMs = 100;

export function fast(): void {
  const { segmentMs, availabilityStartMs } = settings.stream;
  const number = numberAt(Date.now() + fastClockMs);
  const intendedMs =
    availabilityStartMs + (number + 1) * segmentMs - fastClockMs + random(0) * bunchMs;
  sleep(Math.max(0, intendedMs - Date.now()) / 1000);
  ask(segment(anyRendition(), number));
}

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

/** The segment that is being made. */
function numberAt(nowMs: number): number {
  return Math.floor((nowMs - settings.stream.availabilityStartMs) / settings.stream.segmentMs);
}

function anyRendition(): string {
  return pick(settings.stream.renditions, random(3)).name;
}

function segment(rendition: string, number: number): string {
  return segmentPath(settings.stream, rendition, Math.floor(number));
}
