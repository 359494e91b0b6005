/**
 * Loads that replay a trace: from what an author wishes to a schedule, and to addresses on the
 * target. The requests themselves are kept here while their run lasts; the plan has their counts.
 */
import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { SeawallError } from "../base/errors.ts";
import { leadInMs, type Phase, phases } from "../base/phases.ts";
import { readTrace } from "../capture/read-trace.ts";
import type {
  AuthoredExperiment,
  Experiment,
  Load,
  ScriptedExperiment,
} from "../experiment/experiment.ts";
import type { Replay } from "../experiment/replay.ts";
import {
  type AuthoredLoad,
  type ReplayLoad,
  takesTrace,
  type WrittenLoad,
} from "../experiment/script-load.ts";
import { loadLengthMs } from "../record/arrivals.ts";
import type { Layout } from "../target/layout.ts";
import type { Pack } from "../target/pack.ts";
import { rhythmMsOf } from "../target/rhythm.ts";
import { authoredReplayProblems } from "../trace/authored-replay.ts";
import { alignmentOf, frontierOf, offsetOf, otherPeriodMs } from "../trace/relative-number.ts";
import {
  isWanted,
  Replaying,
  type ReplayRow,
  replayRowsMax,
  scheduleMs,
  scheduleOf,
  type SentRow,
  type SentRows,
} from "../trace/replayed.ts";
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

function read(wished: Wished, lengthMs: number): Promise<Read> {
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
  const { rows, objects, summary, sha256 } = await read(wished, lengthMs);
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

function wishedOf(replay: Replay): Wished {
  const { trace, times, stretch, fromMs, toMs, only, relative, paths } = replay;
  return { trace, times, stretch, fromMs, toMs, only, relative, paths };
}

/** The loads with addresses on this target, and what keeps them from being sent. */
export async function addressed(
  experiment: Experiment,
  topology: string,
): Promise<{ readonly experiment: Experiment; readonly problems: readonly string[] }> {
  const { target, phasesMs } = experiment;
  const replays = Array.isArray(experiment.load)
    ? experiment.load.filter(({ replay }) => replay !== undefined)
    : [];
  const chosen = Object.hasOwn(target.topologies, topology) ? target.topologies[topology] : null;
  // Whatever else is misshapen, `plan` says.
  if (replays.length === 0 || chosen === undefined || chosen === null)
    return { experiment, problems: [] };
  const layout = chosen.layout();
  const problems: string[] = [];
  const load = await Promise.all(
    experiment.load.map(async (one): Promise<Load> => {
      if (one.replay === undefined) return one;
      const found = await onTarget(one.replay, layout, target.pack, phasesMs);
      problems.push(...found.problems.map((problem) => `load ${one.name}: ${problem}`));
      return { ...one, replay: found.replay };
    }),
  );
  return { experiment: { ...experiment, load }, problems };
}

async function onTarget(
  replay: Replay,
  layout: Layout,
  pack: Pack | undefined,
  phasesMs: Phases,
): Promise<{ readonly replay: Replay; readonly problems: readonly string[] }> {
  const lengthMs = loadLengthMs({ leadInMs, phasesMs });
  const { rows, objects, summary, isTooLarge } = await read(wishedOf(replay), lengthMs);
  const sent = new Set(rows.map(({ object }) => object));
  const unknown: string[] = [];
  const found = objects.map((object, index): Replay["objects"][number] => {
    if (!sent.has(index)) return null;
    const own = replay.paths[object.path];
    const address = pack?.recorded?.readdress(
      own === undefined ? object : { ...object, path: own },
      layout,
    );
    if (address != null) return { kind: object.kind, ...address };
    if (own !== undefined && !own.includes("~")) return { kind: object.kind, path: own };
    unknown.push(object.path);
    return null;
  });
  const periodMs = rhythmMsOf(layout);
  const hasPeriod = layout.rhythm !== undefined;
  const frontier = replay.relative && hasPeriod ? frontierOf(rows, periodMs) : null;
  const spanMs = Math.min(replay.toMs ?? summary.spanMs, summary.spanMs) - replay.fromMs;
  const neededMs = lengthMs - loadTailMs(phasesMs);
  return {
    replay: {
      ...replay,
      objects: found,
      beginsAtMs:
        frontier === null || replay.stretch !== 1
          ? null
          : alignmentOf(frontier + replay.fromMs / periodMs, periodMs),
    },
    problems: [
      ...(isTooLarge ? [`it sends more than ${replayRowsMax} requests; cut or filter it`] : []),
      ...(rows.length === 0 ? ["the trace has no request for it"] : []),
      ...(spanMs * replay.stretch < neededMs
        ? [
            `the trace lasts ${(spanMs * replay.stretch) / 1000} s, and the run ` +
              `${neededMs / 1000} s; shorten the phases, or stretch it`,
          ]
        : []),
      ...(unknown.length === 0
        ? []
        : [
            `the target has no ${unknown.slice(0, 3).join(", ")}` +
              `${unknown.length > 3 ? ` and ${unknown.length - 3} more` : ""}; say with paths ` +
              "where they are, or leave them out with only",
          ]),
      ...(replay.relative && !hasPeriod ? ["the target has no period to be relative to"] : []),
      ...(replay.relative && hasPeriod && frontier === null && rows.length > 0
        ? ["the trace has no numbered request that was served, so nothing shows what was newest"]
        : []),
      ...(frontier === null ? [] : periodProblems(rows, periodMs)),
      ...(!replay.relative && summary.numbers === "relative" && hasNumber(rows)
        ? ["the numbers of the trace are relative; capture it with --absolute-numbers"]
        : []),
    ],
  };
}

function periodProblems(rows: readonly ReplayRow[], periodMs: number): string[] {
  const otherMs = otherPeriodMs(rows, periodMs);
  if (otherMs === null) return [];
  return [
    `the numbers of the trace advance about every ${Math.round(otherMs)} ms, and those of the ` +
      `target every ${periodMs} ms`,
  ];
}

function loadTailMs(phasesMs: Phases): number {
  const total = phases.reduce((sum, phase) => sum + phasesMs[phase], leadInMs);
  return loadLengthMs({ leadInMs, phasesMs }) - total;
}

const hasNumber = (rows: readonly ReplayRow[]): boolean =>
  rows.some(({ number }) => number !== null);

export async function sentRows(
  load: readonly Load[],
  layout: Layout,
  phasesMs: Phases,
): Promise<SentRows> {
  const lengthMs = loadLengthMs({ leadInMs, phasesMs });
  const sent = new Map<string, readonly SentRow[]>();
  for (const { name, replay } of load) {
    if (replay === undefined) continue;
    const { rows } = await read(wishedOf(replay), lengthMs);
    const periodMs = rhythmMsOf(layout);
    const frontier = replay.relative ? (frontierOf(rows, periodMs) ?? 0) : null;
    sent.set(
      name,
      rows.map(({ dueMs, object, number, session, traceMs }) => {
        if (number === null || frontier === null) return { dueMs, object, number, session };
        // A copy asks later for the same as its original.
        const ownMs = (traceMs - replay.fromMs) * replay.stretch;
        return {
          dueMs,
          object,
          number: offsetOf({ traceMs, number }, ownMs, frontier, periodMs),
          session,
        };
      }),
    );
  }
  return sent;
}
