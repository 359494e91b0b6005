/**
 * A replay on the target of an experiment: its addresses, its numbers, and what keeps it from being
 * sent.
 */
import { SeawallError } from "../base/errors.ts";
import { leadInMs, type Phase, phases } from "../base/phases.ts";
import type { Experiment, Load } from "../experiment/experiment.ts";
import type { Replay } from "../experiment/replay.ts";
import { loadLengthMs } from "../record/arrivals.ts";
import type { Layout } from "../target/layout.ts";
import type { Pack } from "../target/pack.ts";
import { rhythmMsOf } from "../target/rhythm.ts";
import { alignmentOf, frontierOf, offsetOf, otherPeriodMs } from "../trace/relative-number.ts";
import { type ReplayRow, replayRowsMax, type SentRow, type SentRows } from "../trace/replayed.ts";
import { readReplay, wishedOf } from "./replays.ts";

type Phases = Readonly<Record<Phase, number>>;

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
  const { rows, objects, summary, isTooLarge } = await readReplay(wishedOf(replay), lengthMs);
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
    const { rows, sha256 } = await readReplay(wishedOf(replay), lengthMs);
    if (sha256 !== replay.sha256)
      throw new SeawallError("TRACE_BROKEN", `${replay.trace} has changed since it was planned`);
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
