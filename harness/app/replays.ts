/**
 * Loads that replay a trace: from what an author wishes to a schedule. The requests themselves are
 * kept here while their run lasts; the plan has their counts.
 */
import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { SeawallError } from "../base/errors.ts";
import { leadInMs, type Phase, phases } from "../base/phases.ts";
import { readTrace } from "../capture/read-trace.ts";
import type { AuthoredExperiment, Load, ScriptedExperiment } from "../experiment/experiment.ts";
import type { Replay } from "../experiment/replay.ts";
import {
  type AuthoredLoad,
  type ReplayLoad,
  takesTrace,
  type WrittenLoad,
} from "../experiment/script-load.ts";
import { loadLengthMs } from "../record/arrivals.ts";
import { authoredReplayProblems } from "../trace/authored-replay.ts";
import { isWanted, Replaying, type ReplayRow, scheduleMs, scheduleOf } from "../trace/replayed.ts";
import type { TraceObject, TraceSummary } from "../trace/trace.ts";

type Phases = Readonly<Record<Phase, number>>;
type Wished = Pick<
  Replay,
  "trace" | "times" | "stretch" | "fromMs" | "toMs" | "only" | "relative" | "paths"
>;

interface Read {
  readonly rows: readonly ReplayRow[];
  readonly objects: readonly TraceObject[];
  readonly summary: TraceSummary;
  readonly sha256: string;
  readonly isTooLarge: boolean;
}

/** A trace is read once for each wish, while its file stays the same. */
const known = new Map<string, Promise<Read>>();

export function readReplay(wished: Wished, lengthMs: number): Promise<Read> {
  const { trace, times, stretch, fromMs, toMs, only } = wished;
  const file = statSync(trace, { throwIfNoEntry: false });
  const key = JSON.stringify([
    ...[trace, times, stretch, fromMs, toMs, only, lengthMs],
    ...[file?.mtimeMs, file?.size],
  ]);
  const found = known.get(key) ?? readNow(wished, lengthMs);
  known.set(key, found);
  // A broken trace may be whole at the next attempt.
  found.catch(() => known.delete(key));
  return found;
}

async function readNow(wished: Wished, lengthMs: number): Promise<Read> {
  const replaying = new Replaying(wished, lengthMs);
  const wanted = new Map<TraceObject, boolean>();
  const { objects, summary, sha256 } = await readTrace(wished.trace, (row, object) => {
    const isSent = wanted.get(object) ?? isWanted(object, wished.only);
    wanted.set(object, isSent);
    if (isSent) replaying.take(row);
  });
  return {
    rows: replaying.finish(),
    objects,
    summary,
    sha256,
    isTooLarge: replaying.isTooLarge,
  };
}

/** `file`: the experiment's own. What is misshapen is left for the checks of its shape. */
export async function withReplays(
  authored: AuthoredExperiment,
  file: string,
): Promise<ScriptedExperiment> {
  const given: unknown = authored?.load;
  if (!Array.isArray(given)) return authored as ScriptedExperiment;
  const problems: string[] = [];
  const load: AuthoredLoad[] = [];
  for (const [index, one] of (given as readonly WrittenLoad[]).entries()) {
    if (!takesTrace(one)) load.push(one);
    else {
      const taken = await replayLoad(one, file, authored.phasesMs);
      problems.push(...taken.problems.map((problem) => `load.${index}.workload.${problem}`));
      load.push(taken.load);
    }
  }
  if (problems.length > 0)
    throw new SeawallError(
      "EXPERIMENT_MALFORMED",
      `${file} cannot replay:\n${problems.map((one) => `  - ${one}`).join("\n")}`,
      { problems, hint: "docs/replaying-production-traffic.md lists what a replay takes." },
    );
  return { ...authored, load };
}

async function replayLoad(
  { workload, ...load }: ReplayLoad,
  file: string,
  phasesMs: Phases,
): Promise<{ readonly load: Load; readonly problems: readonly string[] }> {
  const problems = authoredReplayProblems(workload);
  const { by, exec, replays, times = 1, stretch = 1, fromMs = 0, toMs = null } = workload;
  const { only = [], relative, paths = {} } = workload;
  const none = { baseline: 0, fault: 0, recovery: 0 };
  const rated = { ...load, workload: by, exec, ratePerSecond: none };
  if (problems.length > 0) return { load: rated, problems };
  const trace = resolve(dirname(file), replays);
  const wished = { trace, times, stretch, fromMs, toMs, only, relative, paths };
  return { load: await scheduled(rated, wished, phasesMs), problems };
}

async function scheduled(load: Load, wished: Wished, phasesMs: Phases): Promise<Load> {
  const lengthMs = loadLengthMs({ leadInMs, phasesMs });
  const { rows, objects, summary, sha256 } = await readReplay(wished, lengthMs);
  const counts = scheduleOf(rows, lengthMs);
  const { requests, sessions, spanMs, peakPerSecond, kinds } = summary;
  return {
    ...load,
    ratePerSecond: ratesOf(counts, phasesMs),
    replay: {
      ...wished,
      sha256,
      holds: { requests, sessions, spanMs, peakPerSecond, kinds },
      sends: sentOf(rows, objects),
      objects: [],
      beginsAtMs: null,
      everyMs: scheduleMs,
      counts,
    },
  };
}

/** The mean rate of each phase, in tenths, as rates of loads are. */
function ratesOf(counts: readonly number[], phasesMs: Phases): Record<Phase, number> {
  let fromMs: number = leadInMs;
  return Object.fromEntries(
    phases.map((phase) => {
      const untilMs = fromMs + phasesMs[phase];
      const own = counts.slice(Math.round(fromMs / scheduleMs), Math.round(untilMs / scheduleMs));
      const requests = own.reduce((sum, one) => sum + one, 0);
      fromMs = untilMs;
      const rate = Math.round((requests / phasesMs[phase]) * 10_000) / 10;
      return [phase, requests === 0 ? 0 : Math.max(0.1, rate)];
    }),
  ) as Record<Phase, number>;
}

function sentOf(rows: readonly ReplayRow[], objects: readonly TraceObject[]): Replay["sends"] {
  const kinds: Record<string, number> = {};
  const seconds = new Map<number, number>();
  const sessions = new Set<string>();
  let peakPerSecond = 0;
  for (const { object, dueMs, session } of rows) {
    const kind = objects[object]?.kind ?? "";
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    const second = Math.floor(dueMs / 1000);
    const inSecond = (seconds.get(second) ?? 0) + 1;
    seconds.set(second, inSecond);
    peakPerSecond = Math.max(peakPerSecond, inSecond);
    sessions.add(session);
  }
  return { requests: rows.length, sessions: sessions.size, peakPerSecond, kinds };
}

/** What `--scale` asks for: as many times the sessions. */
export async function scaledReplay(load: Load, scale: number, phasesMs: Phases): Promise<Load> {
  if (load.replay === undefined || scale === 1) return load;
  return scheduled(load, { ...wishedOf(load.replay), times: load.replay.times * scale }, phasesMs);
}

export function wishedOf(replay: Replay): Wished {
  const { trace, times, stretch, fromMs, toMs, only, relative, paths } = replay;
  return { trace, times, stretch, fromMs, toMs, only, relative, paths };
}
