/**
 * How a player fetches one segment. After an error it retries as guided, until its buffer would be
 * empty. If its edge fails, it uses the next one that it knows.
 */
import { sleep } from "k6";
import http, { type RefinedResponse, type ResponseType } from "k6/http";
import { Counter, Trend } from "k6/metrics";
import { segmentPath } from "../../stream/stream.ts";
import { mediaProblem } from "./inspect-media.ts";
import { isSegment, isUndecodable, looks } from "./look-at-body.ts";
import { getListed, isWhole } from "./listed.ts";
import { type Edge, hostOf, settings } from "./settings.ts";

/** A viewer's wait for one segment in ms, from its scheduled request. */
const segmentMs = new Trend("segment_ms", true);

/**
 * Iterations whose time was over before their first request: the generator paused, and the target
 * got no request.
 */
const unasked = new Counter("unasked_iterations");

export interface Wish {
  readonly lane: string;
  /** The edges in this viewer's order of attempts; the first is its home. */
  readonly edges: readonly Edge[];
  /**
   * Given the failed edge, returns the one to use. The same edge means that there is no other for
   * now. Without this function, the next of `edges` is used.
   */
  readonly steer?: (broken: Edge) => Edge;
  readonly rendition: string;
  readonly number: number;
  /** Of a stream with a playlist, which then counts instead of the number: behind its newest. */
  readonly back: number;
  /** Epoch ms. */
  readonly intendedMs: number;
  /** The time after which the segment is useless, in ms after `intendedMs`. */
  readonly deadlineMs: number;
  /**
   * Also checks the media: a served but unplayable body is `wrong`, unless its header marks it as
   * defective.
   */
  readonly inspects?: boolean;
  /** Sends one request alone, as a replay does: the trace has the others. */
  readonly once?: boolean;
}

type Answer = RefinedResponse<ResponseType | undefined>;

/**
 * Between attempts without guidance: 250 ms, because a 404 ends within tens of milliseconds after
 * publication.
 */
const retryMs = 250;
/**
 * The share of a viewer's time that one edge may take: more than an origin's longest hold, with as
 * much left for another edge.
 */
const shareOfEdge = 0.5;

/** Viewers who check bodies, with a checksum to compare or without. */
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
    const { answer, number, problem } = ask(wish, edge, {
      timeoutMs: Math.max(50, timeout),
      binary: isLooking || wish.inspects === true,
    });
    if (answer === null) {
      // No viewer can play what is not listed, nor follow what cannot be read.
      outcome = problem;
      const restMs = Math.min(retryMs, giveUpMs - Date.now());
      if (restMs > 0) sleep(restMs / 1000);
      continue;
    }
    if (isWhole(answer) || isUndecodable(answer)) {
      endedMs = Date.now();
      said = saidBy(answer);
      // A viewer with other bytes cannot play them, and does not know that it should ask again.
      const asked = { lane, entry: edge.name, rendition: wish.rendition, number };
      const isOther = isLooking && !isSegment(answer, asked, said.flagged === "yes");
      outcome =
        isOther || isWrong(wish, number, answer, said)
          ? "wrong"
          : endedMs > giveUpMs
            ? "late"
            : "served";
      break;
    }
    outcome = isShed(answer) ? "shed" : "lost";
    if (wish.once === true) break;
    if (isBroken(answer)) {
      next = wish.steer?.(edge) ?? edgeAfter(edges, ++failures);
      // Another edge is tried at once. When all have failed, the player pauses.
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
 * The segment's pipeline, whether it is marked as defective, and whether a notification came with
 * it: `yes`, `no`, or `none` if nothing was served.
 */
interface Said {
  readonly pipeline: string;
  readonly flagged: string;
  readonly notified: string;
}

const unsaid: Said = { pipeline: "none", flagged: "none", notified: "none" };

function saidBy({ headers }: Answer): Said {
  const presence = (name: string): string => (headers[name] === undefined ? "no" : "yes");
  return {
    pipeline: pipelineOf(headers["X-Pipeline"]),
    flagged: presence("X-Defects"),
    notified: presence("X-Notifications"),
  };
}

/**
 * A header comes from the target, so only a single letter, the form of a pipeline's name, becomes a
 * tag.
 */
function pipelineOf(header: string | undefined): string {
  if (header === undefined) return "none";
  return /^[a-z]$/.test(header) ? header : "other";
}

function isWrong({ inspects }: Wish, number: number, { body }: Answer, { flagged }: Said): boolean {
  // What a number says of the time is known of a described stream alone.
  if (inspects !== true || flagged === "yes" || settings.stream.source !== undefined) return false;
  return (
    !(body instanceof ArrayBuffer) || mediaProblem(body, number, settings.stream.segmentMs) !== null
  );
}

function edgeAfter(edges: readonly Edge[], failures: number): Edge {
  return edges[failures % edges.length] as Edge;
}

/** One attempt; `problem` is the outcome if there is nothing to answer. */
interface Attempt {
  readonly answer: Answer | null;
  readonly number: number;
  readonly problem: "lost" | "wrong";
}

function ask(
  wish: Wish,
  edge: Edge,
  how: { readonly timeoutMs: number; readonly binary: boolean },
): Attempt {
  const { lane, rendition, number, back } = wish;
  if (settings.stream.source === undefined)
    return {
      answer: http.get(edge.url + segmentPath(settings.stream, rendition, number), {
        tags: { lane, entry: edge.name },
        timeout: how.timeoutMs,
        ...hostOf(edge),
        ...(how.binary ? { responseType: "binary" } : {}),
      }),
      number,
      problem: "lost",
    };
  const { answer, segment, unreadable } = getListed({ edge, lane, rendition, back, ...how });
  const isPlaylist = segment === undefined && answer !== null && isWhole(answer);
  return {
    answer: isPlaylist ? null : answer,
    number: segment?.sequence ?? 0,
    problem: unreadable === true ? "wrong" : "lost",
  };
}

/**
 * A refusal for capacity. It is the same everywhere, and another edge would only spread the
 * overload. A target without reasons sheds with 503.
 */
function isShed({ status, headers }: Answer): boolean {
  return status === 503 && (headers["X-Answer"] ?? "shed") === "shed";
}

/**
 * No connection, no answer in time, a truncated answer, or a failure of the edge itself. "Not there
 * yet" is none of these.
 */
function isBroken(answer: Answer): boolean {
  return answer.status < 400 || (answer.status >= 500 && !isShed(answer));
}

/** A shed answer says how long it stays valid. An earlier retry is pointless. */
function adviceMs(answer: Answer): number {
  const seconds = /max-age=(\d+)/.exec(answer.headers["Cache-Control"] ?? "")?.[1];
  return isShed(answer) && seconds !== undefined ? Number(seconds) * 1000 : retryMs;
}
