/**
 * Chunks in memcached. A slow or absent cache must cost less than it saves. So each command has a
 * short deadline, and a failure suspends the cache for a moment. No call throws.
 */
import { MemcacheClient } from "memcache-client";
import type { EndpointSettings } from "../service/configuration.ts";

export interface ChunkCache {
  /** Null if the chunk is absent or the cache does not answer in time. */
  get(key: string): Promise<Buffer | null>;
  set(key: string, body: Buffer): Promise<boolean>;
  close(): void;
}

/** The cache of an origin that is configured to run without one. */
export const noCache: ChunkCache = {
  get: async () => null,
  set: async () => false,
  close: () => undefined,
};

const commandDeadlineMs = 150;
const pauseAfterFailureMs = 500;
const keptSeconds = 3600;

/** Reads from the first cache and writes to all, because each zone's readers have their own. */
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
