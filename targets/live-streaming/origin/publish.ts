/**
 * Accepts a PUT: validates and reads it, writes the chunks, and only then the metadata row, from
 * which moment the segment exists. A crash before that leaves nothing visible. A replay of the same
 * token changes nothing.
 */
import type { Publication } from "../stream/candidate.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ChunkCache } from "../cache/client.ts";
import { continueIfAsked, header, pathOf, reply } from "../service/server.ts";
import { type Log, reason } from "../service/log.ts";
import { chunkKey, split } from "../store/chunk.ts";
import type { Store } from "../store/store.ts";
import { discardBody, readBody } from "./body.ts";
import type { Metadata } from "./metadata.ts";
import {
  checkPublication,
  segmentBytesMax,
  type PublicationRequest,
  type PublicationRules,
} from "./publication-request.ts";
import type { Outcome, Telemetry } from "./telemetry.ts";

export interface PublishParts {
  readonly rules: Omit<PublicationRules, "nowMs">;
  /** Null until the store is connected. */
  readonly store: () => Store | null;
  readonly cache: ChunkCache;
  readonly metadata: Metadata;
  readonly announce: (publication: Publication) => void;
  readonly telemetry: Telemetry;
  readonly log: Log;
  readonly nowMs: () => number;
}

type Put = { readonly status: number; readonly text: string; readonly outcome: Outcome };

/** Bytes of bodies in memory, over all requests. Beyond it a packager has to retry. */
const inFlightBytesMax = 96 * 1024 * 1024;
/**
 * A PUT slower than 500 ms is a bug, and a packager abandons an attempt after 1 s. Nothing waits
 * for a slower body.
 */
const bodyWithinMs = 2_000;

export function createPublisher(
  parts: PublishParts,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let inFlightBytes = 0;
  const underWay = new Map<string, Promise<Put>>();

  const put = async (request: IncomingMessage, response: ServerResponse): Promise<Put> => {
    const checked = checkPublication(pathOf(request), (name) => header(request, name), {
      ...parts.rules,
      nowMs: parts.nowMs(),
    });
    if (!checked.ok) return { status: checked.status, text: checked.problem, outcome: "rejected" };
    const wanted = checked.request;
    const known = parts.metadata
      .candidates(wanted.leaf)
      .find(({ pipeline }) => pipeline === wanted.pipeline);
    if (known?.token === wanted.token) return replayed;
    if (known !== undefined && known.token > wanted.token)
      return { status: 409, text: "a later token was published", outcome: "rejected" };
    const store = parts.store();
    if (store === null)
      return { status: 503, text: "the store is not connected", outcome: "failed" };
    continueIfAsked(request, response);
    let held = 0;
    const take = (bytes: number): boolean => {
      if (inFlightBytes + bytes > inFlightBytesMax) return false;
      inFlightBytes += bytes;
      held += bytes;
      return true;
    };
    try {
      const body = await readBody(request, wanted.bytes, { withinMs: bodyWithinMs, take });
      if (!body.ok) return bodyRefusals[body.problem];
      if (body.sha256 !== wanted.sha256)
        return { status: 422, text: "body does not have this sha256", outcome: "rejected" };
      // A retry may overtake its own first attempt. Both then share one write.
      const writing =
        underWay.get(wanted.token) ??
        write(store, wanted, body.bytes).finally(() => underWay.delete(wanted.token));
      underWay.set(wanted.token, writing);
      return await writing;
    } finally {
      inFlightBytes -= held;
    }
  };

  const write = async (store: Store, wanted: PublicationRequest, body: Buffer): Promise<Put> => {
    const { leaf, token } = wanted;
    const publication: Publication = {
      ...leaf,
      pipeline: wanted.pipeline,
      token,
      sha256: wanted.sha256,
      bytes: wanted.bytes,
      defects: wanted.defects,
      publishedAtMs: parts.nowMs(),
    };
    const cached: Promise<boolean>[] = [];
    try {
      await Promise.all(
        split(body).map((chunk, index) => {
          cached.push(parts.cache.set(chunkKey(token, index), chunk));
          return store.writeChunk(leaf, token, index, chunk);
        }),
      );
      await store.writePublication(publication);
    } catch (error) {
      parts.log("publication failed", { ...leaf, reason: reason(error) });
      return { status: 503, text: "the store did not take it", outcome: "failed" };
    }
    // The first reads follow the announcement, and should find the chunks in memory.
    await Promise.all(cached);
    if (parts.metadata.add(publication)) parts.announce(publication);
    return { status: 200, text: "published", outcome: "served" };
  };

  return async (request, response) => {
    const startedMs = performance.now();
    const { status, text, outcome } = await put(request, response);
    parts.telemetry.request("publish", outcome);
    if (status === 200) parts.telemetry.publish(performance.now() - startedMs);
    const read =
      request.complete || (isUnbegun(request) && (await discardBody(request, bodyWithinMs / 2)));
    reply(response, status, `${text}\n`, read ? {} : { connection: "close" });
  };
}

/**
 * A short body is read even if its head is refused, or the refusal would be lost in a reset. Any
 * other body ends with its connection.
 */
function isUnbegun(request: IncomingMessage): boolean {
  return (
    request.readableFlowing === null &&
    request.headers.expect === undefined &&
    Number(header(request, "content-length") ?? Infinity) <= segmentBytesMax
  );
}

const bodyRefusals = {
  tooLong: { status: 400, text: "body is longer than its content-length", outcome: "rejected" },
  cutShort: { status: 400, text: "body is cut short", outcome: "rejected" },
  tooSlow: { status: 408, text: `body took over ${bodyWithinMs} ms`, outcome: "rejected" },
  noRoom: { status: 503, text: "too much in flight", outcome: "shed" },
} as const satisfies Readonly<Record<string, Put>>;

const replayed: Put = { status: 200, text: "published before", outcome: "served" };
