/** The replay of a trace as a load, as the plan records it. */
import { z } from "zod";
import type { Frozen, Same } from "../base/frozen.ts";
import { pathsShape, wishesShape } from "../trace/authored-replay.ts";
import type { ReplayWishes } from "../trace/replayed.ts";

/** What a load replays, as the plan records it. */
export interface Replay extends ReplayWishes {
  readonly trace: string;
  /** Of the trace's bytes. */
  readonly sha256: string;
  /** What the whole trace holds. */
  readonly holds: {
    readonly requests: number;
    readonly sessions: number;
    readonly spanMs: number;
    readonly peakPerSecond: number;
    readonly kinds: Readonly<Record<string, number>>;
  };
  readonly relative: boolean;
  readonly paths: Readonly<Record<string, string>>;
  /** What the load sends of it, in the length of the run. */
  readonly sends: {
    readonly requests: number;
    readonly sessions: number;
    readonly peakPerSecond: number;
    readonly kinds: Readonly<Record<string, number>>;
  };
  /** By the index in the trace: the address on the target. Null for one that is not sent. */
  readonly objects: readonly ({
    readonly kind: string;
    readonly path: string;
    readonly name?: string | undefined;
  } | null)[];
  /** Where in the target's period the load begins, in ms. Null if that does not matter. */
  readonly beginsAtMs: number | null;
  /** Requests due in each `everyMs` after the load's zero. */
  readonly everyMs: number;
  readonly counts: readonly number[];
}

const count = z.number().int().nonnegative();
const kinds = z.record(z.string(), count);

export const replayShape = z.object({
  ...wishesShape,
  trace: z.string(),
  sha256: z.string(),
  holds: z.object({
    requests: count,
    sessions: count,
    spanMs: count,
    peakPerSecond: count,
    kinds,
  }),
  relative: z.boolean(),
  paths: pathsShape,
  sends: z.object({ requests: count, sessions: count, peakPerSecond: count, kinds }),
  objects: z.array(
    z.object({ kind: z.string(), path: z.string(), name: z.string().optional() }).nullable(),
  ),
  beginsAtMs: z.number().nullable(),
  everyMs: z.number().positive(),
  counts: z.array(count),
});
true satisfies Same<Replay, Frozen<z.infer<typeof replayShape>>>;
