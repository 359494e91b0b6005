/**
 * Checks that the planned load was offered. The load is open, so the number of iterations that
 * begin in each second is known in advance, whatever the target does. For each load, begun and
 * dropped iterations together are compared with the plan.
 */
import { arrivalsOf, arrivalsUntil, type Stage, stagesOf } from "../record/arrivals.ts";
import type { Load } from "../experiment/experiment.ts";
import { type Phase, phases } from "../base/phases.ts";
import type { Plan } from "../record/plan.ts";
import type { FactOf } from "../record/facts.ts";
import type { Run } from "../record/run.ts";
import type { RunEvent } from "../record/events.ts";
import { matching, type Window } from "../metrics/series.ts";
import { leftOutProblems } from "./left-out.ts";
import type { Windows } from "./windows.ts";

/** Fine enough to detect a burst within a second. */
const binMsMin = 100;
const binsMax = 200_000;
/**
 * Greatest distance in ms between the schedule's start and the start that its first iterations
 * imply. Measured: 1 to 30 ms. From the recorded start of the load it is 5 to 130 ms, because k6
 * initialises its virtual users first.
 */
const zeroOffMsMax = 250;
/**
 * Each change of rate may restart the rhythm, and an iteration may fall on the other side of a
 * boundary.
 */
const slackIterations = 4;
/** Above this share of dropped iterations in a phase, the offered storm is not the planned one. */
export const droppedShareMax = 0.05;
/** Lateness in ms, the same as in the rule on lateness. */
const lateMs = 500;
/** One iteration in a hundred may be late. */
const lateShareMax = 0.01;

/** Cumulative counts of one load over time, in bins of `binMs` from the load's zero. */
interface Account {
  readonly load: Load;
  /** Epoch ms. */
  readonly zeroMs: number;
  readonly stages: readonly Stage[];
  readonly binMs: number;
  readonly planned: Float64Array;
  readonly begun: Float64Array;
  readonly dropped: Float64Array;
  /** The least deficit from here on: an honest generator catches up. */
  readonly missingForGood: Float64Array;
}

/** Longest time in ms to record that the load has begun. */
const slowDiskMsMax = 5_000;

/** The load's first seconds determine when its schedule began. */
const firstMs = 3_000;

/** Start of the load in epoch ms; null if the record lacks it. */
function recordedZeroOf(events: readonly RunEvent[]): number | null {
  return events.find((event) => event.kind === "loadStarted")?.atMs ?? null;
}

/** The recorded start, or the one that its first iterations imply if it is close. */
function zeroOf(run: Run, load: Load, recordedMs: number): number {
  const ownMs = ownZeroOf(run, load);
  return ownMs !== null && Math.abs(ownMs - recordedMs) <= slowDiskMsMax ? ownMs : recordedMs;
}

/**
 * Start of the load's own schedule in epoch ms: the minimum over its first iterations of actual
 * minus due time. Null without iterations.
 */
export function ownZeroOf(run: Run, load: Load): number | null {
  const where = { load: load.name };
  const arrived = [
    ...matching(run.series, { metric: "start_late_ms", where: { ...where, of: "iteration" } }),
    ...matching(run.series, {
      metric: "dropped_iterations",
      where: { ...where, why: "nobodyFree" },
    }),
  ];
  let earliestMs = Number.POSITIVE_INFINITY;
  for (const { atMs } of arrived) for (const ms of atMs) if (ms < earliestMs) earliestMs = ms;
  const begun: number[] = [];
  for (const { atMs } of arrived)
    for (const ms of atMs) if (ms < earliestMs + firstMs) begun.push(ms);
  const first = Float64Array.from(begun).sort();
  let zeroMs: number | null = null;
  const due = arrivalsOf(stagesOf(load, run.plan));
  for (const atMs of first) {
    const dueMs = due.next().value;
    if (dueMs === undefined) break;
    zeroMs = Math.min(zeroMs ?? Number.POSITIVE_INFINITY, atMs - dueMs);
  }
  return zeroMs;
}

