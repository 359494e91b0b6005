/**
 * A trace of production, sent again: each request once, at its own moment. A session keeps its
 * edge. Nothing is retried, because the trace holds the retries of its players.
 */
import http from "k6/http";
import { forgetSession, headersFor } from "../../../../harness/k6.ts";
import { fetchSegment } from "./library/fetch-segment.ts";
import { type Edge, optionsOf, settings } from "./library/settings.ts";

export const needs = ["content"] as const;
export const options = optionsOf({});
/**
 * For each function: what it plays, and how long an iteration waits at most. `plan` reads this
 * text.
 */
export const plays = {
  live: [{ metric: "segment_ms", lane: "live", patienceMs: 4_000 }],
  dvr: [{ metric: "segment_ms", lane: "dvr", patienceMs: 8_000 }],
} as const;

/** As in `viewers.ts`. */
const liveDeadlineMs = 4_000,
  dvrDeadlineMs = 8_000;

/** What the harness hands over for each request of a trace. */
interface Asked {
  readonly lane: string;
  readonly name?: string;
  readonly path: string;
  readonly number: number | null;
  readonly session: string;
  readonly intendedMs: number;
}

export function live(_data: unknown, asked: Asked): void {
  send(asked, liveDeadlineMs);
}

export function dvr(_data: unknown, asked: Asked): void {
  send(asked, dvrDeadlineMs);
}

function send({ lane, name, path, number, session, intendedMs }: Asked, deadlineMs: number): void {
  const edge = edgeOf(session);
  if (name === undefined || number === null) {
    const { status } = http.get(edge.url + path, {
      tags: { lane, entry: edge.name },
      timeout: deadlineMs,
      headers: headersFor(edge),
    });
    forgetSession(edge, status);
    return;
  }
  fetchSegment({
    lane,
    edges: [edge],
    rendition: name,
    number,
    back: backOf(number, intendedMs),
    intendedMs,
    deadlineMs,
    once: true,
  });
}

/** How far the segment was behind the newest one, by the clock. */
function backOf(number: number, atMs: number): number {
  const { segmentMs, availabilityStartMs } = settings.stream;
  return Math.max(0, Math.floor((atMs - availabilityStartMs) / segmentMs) - 1 - number);
}

function edgeOf(session: string): Edge {
  let hash = 0;
  for (let at = 0; at < session.length; at++) hash = (hash * 31 + session.charCodeAt(at)) >>> 0;
  return settings.edges[hash % settings.edges.length] as Edge;
}
