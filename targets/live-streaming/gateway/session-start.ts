/**
 * The steps of a session start, without HTTP: a place within the limit, a signer, an edge with
 * room. `work` is the most expensive step, which derives the device's key.
 */
import type { ConcurrencyLimit } from "../service/gradient2.ts";
import type { Rendition } from "../stream/event.ts";
import { type Bucket, rankOf } from "./admission.ts";
import type { Steering } from "./steering.ts";
import type { Workers } from "./workers.ts";

export interface StartParts {
  readonly admission: boolean;
  readonly renditions: readonly Pick<Rendition, "kind" | "bitsPerSecond">[];
  readonly limit: ConcurrencyLimit;
  readonly workers: Workers;
  readonly steering: Steering;
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
}

export interface Wanted {
  readonly session: string;
  /** The highest bitrate that the device can display or its line can carry. */
  readonly bitsPerSecondMax?: number | undefined;
}

export type Start<T> =
  | {
      readonly kind: "started";
      readonly edge: string;
      readonly bitsPerSecond: number;
      readonly made: T;
      readonly tookMs: number;
    }
  /** `aborted`: the device has left. */
  | { readonly kind: "shed" | "full" | "aborted" };

/** The share of the limit that is reserved for critical requests. A chosen value. */
const nonCriticalLimitShare = 0.8;
/**
 * A session that its device does not renew expires, and its bitrate is free again. A chosen value.
 */
export const leaseMs = 120_000;

export type StartSession = <T>(
  bucket: Bucket,
  wanted: Wanted,
  work: () => Promise<T>,
  left: AbortSignal,
) => Promise<Start<T>>;

export function createSessionStart({
  admission,
  renditions,
  limit,
  workers,
  steering,
  nowMs,
  monotonicMs,
}: StartParts): StartSession {
  return async (bucket, { session, bitsPerSecondMax }, work, left) => {
    if (admission && !limit.tryAcquire(bucket === "CRITICAL" ? 1 : nonCriticalLimitShare))
      return { kind: "shed" };
    const startedMs = monotonicMs();
    let done = false;
    try {
      // A key is never null.
      const made = await workers.run(
        admission ? rankOf(bucket) : 0,
        async () => ({ key: await work() }),
        left,
      );
      if (made === null || left.aborted) return { kind: "aborted" };
      done = true;
      const bitsPerSecond = nominalBitsPerSecond(renditions, bitsPerSecondMax ?? Infinity);
      const edge = steering.place(session, bitsPerSecond, nowMs() + leaseMs);
      return edge === null
        ? { kind: "full" }
        : {
            kind: "started",
            edge,
            bitsPerSecond,
            made: made.key,
            tookMs: monotonicMs() - startedMs,
          };
    } finally {
      if (admission) limit.release(done ? monotonicMs() - startedMs : null);
    }
  };
}

/** The best video within the device's limit, or the lowest there is, and the audio. */
export function nominalBitsPerSecond(renditions: StartParts["renditions"], max: number): number {
  const rates = (kind: Rendition["kind"]): number[] =>
    renditions.filter((each) => each.kind === kind).map(({ bitsPerSecond }) => bitsPerSecond);
  const audio = Math.max(0, ...rates("audio"));
  const videos = rates("video");
  const within = videos.filter((rate) => rate + audio <= max);
  const video =
    within.length > 0 ? Math.max(...within) : videos.length > 0 ? Math.min(...videos) : 0;
  return video + audio;
}
