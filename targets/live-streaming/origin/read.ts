/**
 * Serves a GET: class and admission first, then the answer, then the chunks, each written straight
 * to the response.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { once } from "node:events";
import { type Handler, pathOf, reply } from "../service/server.ts";
import { type Address, contentType, type Leaf, leafOf, parseAddress } from "../stream/address.ts";
import { isLive, publishAtMs } from "../stream/template.ts";
import { type Answer, answer, answerNow, type AnswerParts, visible } from "./answer.ts";
import { type Candidate, leastBad, rank } from "../stream/candidate.ts";
import { ttlMsMin } from "./decide.ts";
import {
  type ChunkReader,
  NoRoom,
  type OpenSegment,
  openSegment,
  StoreSilent,
} from "./chunk-reader.ts";
import type { Claim } from "./concurrency.ts";
import { replicationMsMax, unreadableRetryMs, unreadableTriesMax } from "./read-retries.ts";
import {
  admittedPriorityMax,
  dvrPriority,
  priorities,
  prioritiesMax,
  type StoreLoad,
} from "./shedding.ts";
import type { Lane, Outcome, Telemetry } from "./telemetry.ts";

export interface ReadParts extends AnswerParts {
  readonly event: string;
  readonly renditions: readonly string[];
  readonly chunks: ChunkReader;
  /** Bypasses the chunk cache, for a read-back of the store. */
  readonly stored: ChunkReader;
  readonly storeLoad: StoreLoad;
  readonly telemetry: Telemetry;
  readonly negativeCache: boolean;
  readonly priorityShedding: boolean;
  readonly notifications: boolean;
}

/** How long a cache may keep each kind of answer. */
const servedTtlMs = 600_000;
const flaggedTtlMs = 1_000;
const startTtlMs = 60_000;
const unknownTtlMs = 60_000;
const goneTtlMs = 60_000;
export const shedMaxAgeSeconds = 5;

export function createReader(parts: ReadParts): Handler {
  return (request, response) => {
    const asked = parseAddress(pathOf(request));
    const lane =
      asked === null || asked.pipeline !== null ? "junk" : laneOf(asked.address, parts.nowMs());
    if (asked === null || !exists(parts, asked.address))
      return parts.telemetry.request(lane, absent(parts, response, 404, "unknown", unknownTtlMs));
    const { address, pipeline } = asked;
    if (isShed(parts, lane, address)) return parts.telemetry.request(lane, shed(response));
    const leaf = leafOf(address);
    // An answer from memory allocates nothing for waiting. A storm for absent segments costs little
    // more than the replies.
    const now = answerNow(parts, { leaf, pipeline });
    if (now !== null && now.kind !== "serve")
      return parts.telemetry.request(lane, absence(parts, response, now));
    return respond(
      parts,
      { request, response, address, leaf, pipeline, claim: lane === "dvr" ? "dvr" : "live" },
      now,
    ).then((outcome) => parts.telemetry.request(lane, outcome));
  };
}

async function respond(parts: ReadParts, exchange: Exchange, now: Answer | null): Promise<Outcome> {
  const left = new AbortController();
  exchange.response.once("close", () => left.abort());
  try {
    const found =
      now ??
      (await answer(parts, {
        leaf: exchange.leaf,
        pipeline: exchange.pipeline,
        signal: left.signal,
      }));
    return await (found.kind === "serve"
      ? serve(parts, exchange, found.candidates)
      : absence(parts, exchange.response, found));
  } catch (error) {
    if (!(error instanceof StoreSilent) || exchange.response.headersSent) throw error;
    reply(exchange.response, 503, "the store could not be asked\n", { "x-answer": "failed" });
    return "failed";
  }
}

function absence(
  parts: ReadParts,
  response: ServerResponse,
  found: Exclude<Answer, { kind: "serve" }>,
): Outcome {
  switch (found.kind) {
    case "aborted":
      return "aborted";
    case "early":
    case "missing":
      return absent(parts, response, 404, found.kind, found.ttlMs);
    case "gone":
      return absent(parts, response, 410, "gone", goneTtlMs);
  }
}

function isShed(parts: ReadParts, lane: Lane, address: Address): boolean {
  if (!parts.priorityShedding) return false;
  const admittedMax = admittedPriorityMax(parts.storeLoad.slowness(parts.nowMs()));
  return admittedMax < prioritiesMax && priorityOf(lane, address) > admittedMax;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: Address;
  readonly leaf: Leaf;
  readonly pipeline: string | null;
  readonly claim: Claim;
}

async function serve(
  parts: ReadParts,
  exchange: Exchange,
  candidates: readonly Candidate[],
): Promise<Outcome> {
  const { request, response, address } = exchange;
  const opened = await openPatiently(parts, exchange, candidates).catch((error: unknown) => {
    if (error instanceof NoRoom) return "noRoom" as const;
    throw error;
  });
  if (opened === "noRoom") return shed(response);
  if (opened === null) {
    reply(response, 502, "no copy can be read\n", { "x-answer": "unreadable" });
    return "failed";
  }
  const { candidate, chunks } = opened;
  const flagged = candidate.defects.length > 0;
  if (flagged) parts.telemetry.defective();
  // A whole candidate may still arrive, so a defective one gets a short lifetime.
  const ttlMs = flagged
    ? flaggedTtlMs
    : address.kind === "segment"
      ? segmentTtlMs(parts, address.number)
      : startTtlMs;
  response.writeHead(200, {
    "content-type": contentType(address),
    "content-length": candidate.bytes,
    "cache-control": `max-age=${Math.floor(ttlMs / 1000)}`,
    "x-ttl-ms": ttlMs,
    "x-segment-sha256": candidate.sha256,
    "x-pipeline": candidate.pipeline,
    ...(flagged ? { "x-defects": candidate.defects.join(",") } : {}),
    ...notificationHeaders(parts, address),
  });
  if (request.method === "HEAD") {
    response.end();
    return "served";
  }
  return send(response, chunks);
}

