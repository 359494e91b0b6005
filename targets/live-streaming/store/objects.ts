/**
 * The store on the object store. A chunk is an object. A publication is an empty object whose key
 * holds all its fields, so that one listing returns them. A request for each would be throttled
 * long before a storm.
 */
import type { Publication } from "../stream/candidate.ts";
import { Agent, request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { pageKeys } from "../object-store/bucket.ts";
import type { EndpointSettings } from "../service/configuration.ts";
import { type Log, reason } from "../service/log.ts";
import { parseDefects } from "../stream/candidate.ts";
import type { Leaf } from "../stream/address.ts";
import { parseToken } from "../stream/token.ts";
import type { Store } from "./store.ts";

/**
 * Like the client libraries of object stores: a throttled request is retried, with a growing pause.
 */
const attemptsMax = 3;
const backoffMs = 100;
const answerMsMax = 5_000;

/** `onRefused` is called for each throttled request, whatever the retries return. */
export async function connectObjects(
  at: EndpointSettings,
  log: Log,
  signal: AbortSignal,
  onRefused: () => void,
): Promise<Store> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const ask = asking(at, agent);
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    const ready = await ask("GET", "/health/ready").catch((error: unknown) => ({
      status: 0,
      body: Buffer.from(reason(error)),
    }));
    if (ready.status === 200) return createStore(ask, onRefused, () => agent.destroy());
    if (attempt % 20 === 0) log("waiting for the store", { reason: ready.body.toString() });
    await sleep(300, undefined, { signal });
  }
}

type Ask = (
  method: "GET" | "PUT",
  path: string,
  body?: Buffer,
) => Promise<{ readonly status: number; readonly body: Buffer }>;

function asking({ host, port }: EndpointSettings, agent: Agent): Ask {
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { "content-length": body.length };
      const request = httpRequest(
        { host, port, agent, method, path, headers, signal: AbortSignal.timeout(answerMsMax) },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("error", reject);
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }),
          );
        },
      );
      request.on("error", reject);
      request.end(body);
    });
}

function createStore(ask: Ask, onRefused: () => void, close: () => void): Store {
  const patiently: Ask = async (method, path, body) => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await ask(method, path, body);
      if (answer.status === 200 || answer.status === 404) return answer;
      if (answer.status === 503) onRefused();
      if (answer.status !== 503 || attempt === attemptsMax)
        throw new Error(
          `the object store answered ${answer.status} ${answer.body.toString().trim()}`,
        );
      await sleep(backoffMs * 2 ** (attempt - 1));
    }
  };
  /** Keys after `after` up to `until`. */
  const list = async (prefix: string, after: string, until: string): Promise<string[]> => {
    const found: string[] = [];
    for (let from = after; ; ) {
      const { body } = await patiently(
        "GET",
        `/keys?prefix=${encodeURIComponent(prefix)}&after=${encodeURIComponent(from)}`,
      );
      const keys = (JSON.parse(body.toString()) as unknown[]).filter(
        (key): key is string => typeof key === "string",
      );
      found.push(...keys.filter((key) => key <= until));
      const last = keys.at(-1);
      if (last === undefined || last > until || keys.length < pageKeys) return found;
      from = last;
    }
  };
  const publications = async (
    prefix: string,
    after: string,
    until: string,
  ): Promise<Publication[]> =>
    newest((await list(prefix, after, until)).flatMap((key) => parsePublicationKey(key) ?? []));
  return {
    async writeChunk(leaf, token, index, body) {
      await patiently("PUT", `/objects/${chunkPath(leaf, token, index)}`, body);
    },
    async writePublication(publication) {
      await patiently("PUT", `/objects/${publicationKey(publication)}`, Buffer.alloc(0));
    },
    async readChunk(leaf, token, index) {
      const { status, body } = await patiently("GET", `/objects/${chunkPath(leaf, token, index)}`);
      return status === 200 ? body : null;
    },
    readPublications: (leaf) => publications(`${leafPath("publication", leaf)}/`, "", "~"),
    readRange(event, rendition, from, to) {
      const path = (number: number): string =>
        leafPath("publication", { event, rendition, number });
      return publications(
        `${event}/publication/${rendition}/`,
        `${path(Math.max(0, from))}/`,
        `${path(to)}/~`,
      );
    },
    async writeDirective({ event, id, version, body }) {
      const encoded = Buffer.from(id).toString("base64url");
      const key = `${event}/directive/${encoded}/${String(version).padStart(16, "0")}`;
      await patiently("PUT", `/objects/${key}`, Buffer.from(body));
    },
    async readDirectives(event) {
      // In order of versions, so that the last of an id counts.
      const latest = new Map(
        (await list(`${event}/directive/`, "", "~")).map((key) => [key.split("/")[2] ?? "", key]),
      );
      return await Promise.all(
        [...latest].map(async ([encoded, key]) => {
          const { body } = await patiently("GET", `/objects/${key}`);
          return {
            event,
            id: Buffer.from(encoded, "base64url").toString(),
            version: Number(key.split("/")[3]),
            body: body.toString(),
          };
        }),
      );
    },
    close: async () => close(),
  };
}

/**
 * Numbers at fixed width, so that keys sort by segment. −1 is "timeless", which sorts after them.
 */
function leafPath(kind: "chunk" | "publication", { event, rendition, number }: Leaf): string {
  const name = number < 0 ? "timeless" : String(number).padStart(12, "0");
  return `${event}/${kind}/${rendition}/${name}`;
}

function chunkPath(leaf: Leaf, token: string, index: number): string {
  return `${leafPath("chunk", leaf)}/${token}/${index}`;
}

export function publicationKey(row: Publication): string {
  const { pipeline, token, sha256, bytes, defects, publishedAtMs } = row;
  const fields = [token, sha256, bytes, defects.join("_"), publishedAtMs].join("~");
  return `${leafPath("publication", row)}/${pipeline}/${fields}`;
}

/** Null for any other key. */
export function parsePublicationKey(key: string): Publication | null {
  const [event, kind, rendition, number, pipeline, facts] = key.split("/");
  const [token, sha256, bytes, defectText, publishedAt] = facts?.split("~") ?? [];
  const defects = parseDefects((defectText ?? "").replaceAll("_", ","));
  if (
    kind !== "publication" ||
    event === undefined ||
    rendition === undefined ||
    number === undefined ||
    pipeline === undefined
  )
    return null;
  if (token === undefined || parseToken(token) === null || sha256 === undefined || defects === null)
    return null;
  return {
    event,
    rendition,
    number: number === "timeless" ? -1 : Number(number),
    pipeline,
    token,
    sha256,
    bytes: Number(bytes),
    defects,
    publishedAtMs: Number(publishedAt),
  };
}

/**
 * The publication with the latest token of each pipeline and segment. Objects are added, never
 * overwritten.
 */
function newest(publications: readonly Publication[]): Publication[] {
  const latest = new Map<string, Publication>();
  for (const each of publications) {
    const key = `${each.rendition}/${each.number}/${each.pipeline}`;
    const before = latest.get(key);
    if (before === undefined || before.token < each.token) latest.set(key, each);
  }
  return [...latest.values()];
}
