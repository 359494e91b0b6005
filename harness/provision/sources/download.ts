/** Downloads files over https, with short timeouts for closed networks and stalled hosts. */

import { createHash } from "node:crypto";
import { lookup } from "node:dns/promises";
import { createReadStream, createWriteStream } from "node:fs";
import { connect } from "node:net";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Rejected } from "../recipe.ts";
import type { BuildContext } from "./source.ts";

const connectTimeoutMs = 3_000;
const stallTimeoutMs = 30_000;

/**
 * Checks once, within three seconds, whether a host answers: a closed network must not cost a
 * timeout per tool.
 */
export async function reach(host: string, { unreachable, signal }: BuildContext): Promise<void> {
  const known = unreachable.get(host);
  if (known !== undefined) throw new Rejected(known);
  try {
    const { address } = await lookup(host);
    await connects(address, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const reason = `${host} does not answer (${code})`;
    unreachable.set(host, reason);
    throw new Rejected(reason, error);
  }
}

async function connects(address: string, signal: AbortSignal | undefined): Promise<void> {
  const waiting = AbortSignal.any([
    AbortSignal.timeout(connectTimeoutMs),
    ...(signal ? [signal] : []),
  ]);
  const socket = connect({ host: address, port: 443, signal: waiting });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", (error) =>
        reject(
          waiting.aborted && !signal?.aborted ? Object.assign(error, { code: "time-out" }) : error,
        ),
      );
    });
  } finally {
    socket.destroy();
  }
}

/** The checksum of this file in a published checksum file; Apache's contain a single bare sum. */
export function checksumFor(file: string, published: string): string {
  const name = file.split("/").at(-1) ?? file;
  const lines = published.split("\n").map((line) => line.trim().split(/\s+/));
  const line =
    lines.find(([, listed]) => listed?.replace(/^\*/, "") === name) ??
    lines.find((words, index) => index === 0 && words.length === 1);
  const sum = line?.[0]?.toLowerCase();
  if (sum === undefined || !/^[0-9a-f]{64,128}$/.test(sum))
    throw new Rejected(`its published checksums do not name ${name}`);
  return sum;
}

/** The text at a URL. */
export async function text(url: string, { signal }: BuildContext): Promise<string> {
  const limit = AbortSignal.any([AbortSignal.timeout(stallTimeoutMs), ...(signal ? [signal] : [])]);
  return (await get(url, limit, signal)).text();
}

/** Streams the content of a URL to `file`; returns its checksum. */
export async function download(
  url: string,
  algorithm: "sha256" | "sha512",
  file: string,
  { signal, say }: BuildContext,
): Promise<string> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Rejected(`${url} stalled`)), stallTimeoutMs);
  const limit = AbortSignal.any([stalled.signal, ...(signal ? [signal] : [])]);
  try {
    const response = await get(url, limit, signal);
    if (response.body === null) throw new Rejected(`${url} is empty`);
    let bytes = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        timer.refresh();
        bytes += chunk.length;
        say("downloading the official release", `${(bytes / 1e6).toFixed(0)} MB`);
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), meter, createWriteStream(file), {
      signal: limit,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof Rejected ? error : new Rejected(`${url}: ${String(error)}`, error);
  } finally {
    clearTimeout(timer);
  }
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

async function get(
  url: string,
  limit: AbortSignal,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const response = await fetch(url, { signal: limit }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new Rejected(`${url} cannot be fetched`, cause);
  });
  if (!response.ok) throw new Rejected(`${url} answers ${response.status}`);
  return response;
}
