/**
 * One GET that is identical to a user's on the wire: the headers of k6, in its order, and no
 * others.
 */
import type { Agent, IncomingHttpHeaders } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";
import { type Endpoint, hostOf } from "../target/layout.ts";
import { requestTo } from "./http-request.ts";

/** The user agent of k6; `userAgent` in the workloads' settings is the same. */
export const userAgent = "seawall-user";

/** A larger body is cut off, and counts as broken off. */
const bodyBytesMax = 64 * 1024 * 1024;

export interface Fetched {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As received, before any decoding; null if it broke off. */
  readonly body: Buffer | null;
}

export interface FetchOptions {
  /** For the whole exchange. */
  readonly timeoutMs: number;
  /** False: a new connection. */
  readonly agent: Agent | false;
  readonly signal: AbortSignal;
  /** Such as the token of a session. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of what is no media; a larger body is cut off. */
  readonly bytesMax?: number;
}

/** Rejects if there is no answer in time. */
export function fetchBody(
  endpoint: Endpoint,
  path: string,
  { timeoutMs, agent, signal: ended, headers: own, bytesMax = bodyBytesMax }: FetchOptions,
): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ended]);
    // The order of Go's net/http. A Connection header would distinguish the prober from users.
    const headers = {
      Host: endpoint.access?.hostHeader ?? hostOf(endpoint),
      "User-Agent": userAgent,
      ...own,
    };
    const outgoing = requestTo(endpoint, { path, agent, headers, signal }, (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on("data", (part: Buffer) => {
        bytes += part.length;
        if (bytes > bytesMax) response.destroy(new Error(`it has more than ${bytesMax} bytes`));
        else parts.push(part);
      });
      response.once("end", () =>
        resolve({ status, headers: answered, body: Buffer.concat(parts) }),
      );
      response.once("error", (error) =>
        signal.aborted ? reject(error) : resolve({ status, headers: answered, body: null }),
      );
    });
    outgoing.removeHeader("Connection");
    outgoing.once("error", reject);
    outgoing.end();
  });
}

/** A body of a few bytes can stand for gigabytes. */
const decodedBytesMax = 256 * 1024 * 1024;

const decoders = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

/**
 * Undoes the content encoding, outermost first; null if decoding fails, if an encoding is unknown,
 * or if the result is larger than `bytesMax`.
 */
export async function decoded(
  body: Buffer,
  contentEncoding: string | undefined,
  bytesMax = decodedBytesMax,
): Promise<Buffer | null> {
  const codings = (contentEncoding ?? "")
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
  let bytes = body;
  for (const coding of codings.toReversed()) {
    const decoder = Object.hasOwn(decoders, coding)
      ? decoders[coding as keyof typeof decoders]
      : undefined;
    if (decoder === undefined) return null;
    try {
      bytes = await decoder(bytes, { maxOutputLength: bytesMax });
    } catch {
      return null;
    }
  }
  return bytes;
}
