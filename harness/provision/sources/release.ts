/**
 * Downloads the release that a project publishes, and checks it against the checksum file published beside it. That shows a download cut
 * short or altered on the way. It does not show a release replaced at its source together with its checksums: the registries' pinned
 * checksums (go.sum, jars.sha256) would.
 */

import { createHash } from "node:crypto";
import { lookup } from "node:dns/promises";
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, mkdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { arch } from "node:os";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { runWell } from "../child.ts";
import { type PartName, type Place, type Recipe, Rejected } from "../recipe.ts";
import { cassandraVersion, placeOfJars } from "../tools/cassandra.ts";
import { k6Version } from "../tools/k6.ts";
import { placeOfProgram } from "../tools/program.ts";
import { toxiproxyVersion } from "../tools/toxiproxy.ts";
import type { BuildContext, Source } from "./source.ts";

const connectTimeoutMs = 3_000;
const stallTimeoutMs = 30_000;

interface Release {
  readonly url: string;
  readonly checksumUrl: string;
  readonly algorithm: "sha256" | "sha512";
  /** Where the tool lies in a folder that the file was unpacked or put into. */
  readonly place: (folder: string) => Place;
}

export const release: Source = {
  kind: "download",
  title: "the official release",
  oneByOne: true,
  obstacle: () => (process.platform === "linux" && machine() !== undefined ? undefined : `no release for ${process.platform} ${arch()}`),

  async build(recipes, context) {
    const places = new Map<PartName, Place>();
    for (const recipe of recipes) {
      const found = releaseOf(recipe);
      if (found === undefined) throw new Rejected(`no release for ${process.platform} ${arch()}`);
      await reach(new URL(found.url).hostname, context);
      context.say("downloading the official release");
      const file = join(context.staging, new URL(found.url).pathname.split("/").at(-1) ?? recipe.name);
      const expected = checksumFor(file, await text(found.checksumUrl, context));
      const actual = await download(found, file, context);
      if (actual !== expected) throw new Rejected(`${found.url} differs from its published checksum`);
      places.set(recipe.name, found.place(await unpacked(file, context)));
    }
    return places;
  },
};

function releaseOf({ name }: Recipe): Release | undefined {
  const kind = machine();
  if (process.platform !== "linux" || kind === undefined) return undefined;
  if (name === "k6") {
    const base = `https://github.com/grafana/k6/releases/download/v${k6Version}/k6-v${k6Version}`;
    return {
      url: `${base}-linux-${kind}.tar.gz`, checksumUrl: `${base}-checksums.txt`, algorithm: "sha256",
      place: (folder) => placeOfProgram(join(folder, `k6-v${k6Version}-linux-${kind}`, "k6")),
    };
  }
  if (name === "toxiproxy") {
    const base = `https://github.com/Shopify/toxiproxy/releases/download/v${toxiproxyVersion}`;
    return {
      url: `${base}/toxiproxy-server-linux-${kind}`, checksumUrl: `${base}/checksums.txt`, algorithm: "sha256",
      place: (folder) => placeOfProgram(join(folder, `toxiproxy-server-linux-${kind}`)),
    };
  }
  if (name === "cassandra") {
    const url = `https://archive.apache.org/dist/cassandra/${cassandraVersion}/apache-cassandra-${cassandraVersion}-bin.tar.gz`;
    return {
      url, checksumUrl: `${url}.sha512`, algorithm: "sha512",
      place: (folder) => placeOfJars(join(folder, `apache-cassandra-${cassandraVersion}`)),
    };
  }
  return undefined;
}

function machine(): "amd64" | "arm64" | undefined {
  return ({ x64: "amd64", arm64: "arm64" } as const)[arch() as "x64" | "arm64"];
}

/** Finds out within three seconds whether a host answers at all, once: a closed network must not cost a time-out for each tool. */
async function reach(host: string, { unreachable, signal }: BuildContext): Promise<void> {
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
  const waiting = AbortSignal.any([AbortSignal.timeout(connectTimeoutMs), ...(signal ? [signal] : [])]);
  const socket = connect({ host: address, port: 443, signal: waiting });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", (error) => reject(waiting.aborted && !signal?.aborted ? Object.assign(error, { code: "time-out" }) : error));
    });
  } finally {
    socket.destroy();
  }
}

/** The sum that the published file gives for this file; Apache's files hold one bare sum. */
export function checksumFor(file: string, published: string): string {
  const name = file.split("/").at(-1) ?? file;
  const lines = published.split("\n").map((line) => line.trim().split(/\s+/));
  const line = lines.find(([, listed]) => listed?.replace(/^\*/, "") === name) ?? lines.find((words, index) => index === 0 && words.length === 1);
  const sum = line?.[0]?.toLowerCase();
  if (sum === undefined || !/^[0-9a-f]{64,128}$/.test(sum)) throw new Rejected(`its published checksums do not name ${name}`);
  return sum;
}

async function text(url: string, { signal }: BuildContext): Promise<string> {
  const limit = AbortSignal.any([AbortSignal.timeout(stallTimeoutMs), ...(signal ? [signal] : [])]);
  return (await get(url, limit, signal)).text();
}

/** Streams the file to disk; returns its checksum. */
async function download({ url, algorithm }: Release, file: string, { signal, say }: BuildContext): Promise<string> {
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
    await pipeline(Readable.fromWeb(response.body), meter, createWriteStream(file), { signal: limit });
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

async function get(url: string, limit: AbortSignal, signal: AbortSignal | undefined): Promise<Response> {
  const response = await fetch(url, { signal: limit }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new Rejected(`${url} cannot be fetched`, cause);
  });
  if (!response.ok) throw new Rejected(`${url} answers ${response.status}`);
  return response;
}

async function unpacked(file: string, { env, signal, staging }: BuildContext): Promise<string> {
  if (!file.endsWith(".tar.gz")) {
    await chmod(file, 0o755);
    return staging;
  }
  const folder = join(staging, "release");
  await mkdir(folder);
  await runWell("tar", ["-xzf", file, "-C", folder], { env, signal });
  await rm(file);
  return folder;
}
