/**
 * Reads a segment's chunks: from memcached, else from the store, else from another pipeline's copy
 * of the same bytes.
 */
import type { ChunkCache } from "../cache/client.ts";
import type { Leaf } from "../stream/address.ts";
import { chunkCount, chunkKey, chunkLength } from "../store/chunk.ts";
import type { Store } from "../store/store.ts";
import type { Candidate } from "../stream/candidate.ts";
import type { Claim, Concurrency } from "./concurrency.ts";
import type { Telemetry } from "./telemetry.ts";

export interface ChunkReader {
  /**
   * Null if no source has it. Throws {@link NoRoom} when too many reads are open, and {@link
   * StoreSilent} if so configured.
   */
  read(leaf: Leaf, candidate: Candidate, index: number, claim: Claim): Promise<Buffer | null>;
}

/** The store did not answer, so it is unknown whether the chunk exists. */
export class StoreSilent extends Error {}

/** The origin limits itself: this request is to be refused, not queued. */
export class NoRoom extends Error {}

export function createChunkReader(
  store: () => Store | null,
  cache: ChunkCache,
  telemetry: Telemetry,
  concurrency: Concurrency,
  /** How to treat a store that does not answer. For viewers it is the same as an absent chunk. */
  whenSilent: "unreadable" | "throws" = "unreadable",
): ChunkReader {
  const underWay = new Map<string, Promise<Buffer | null>>();

  const readOnce = async (
    leaf: Leaf,
    candidate: Candidate,
    index: number,
    key: string,
  ): Promise<Buffer | null> => {
    const length = chunkLength(candidate.bytes, index);
    const cached = await cache.get(key);
    if (cached?.length === length) {
      telemetry.chunk("memcached");
      return cached;
    }
    const stored = await readStored(store(), leaf, candidate.token, index, whenSilent);
    if (stored?.length !== length) {
      telemetry.chunk("nowhere");
      return null;
    }
    telemetry.chunk("store");
    void cache.set(key, stored);
    return stored;
  };

  return {
    read(leaf, candidate, index, claim) {
      const key = chunkKey(candidate.token, index);
      // A thousand requests held for one segment want the same chunk at the same moment. One read
      // serves them all.
      const running = underWay.get(key);
      if (running !== undefined) return running;
      const end = concurrency.begin(claim);
      if (end === null) return Promise.reject(new NoRoom("too many reads under way"));
      const reading = readOnce(leaf, candidate, index, key).finally(() => {
        underWay.delete(key);
        end();
      });
      underWay.set(key, reading);
      return reading;
    },
  };
}

async function readStored(
  store: Store | null,
  leaf: Leaf,
  token: string,
  index: number,
  whenSilent: "unreadable" | "throws",
): Promise<Buffer | null> {
  try {
    if (store === null) throw new Error("there is no store yet");
    return await store.readChunk(leaf, token, index);
  } catch (error) {
    // Counted where the store's latency is measured.
    if (whenSilent === "throws")
      throw new StoreSilent("the store could not be asked", { cause: error });
    return null;
  }
}

export interface OpenSegment {
  readonly candidate: Candidate;
  readonly chunks: AsyncGenerator<Buffer, void, void>;
}

/** Opens the first candidate whose first chunk is readable. Null if none is. */
export async function openSegment(
  reader: ChunkReader,
  leaf: Leaf,
  candidates: readonly Candidate[],
  claim: Claim,
): Promise<OpenSegment | null> {
  for (const candidate of candidates) {
    const first = await reader.read(leaf, candidate, 0, claim);
    if (first === null) continue;
    // Epoch-locked pipelines make the same bytes, so a lost chunk can come from the other copy.
    const copies = [
      candidate,
      ...candidates.filter((other) => other !== candidate && other.sha256 === candidate.sha256),
    ];
    return { candidate, chunks: chunksOf(reader, leaf, copies, first) };
  }
  return null;
}

export class ChunkUnreadable extends Error {}

async function* chunksOf(
  reader: ChunkReader,
  leaf: Leaf,
  copies: readonly Candidate[],
  first: Buffer,
): AsyncGenerator<Buffer, void, void> {
  yield first;
  for (let index = 1; index < chunkCount(copies[0]?.bytes ?? 0); index += 1)
    yield await readAny(reader, leaf, copies, index);
}

async function readAny(
  reader: ChunkReader,
  leaf: Leaf,
  copies: readonly Candidate[],
  index: number,
): Promise<Buffer> {
  for (const copy of copies) {
    const chunk = await reader.read(leaf, copy, index, "admitted");
    if (chunk !== null) return chunk;
  }
  throw new ChunkUnreadable(`chunk ${index} of ${leaf.rendition}/${leaf.number} cannot be read`);
}
