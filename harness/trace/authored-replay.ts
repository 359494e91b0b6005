/** What the author of an experiment wishes of a replay. */
import { z } from "zod";
import type { ReplayWishes } from "./replayed.ts";

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

export const wishesShape = {
  times: z.number().positive().max(1_000),
  stretch: z.number().positive().max(1_000),
  fromMs: z.number().int().nonnegative(),
  toMs: z.number().int().positive().nullable(),
  only: z.array(z.string().min(1)),
};
export const pathsShape = z.record(z.string(), z.string().regex(/^\//, "a path begins with /"));

const authored = z.strictObject({
  times: wishesShape.times.optional(),
  stretch: wishesShape.stretch.optional(),
  fromMs: wishesShape.fromMs.optional(),
  toMs: wishesShape.toMs.optional(),
  only: wishesShape.only.optional(),
  replays: z.string().min(1),
  by: z.string(),
  exec: z.string(),
  relative: z.boolean(),
  paths: pathsShape.optional(),
});

/** One line per problem. */
export function authoredReplayProblems(value: unknown): string[] {
  const { error } = authored.safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}