/** When the generator stopped: an early end of the run ends the load. */
function endOf(events: readonly RunEvent[]): number {
  return (
    events.find(
      (event) =>
        event.kind === "generator" || event.kind === "aborted" || event.kind === "finished",
    )?.atMs ?? Number.POSITIVE_INFINITY
  );
}

/** Cached, because several rules read all iterations of a load. */
const accounts = new WeakMap<Run, Map<Load, Account | null>>();

function accountOf(run: Run, load: Load, recordedMs: number): Account | null {
  const ofRun = accounts.get(run) ?? new Map<Load, Account | null>();
  accounts.set(run, ofRun);
  const known = ofRun.get(load);
  if (known !== undefined) return known;
  const account = makeAccount(run, load, recordedMs);
  ofRun.set(load, account);
  return account;
}

function makeAccount(run: Run, load: Load, recordedMs: number): Account | null {
  const zeroMs = zeroOf(run, load, recordedMs);
  const stages = stagesOf(load, run.plan);
  const lengthMs = Math.min(stages.at(-1)?.untilMs ?? 0, endOf(run.events) - zeroMs);
  const binMs = Math.max(binMsMin, lengthMs / binsMax);
  const bins = Math.floor(lengthMs / binMs);
  if (!(bins > 0)) return null;
  const count = (
    metric: string,
    where: Readonly<Record<string, string>>,
    eachIsOne: boolean,
  ): Float64Array => {
    const counts = new Float64Array(bins);
    for (const series of matching(run.series, { metric, where: { load: load.name, ...where } })) {
      for (let index = 0; index < series.atMs.length; index++) {
        const bin = Math.max(0, Math.floor(((series.atMs[index] as number) - zeroMs) / binMs));
        if (bin < bins)
          counts[bin] =
            (counts[bin] as number) + (eachIsOne ? 1 : (series.values[index] as number));
      }
    }
    for (let bin = 1; bin < bins; bin++)
      counts[bin] = (counts[bin] as number) + (counts[bin - 1] as number);
    return counts;
  };
  const planned = Float64Array.from({ length: bins }, (_, bin) =>
    arrivalsUntil(stages, (bin + 1) * binMs),
  );
  const begun = count("start_late_ms", { of: "iteration" }, true);
  const dropped = count("dropped_iterations", { why: "nobodyFree" }, false);
  const missingForGood = planned.map(
    (due, bin) => due - (begun[bin] as number) - (dropped[bin] as number),
  );
  for (let bin = bins - 2; bin >= 0; bin--)
    missingForGood[bin] = Math.min(
      missingForGood[bin] as number,
      missingForGood[bin + 1] as number,
    );
  return { load, zeroMs, stages, binMs, planned, begun, dropped, missingForGood };
}

/** Empty if every load began as planned. */
type Offered = FactOf<"generator.offered">;

export function offeredProblems(run: Run, windows: Windows): Offered[] {
  const recordedMs = recordedZeroOf(run.events);
  const untilMs = Math.max(...Object.values(windows).map((window) => window.untilMs));
  if (recordedMs === null) return [{ fact: "no-start" }];
  if (run.plan.load.length === 0) return [{ fact: "no-load" }];
  if (!Number.isFinite(untilMs)) return [{ fact: "no-phase" }];
  if (matching(run.series, { metric: "start_late_ms", where: { of: "iteration" } }).length === 0)
    return [{ fact: "no-iterations" }];
  return run.plan.load.flatMap((load): Offered[] => {
    const account = accountOf(run, load, recordedMs);
    if (account === null) return [{ fact: "ended-at-once", load: load.name }];
    const problem = missingProblem(account, untilMs) ?? surplusProblem(account, untilMs);
    return problem === null ? droppedProblems(account, windows) : [problem];
  });
}

const lastBin = ({ zeroMs, binMs, planned }: Account, untilMs: number): number =>
  Math.min(planned.length, Math.ceil((untilMs - zeroMs) / binMs)) - 1;

/**
 * The tolerated surplus or deficit at the end of a bin, given the uncertainty of the generator's
 * zero.
 */
