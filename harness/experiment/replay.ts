/** The replay of a trace as a load: what its author wishes, and what the plan records of it. */
import { z } from "zod";
import type { Frozen, Same } from "../base/frozen.ts";
import type { ReplayWishes } from "../trace/replayed.ts";

/** In an experiment's file, in the place of a workload's name. A pack's helper makes it. */
export interface AuthoredReplay extends Partial<ReplayWishes> {
  /** The path of the trace, from the experiment's file on. */
  readonly replays: string;
  /** The pack's workload that sends the requests, and its function. */
  readonly by: string;
  readonly exec: string;
  /** Numbers are shifted, so that they are as new as they were in the trace. */
  readonly relative: boolean;
  /** By path of the trace: the path on the target, where the pack does not find it. */
  readonly paths?: Readonly<Record<string, string>>;
}

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
const wishes = {
  times: z.number().positive().max(1_000),
  stretch: z.number().positive().max(1_000),
  fromMs: z.number().int().nonnegative(),
  toMs: z.number().int().positive().nullable(),
  only: z.array(z.string().min(1)),
};
const paths = z.record(z.string(), z.string().regex(/^\//, "a path begins with /"));

export const replayShape = z.object({
  ...wishes,
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
  paths,
  sends: z.object({ requests: count, sessions: count, peakPerSecond: count, kinds }),
  objects: z.array(
    z.object({ kind: z.string(), path: z.string(), name: z.string().optional() }).nullable(),
  ),
  beginsAtMs: z.number().nullable(),
  everyMs: z.number().positive(),
  counts: z.array(count),
});
true satisfies Same<Replay, Frozen<z.infer<typeof replayShape>>>;

const authored = z.strictObject({
  times: wishes.times.optional(),
  stretch: wishes.stretch.optional(),
  fromMs: wishes.fromMs.optional(),
  toMs: wishes.toMs.optional(),
  only: wishes.only.optional(),
  replays: z.string().min(1),
  by: z.string(),
  exec: z.string(),
  relative: z.boolean(),
  paths: paths.optional(),
});

/** One line per problem. */
export function authoredReplayProblems(value: unknown): string[] {
  const { error } = authored.safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}