/** No copy outlives the DVR window. */
function segmentTtlMs(parts: ReadParts, number: number): number {
  return Math.max(
    ttlMsMin,
    Math.min(servedTtlMs, publishAtMs(number + parts.dvrWindowSegments) - parts.nowMs()),
  );
}

async function send(response: ServerResponse, chunks: OpenSegment["chunks"]): Promise<Outcome> {
  try {
    for await (const chunk of chunks) {
      if (response.destroyed) return "aborted";
      if (!response.write(chunk))
        await Promise.race([once(response, "drain"), once(response, "close")]);
    }
  } catch {
    // The length was declared, so only closing the connection can signal an incomplete segment.
    response.destroy();
    return "failed";
  }
  response.end();
  return "served";
}

/**
 * Another region's announcement arrives before its chunks. So an unreadable segment that was
 * published a moment ago is retried with the candidates known by then. A defective copy at hand is
 * used only if the whole one does not arrive.
 */
async function openPatiently(
  parts: ReadParts,
  { response, leaf, pipeline, claim }: Exchange,
  candidates: readonly Candidate[],
): Promise<OpenSegment | null> {
  const open = (from: readonly Candidate[]): Promise<OpenSegment | null> =>
    openSegment(
      pipeline === null ? parts.chunks : parts.stored,
      leaf,
      rank(from, parts.pipelines, parts.candidateSelection),
      claim,
    );
  const known = (): readonly Candidate[] => {
    const now = visible(parts, { leaf, pipeline });
    return now.length > 0 ? now : candidates;
  };
  if (!candidates.some(({ publishedAtMs }) => parts.nowMs() - publishedAtMs < replicationMsMax))
    return open(candidates);
  const settled = new AbortController();
  const news = (waitMs: number): Promise<boolean> =>
    parts.metadata.published(leaf, waitMs, settled.signal);
  try {
    const best = (): readonly Candidate[] =>
      parts.candidateSelection ? leastBad(known()) : known();
    for (let tries = 0; ; tries += 1) {
      const opened = await openFirst(
        () => open(tries < unreadableTriesMax ? best() : known()),
        news,
      );
      if (opened !== null || tries === unreadableTriesMax || response.destroyed) return opened;
      await news(unreadableRetryMs);
    }
  } finally {
    settled.abort();
  }
}

/**
 * The known copy may still be in a slow store when the own region's copy arrives. Then both are
 * opened, and the first readable one is used.
 */
async function openFirst(
  open: () => Promise<OpenSegment | null>,
  news: (waitMs: number) => Promise<boolean>,
): Promise<OpenSegment | null> {
  const found = async (opening: Promise<OpenSegment | null>): Promise<OpenSegment> => {
    const opened = await opening;
    if (opened === null) throw new Error("not readable");
    return opened;
  };
  const first = open();
  const second = Promise.race([news(replicationMsMax), first.then(() => false)]).then((heard) =>
    heard ? open() : first,
  );
  return Promise.any([found(first), found(second)]).catch((failed: AggregateError) => {
    const full = failed.errors.find(
      (error) => error instanceof NoRoom || error instanceof StoreSilent,
    );
    if (full !== undefined) throw full;
    return null;
  });
}

/** All notifications up to this segment, or, without the defence, those of this segment only. */
function notificationHeaders(parts: ReadParts, address: Address): Readonly<Record<string, string>> {
  if (address.kind !== "segment") return {};
  const notifications = parts.directives.notificationsAt(address.number);
  return notifications === null || (!parts.notifications && notifications.from !== address.number)
    ? {}
    : {
        "x-notifications-version": String(notifications.version),
        "x-notifications": notifications.text,
      };
}

function shed(response: ServerResponse): Outcome {
  reply(response, 503, "shed\n", {
    "x-answer": "shed",
    "cache-control": `max-age=${shedMaxAgeSeconds}`,
  });
  return "shed";
}

function absent(
  parts: ReadParts,
  response: ServerResponse,
  status: 404 | 410,
  why: string,
  ttlMs: number,
): Outcome {
  const body = `${why}\n`;
  // Node writes names and values in one list fastest. All are ASCII.
  const headers = [
    "content-type",
    "text/plain; charset=utf-8",
    "content-length",
    String(body.length),
    "x-answer",
    why,
  ];
  if (parts.negativeCache)
    headers.push(
      "x-ttl-ms",
      String(Math.floor(ttlMs)),
      "cache-control",
      `max-age=${Math.floor(ttlMs / 1000)}`,
    );
  else headers.push("cache-control", "no-store");
  response.writeHead(status, headers);
  response.end(body);
  return status === 410 ? "gone" : "not_found";
}

function exists(parts: ReadParts, address: Address): boolean {
  return (
    address.event === parts.event &&
    (address.kind === "manifest" || parts.renditions.includes(address.rendition))
  );
}

function laneOf(address: Address, nowMs: number): Lane {
  if (address.kind !== "segment") return "start";
  return isLive(address.number, nowMs) ? "live" : "dvr";
}

function priorityOf(lane: Lane, address: Address): number {
  if (lane === "dvr" && address.kind === "segment")
    return dvrPriority(address.rendition, address.number);
  return lane === "start" ? priorities.start : priorities.live;
}