function allowance({ stages, binMs, planned }: Account, bin: number, offMs: number): number {
  return (
    Math.abs((planned[bin] as number) - arrivalsUntil(stages, (bin + 1) * binMs - offMs)) +
    slackIterations
  );
}

function missingProblem(account: Account, untilMs: number): Offered | null {
  const { planned, begun, dropped } = account;
  let least = Number.POSITIVE_INFINITY;
  // Backwards from the end: a deficit that is caught up later is lateness, not absence.
  const until = lastBin(account, untilMs);
  let isMissing = false;
  for (let bin = planned.length - 1; bin >= 0 && !isMissing; bin--) {
    const missing = (planned[bin] as number) - (begun[bin] as number) - (dropped[bin] as number);
    least = Math.min(least, missing - allowance(account, bin, zeroOffMsMax));
    isMissing = bin <= until && least > 0;
  }
  return isMissing ? worstStretch(account, until, (offered, due) => due - offered) : null;
}

function surplusProblem(account: Account, untilMs: number): Offered | null {
  const { planned, begun, dropped } = account;
  const until = lastBin(account, untilMs);
  for (let bin = 0; bin <= until; bin++) {
    const surplus = (begun[bin] as number) + (dropped[bin] as number) - (planned[bin] as number);
    if (surplus > allowance(account, bin, -zeroOffMsMax))
      return worstStretch(account, until, (offered, due) => offered - due);
  }
  return null;
}

/** The interval of whole seconds with the greatest deviation. */
function worstStretch(
  { load, binMs, planned, begun, dropped }: Account,
  until: number,
  deviationOf: (offered: number, due: number) => number,
): Offered {
  const perSecond = Math.max(1, Math.round(1_000 / binMs));
  const grown = (counts: Float64Array, from: number, to: number): number =>
    (counts[Math.min(until, to)] ?? 0) - (from === 0 ? 0 : (counts[from - 1] ?? 0));
  let best = { from: 0, to: until, deviation: 0 };
  let here = { from: 0, deviation: 0 };
  for (let from = 0; from <= until; from += perSecond) {
    const to = from + perSecond - 1;
    const [due, offered] = [
      grown(planned, from, to),
      grown(begun, from, to) + grown(dropped, from, to),
    ];
    // A second within 5 % and one iteration of the plan ends an interval.
    const deviation = deviationOf(offered, due) - 0.05 * due - 1;
    if (here.deviation <= 0) here = { from, deviation: 0 };
    here = { from: here.from, deviation: here.deviation + deviation };
    if (here.deviation > best.deviation) best = { from: here.from, to, deviation: here.deviation };
  }
  const seconds = (bin: number): number => Math.round((bin * binMs) / 1_000);
  const total = (counts: Float64Array): number => Math.round(grown(counts, best.from, best.to));
  return {
    fact: "not-as-planned",
    load: load.name,
    fromSeconds: seconds(best.from),
    untilSeconds: seconds(Math.min(until, best.to) + 1),
    planned: total(planned),
    begun: total(begun),
    dropped: total(dropped),
  };
}

function droppedProblems(
  { load, zeroMs, binMs, planned, dropped }: Account,
  windows: Windows,
): Offered[] {
  const grown = (counts: Float64Array, { fromMs, untilMs }: Window): number => {
    const at = (ms: number): number =>
      counts[Math.min(counts.length - 1, Math.floor((ms - zeroMs) / binMs) - 1)] ?? 0;
    return at(untilMs) - at(fromMs);
  };
  return phases.flatMap((phase): Offered[] => {
    const window = windows[phase];
    if (window === undefined) return [];
    const [due, lost] = [grown(planned, window), grown(dropped, window)];
    return lost > Math.max(slackIterations, droppedShareMax * due)
      ? [
          {
            fact: "dropped",
            load: load.name,
            phase,
            dropped: Math.round(lost),
            planned: Math.round(due),
            vus: load.vus,
          },
        ]
      : [];
  });
}

