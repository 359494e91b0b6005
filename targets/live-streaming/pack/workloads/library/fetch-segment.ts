/**
 * How a player fetches one segment: it asks again after an error, as it is told to, until its
 * buffer would run dry; and when its edge is broken it asks the next of those that it knows.
 */
import { sleep } from "k6";
import http, { type RefinedResponse, type ResponseType } from "k6/http";
import { Counter, Trend } from "k6/metrics";
import { segmentPath } from "../../stream/stream.ts";
import { mediaProblem } from "./inspect-media.ts";
import { isSegment, isUndecodable, looks } from "./look-at-body.ts";
import { type Edge, hostOf, settings } from "./settings.ts";

/** A viewer's wait for one segment in ms, from the moment it meant to ask. */
const segmentMs = new Trend("segment_ms", true);

/**
 * Iterations whose time was over before their first request: the generator stood still, and the
 * target was never asked.
 */
const unasked = new Counter("unasked_iterations");

export interface Wish {
  readonly lane: "live" | "dvr";
  /** Where it may be had, in the order in which this viewer tries them; the first is its home. */
  readonly edges: readonly Edge[];
  /**
   * Told which edge is broken, says which to ask; the same one: there is no other for now. Without
   * it, the next of `edges` is asked.
   */
  readonly steer?: (broken: Edge) => Edge;
  readonly rendition: string;
  readonly number: number;
  /** Epoch ms. */
  readonly intendedMs: number;
  /** From then on the segment is of no use, in ms after `intendedMs`. */
  readonly deadlineMs: number;
  /**
   * Looks at the media too: what is served and cannot be played is `wrong`, unless its header says
   * so.
   */
  readonly inspects?: boolean;
}

type Answer = RefinedResponse<ResponseType | undefined>;

/**
 * Between attempts when the answer gives no advice: a quarter second, as a 404 flips within tens of
 * milliseconds of publication.
 */
const retryMs = 250;
/**
 * The share of a viewer's time that one edge may take: more than an origin may hold a request, and
 * as much is left for another edge.
 */
const shareOfEdge = 0.5;

/** Of viewers who look at what they get: with a checksum to compare it with, or without. */
const bytesLooked = settings.stream.digestHeader === undefined ? "looked" : "compared";

export function fetchSegment(wish: Wish): void {
  const { edges, lane } = wish;
  const giveUpMs = wish.intendedMs + wish.deadlineMs;
  const isLooking = looks();
  if (Date.now() >= giveUpMs) {
    unasked.add(1, { lane });
    return;
  }
  let outcome = "lost";
  let said: Said = unsaid;
  let failures = 0;
  let edge = edgeAfter(edges, failures);
  let next = edge;
  let endedMs: number | null = null;
  for (let leftMs = giveUpMs - Date.now(); leftMs > 0; leftMs = giveUpMs - Date.now()) {
    edge = next;
    const timeout =
      edges.length > 1 || wish.steer !== undefined
        ? Math.min(leftMs, wish.deadlineMs * shareOfEdge)
        : leftMs;
    const answer = http.get(edge.url + pathOf(wish), {
      tags: { lane, entry: edge.name },
      timeout: Math.max(50, timeout),
      ...hostOf(edge),
      ...(isLooking || wish.inspects === true ? { responseType: "binary" } : {}),
    });
    if ((answer.status === 200 && answer.error_code === 0) || isUndecodable(answer)) {
      endedMs = Date.now();
      said = saidBy(answer);
      // Whoever got other bytes cannot play them, and does not know that it should ask again.
      const asked = { lane, entry: edge.name, rendition: wish.rendition, number: wish.number };
      const isOther = isLooking && !isSegment(answer, asked, said.flagged === "yes");
      outcome =
        isOther || isWrong(wish, answer, said) ? "wrong" : endedMs > giveUpMs ? "late" : "served";
      break;
    }
    outcome = isShed(answer) ? "shed" : "lost";
    if (isBroken(answer)) {
      next = wish.steer?.(edge) ?? edgeAfter(edges, ++failures);
      // Another edge is asked at once; when all have failed, they are given a moment.
      if (wish.steer === undefined ? failures % edges.length !== 0 : next.name !== edge.name)
        continue;
    }
    const waitMs = Math.min(adviceMs(answer), giveUpMs - Date.now());
    if (waitMs > 0) sleep(waitMs / 1000);
  }
  segmentMs.add(Math.max(0, (endedMs ?? Date.now()) - wish.intendedMs), {
    lane,
    outcome,
    entry: edge.name,
    home: edgeAfter(edges, 0).name,
    rendition: wish.rendition,
    bytes: isLooking ? bytesLooked : "unread",
    ...said,
  });
}

/**
 * Whose segment it is, whether it is said to have a defect, and whether a notification came with
 * it: `yes`, `no`, or `none` when nothing was served.
 */
interface Said {
  readonly pipeline: string;
  readonly flagged: string;
  readonly notified: string;
}

const unsaid: Said = { pipeline: "none", flagged: "none", notified: "none" };

function saidBy({ headers }: Answer): Said {
  const told = (name: string): string => (headers[name] === undefined ? "no" : "yes");
  return {
    pipeline: pipelineOf(headers["X-Pipeline"]),
    flagged: told("X-Defects"),
    notified: told("X-Notifications"),
  };
}

/** A header is the target's word: only a single letter, as pipelines are called, becomes a tag. */
function pipelineOf(header: string | undefined): string {
  if (header === undefined) return "none";
  return /^[a-z]$/.test(header) ? header : "other";
}

function isWrong({ inspects, number }: Wish, { body }: Answer, { flagged }: Said): boolean {
  if (inspects !== true || flagged === "yes") return false;
  return (
    !(body instanceof ArrayBuffer) || mediaProblem(body, number, settings.stream.segmentMs) !== null
  );
}

function edgeAfter(edges: readonly Edge[], failures: number): Edge {
  return edges[failures % edges.length] as Edge;
}

function pathOf({ rendition, number }: Wish): string {
  return segmentPath(settings.stream, rendition, number);
}

/**
 * Refused for want of capacity: the same everywhere, and asking elsewhere would only spread the
 * overload. A target that gives no reasons sheds with 503.
 */
function isShed({ status, headers }: Answer): boolean {
  return status === 503 && (headers["X-Answer"] ?? "shed") === "shed";
}

/**
 * No connection, no answer in time, one that broke off, or a failure of the edge itself. That a
 * segment is not there yet is not one.
 */
function isBroken(answer: Answer): boolean {
  return answer.status < 400 || (answer.status >= 500 && !isShed(answer));
}

/** A shed reply says for how long it will not change; asking sooner is in vain. */
function adviceMs(answer: Answer): number {
  const seconds = /max-age=(\d+)/.exec(answer.headers["Cache-Control"] ?? "")?.[1];
  return isShed(answer) && seconds !== undefined ? Number(seconds) * 1000 : retryMs;
}
