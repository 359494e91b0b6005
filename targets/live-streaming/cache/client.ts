/**
 * Chunks in memcached. A cache that is slow or gone must cost less than it saves: every command has
 * a short deadline, and after a failure it is left alone for a moment. Nothing here ever throws.
 */
import { MemcacheClient } from "memcache-client";
import type { EndpointSettings } from "../service/configuration.ts";

export interface ChunkCache {
  /** Null when it is not there, or when the cache does not answer in time. */
  get(key: string): Promise<Buffer | null>;
  set(key: string, body: Buffer): Promise<boolean>;
  close(): void;
}

/** The cache of an origin that has been told to go without one. */
export const noCache: ChunkCache = {
  get: async () => null,
  set: async () => false,
  close: () => undefined,
};

const commandDeadlineMs = 150;
const pauseAfterFailureMs = 500;
const keptSeconds = 3600;

/** Reads from the first, writes to all: each zone's readers have a cache of their own. */
export function connectCaches(
  at: readonly EndpointSettings[],
  nowMs: () => number,
  onFailure: (error: unknown) => void,
): ChunkCache {
  const caches = at.map((each) => connectCache(each, nowMs, onFailure));
  return {
    get: async (key) => (await caches[0]?.get(key)) ?? null,
    set: async (key, body) =>
      (await Promise.all(caches.map((cache) => cache.set(key, body)))).some(Boolean),
    close: () => {
      for (const cache of caches) cache.close();
    },
  };
}

export function connectCache(
  at: EndpointSettings,
  nowMs: () => number,
  onFailure: (error: unknown) => void,
): ChunkCache {
  const client = new MemcacheClient({
    server: { server: `${at.host}:${at.port}`, maxConnections: 4 },
    cmdTimeout: commandDeadlineMs,
    connectTimeout: commandDeadlineMs,
    keepDangleSocket: false,
    lifetime: keptSeconds,
    noDelay: true,
  });
  let pausedUntilMs = 0;
  const guarded = async <T>(command: () => Promise<T>, otherwise: T): Promise<T> => {
    if (nowMs() < pausedUntilMs) return otherwise;
    try {
      return await command();
    } catch (error) {
      onFailure(error);
      pausedUntilMs = nowMs() + pauseAfterFailureMs;
      return otherwise;
    }
  };
  return {
    get: (key) =>
      guarded(async () => {
        const found = await client.get<Buffer>(key);
        const value: unknown = found?.value;
        return Buffer.isBuffer(value) ? value : null;
      }, null),
    set: (key, body) =>
      guarded(async () => {
        await client.set(key, body, { lifetime: keptSeconds });
        return true;
      }, false),
    close: () => client.shutdown(),
  };
}