/**
 * A load of which more than 1 % of iterations, and more than one, began more than 500 ms late; null
 * if there is none.
 */
export function lateLoadIn(
  run: Run,
  phase: Phase,
  window: Window,
): FactOf<"generator.on-time"> | null {
  const recordedMs = recordedZeroOf(run.events);
  for (const load of recordedMs === null ? [] : run.plan.load) {
    const account = accountOf(run, load, recordedMs as number);
    if (account === null) continue;
    const { zeroMs, planned, begun, dropped, binMs, missingForGood, stages } = account;
    let late = 0,
      all = 0;
    const ahead = Math.ceil(lateMs / binMs);
    const from = Math.max(1, Math.ceil((window.fromMs - zeroMs) / binMs));
    for (
      let bin = from;
      bin <= lastBin(account, window.untilMs) && bin + ahead < planned.length;
      bin++
    ) {
      const due = (planned[bin] as number) - (planned[bin - 1] as number);
      const then = bin + ahead;
      // Iterations that are due but begin only half a second later or more.
      const behind =
        (planned[then] as number) -
        (begun[then] as number) -
        (dropped[then] as number) -
        Math.max(0, missingForGood[then] as number);
      all += due;
      if (
        behind >
        (planned[then] as number) - arrivalsUntil(stages, (bin + 1) * binMs) + slackIterations
      )
        late += due;
    }
    if (late > Math.max(slackIterations, lateShareMax * all))
      return {
        fact: "burst",
        load: load.name,
        phase,
        late: Math.round(late),
        planned: Math.round(all),
        maxMs: lateMs,
      };
  }
  return null;
}

type Iterations = FactOf<"generator.iterations">;

/** Empty if every iteration of a judged phase ended and left a sample. */
export function iterationsProblems(run: Run, windows: Windows): Iterations[] {
  const all = Object.values(windows);
  if (all.length === 0) return [{ fact: "no-phase" }];
  const span = {
    fromMs: Math.min(...all.map((one) => one.fromMs)),
    untilMs: Math.max(...all.map((one) => one.untilMs)),
  };
  if (matching(run.series, { metric: "iteration_ms" }).length === 0) return [{ fact: "no-ends" }];
  const byLoad = run.plan.load.flatMap(({ name }): Iterations[] => {
    const begun = countOf(
      run,
      { metric: "start_late_ms", where: { load: name, of: "iteration" } },
      span,
      () => 0,
    );
    const ended = (outcome: string): number =>
      countOf(
        run,
        { metric: "iteration_ms", where: { load: name, outcome } },
        span,
        (value) => value,
      );
    const [threw, silent] = [ended("threw"), ended("silent")];
    const open = begun - ended("ended") - threw - silent;
    const counts: readonly (readonly ["threw" | "silent" | "unfinished", number])[] = [
      ["threw", threw],
      ["silent", silent],
      // One may lie on the phase boundary.
      ["unfinished", open > 1 ? open : 0],
    ];
    return counts.flatMap(([fact, iterations]) =>
      iterations > 0 ? [{ fact, load: name, iterations, begun }] : [],
    );
  });
  return [...byLoad, ...leftOutProblems(run)];
}

/** `beforeMs`: the time between a sample's start and its timestamp. */
function countOf(
  run: Run,
  selector: Parameters<typeof matching>[1],
  { fromMs, untilMs }: Window,
  beforeMs: (value: number) => number,
): number {
  let count = 0;
  for (const series of matching(run.series, selector)) {
    for (let index = 0; index < series.atMs.length; index++) {
      const at = (series.atMs[index] as number) - beforeMs(series.values[index] as number);
      if (at >= fromMs && at < untilMs) count++;
    }
  }
  return count;
}

/** The loads with at least this many planned iterations in a phase. */
export function busyLoads(plan: Plan, phase: Phase, iterationsMin: number): readonly Load[] {
  return plan.load.filter(
    (load) => (load.ratePerSecond[phase] * plan.phasesMs[phase]) / 1_000 >= iterationsMin,
  );
}
