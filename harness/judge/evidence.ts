/**
 * The reasons why a run proves nothing. Every rule returns its findings, held or inconclusive, so
 * that a reader sees that it was checked.
 */
import type { Phase } from "../base/phases.ts";
import { metricIn } from "../metrics/metrics.ts";
import type { AbortReason } from "../record/events.ts";
import type { EvidenceFacts, FactIn, FactOf } from "../record/facts.ts";
import type { Judged } from "../record/verdict.ts";
import { selectorsJudged } from "../record/metrics-asked.ts";
import type { Run } from "../record/run.ts";
import type { Plan } from "../record/plan.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { carries, countIn, eachIn, matching, valuesIn, type Window } from "../metrics/series.ts";
import { quantile, sum } from "../base/statistics.ts";
import { answer } from "./answer.ts";
import { requestsFollowClock } from "./asked-for.ts";
import { bodiesAreRight } from "./bodies.ts";
import { bytesMoved } from "./bytes-moved.ts";
import { cappedProblems } from "./capped.ts";
import { clocksAgree } from "./clocks.ts";
import { noCopies } from "./copies.ts";
import { countersAgree } from "./counters-agree.ts";
import {
  coresOf,
  deniedShareAround,
  deniedShareIn,
  deniedShareMax,
  shareOfMachine,
} from "./denied.ts";
import { judgeFaults } from "./fault-evidence.ts";
import { metricsMove } from "./frozen.ts";
import { longestGap, spanOf } from "./gaps.ts";
import { impossibleProblems } from "./impossible.ts";
import { busyLoads, iterationsProblems, lateLoadIn, offeredProblems } from "./offered.ts";
import { proberAgrees } from "./prober-agrees.ts";
import { fitProblems } from "./record-fits.ts";
import { readingProblems } from "./readings.ts";
import { iterationMetrics } from "./stalls.ts";
import { statisticOf } from "../claims/statistics/registry.ts";
import { serviceSubject } from "./subjects.ts";
import { completed, type Windows } from "./windows.ts";
import { rhythmMsOf } from "../target/rhythm.ts";

/**
 * A generator whose p99 lateness exceeds this did not create the planned bursts. Half the jitter
 * budget of a 2 s period.
 */
export const startLateP99MaxMs = 500;
/** A prober whose p99 lateness exceeds this indicates a starved machine. */
export const canaryLateP99MaxMs = 500;
/** k6 recommends 20 % idle processor; above this, the generator distorts its own measurements. */
export const generatorCpuShareMax = 0.8;
/** A load with fewer planned iterations in a phase needs no samples in it. */
const loadIterationsMin = 5;
/** In a steady baseline, goodput of the two halves differs by at most this fraction. */
export const baselineDriftMax = 0.25;

const rules: readonly ((run: Run, windows: Windows) => Judged | readonly Judged[])[] = [
  wholeRecord,
  recordFitsPlan,
  samplesPossible,
  everyPhaseRan,
  judgeFaults,
  generatorEnded,
  loadOffered,
  iterationsLeftSamples,
  requestsFollowClock,
  generatorOnTime,
  generatorHadProcessor,
  clocksAgree,
  generatorLeftNoGap,
  proberOnTime,
  readingsLeftNoGap,
  metricsMove,
  proberAgrees,
  bytesMoved,
  countersAgree,
  noCopies,
  bodiesAreRight,
  baselineSteady,
  noServiceDied,
  clockDidNotStep,
  notAborted,
];

export function judgeEvidence(run: Run, windows: Windows): Judged[] {
  return rules.flatMap((rule) => rule(run, windows));
}

function wholeRecord(run: Run): Judged {
  const problems: FactOf<"record.whole">[] = run.damage.map((detail) => ({
    fact: "damage",
    detail,
  }));
  if (problems.length === 0 && !run.events.some((event) => event.kind === "finished"))
    problems.push({ fact: "no-end" });
  if (problems.length === 0 && !run.events.some((event) => event.kind === "cleaned"))
    problems.push({ fact: "no-cleanup" });
  return answer("record.whole", problems);
}

function recordFitsPlan(run: Run): Judged {
  return answer("record.fits", fitProblems(run));
}

function everyPhaseRan(run: Run): Judged {
  const done = completed(run.events);
  const missing = (Object.keys(run.plan.phasesMs) as Phase[]).filter((phase) => !done.has(phase));
  return answer(
    "run.phases",
    missing.length === 0 ? [] : [{ fact: "unfinished", phases: missing }],
  );
}

function generatorEnded(run: Run): Judged {
  const ends = run.events.filter((event) => event.kind === "generator");
  const bad = ends.find((event) => !event.expected);
  if (ends.length === 0) return answer("generator.ended", [{ fact: "no-end" }]);
  return answer("generator.ended", bad === undefined ? [] : [{ fact: "died", detail: bad.detail }]);
}

function samplesPossible(run: Run): Judged {
  return answer("record.possible", impossibleProblems(run));
}

function loadOffered(run: Run, windows: Windows): Judged {
  return answer("generator.offered", [
    ...offeredProblems(run, windows),
    ...cappedProblems(run, windows),
  ]);
}

function iterationsLeftSamples(run: Run, windows: Windows): Judged {
  return answer("generator.iterations", iterationsProblems(run, windows));
}

/** Each load is checked separately, because one that is on time says nothing about another. */
function generatorOnTime(run: Run, windows: Windows): Judged {
  const id = "generator.on-time";
  const reported = matching(run.series, { metric: "start_late_ms" });
  const samples = samplesIn(reported, windows);
  if (samples === 0) return answer(id, [{ fact: "no-sample" }]);
  const silent = run.plan.load.flatMap(({ name }): FactOf<typeof id>[] => {
    const own = reported.filter((series) => series.tags["load"] === name);
    const mute = Object.entries(windows).filter(
      ([phase, window]) =>
        busyLoads(run.plan, phase as Phase, loadIterationsMin).some((load) => load.name === name) &&
        countIn(own, window) === 0,
    );
    return mute.length === 0
      ? []
      : [{ fact: "no-sample-in", load: name, phases: mute.map(([phase]) => phase) }];
  });
  // Late starts and late requests are separate measurements; many of the first must not dilute the
  // second.
  const kinds = Map.groupBy(
    reported,
    ({ tags }) => `${tags["load"] ?? tags["lane"] ?? ""}|${tags["of"] ?? ""}`,
  );
  const late = [...kinds].flatMap(([kind, series]) => {
    const found = lateness(run, windows, series, startLateP99MaxMs);
    const load = kind.slice(0, kind.indexOf("|"));
    return found === null ? [] : [{ fact: "late", load, ...found } as const];
  });
  const problems: FactOf<typeof id>[] = [...silent, ...late];
  // A burst is late, too, whatever lateness it reports.
  for (const [phase, window] of problems.length > 0 ? [] : Object.entries(windows)) {
    const burst = lateLoadIn(run, phase as Phase, window);
    if (burst !== null) problems.push(burst);
  }
  const byMachine =
    silent.length === 0 && late.length > 0 && late.every(({ stolen }) => stolen !== null);
  return answer(id, problems, { samples, ...(byMachine ? { subject: "machine" } : {}) });
}

function samplesIn(series: readonly SeriesData[], windows: Windows): number {
  return Object.values(windows).reduce((total, window) => total + countIn(series, window), 0);
}

type Lateness = Omit<FactIn<Pick<EvidenceFacts["prober.on-time"], "late">>, "fact">;

/** The phase with the worst p99 of these samples, if it exceeds `maxMs`; otherwise null. */
function lateness(
  run: Run,
  windows: Windows,
  series: readonly SeriesData[],
  maxMs: number,
): Lateness | null {
  let worst: { p99Ms: number; phase: string; window: Window } | null = null;
  for (const [phase, window] of Object.entries(windows)) {
    const sorted = valuesIn(series, window).sort();
    // A single late sample among a few dozen is no pattern.
    const p99Ms = sorted.length < 100 ? (sorted.at(-2) ?? 0) : (quantile(sorted, 0.99) ?? 0);
    if (p99Ms > (worst?.p99Ms ?? 0)) worst = { p99Ms, phase, window };
  }
  if (worst === null || worst.p99Ms <= maxMs) return null;
  return {
    p99Ms: Math.round(worst.p99Ms),
    phase: worst.phase,
    maxMs,
    stolen: stolenWhileLate(run, series, worst.window, maxMs),
  };
}

/** Distinguishes a machine whose processor time was taken away from one that was overloaded. */
function stolenWhileLate(
  run: Run,
  series: readonly SeriesData[],
  window: Window,
  maxMs: number,
): number | null {
  const around = deniedShareAround(run);
  let least = Number.POSITIVE_INFINITY;
  eachIn(series, window, (lateMs, startedMs) => {
    if (lateMs > maxMs && least > deniedShareMax)
      least = Math.min(least, around({ fromMs: startedMs, untilMs: startedMs + lateMs }));
  });
  return Number.isFinite(least) && least > deniedShareMax ? least : null;
}

function generatorHadProcessor(run: Run, windows: Windows): Judged {
  const id = "generator.processor";
  const series = matching(run.series, { metric: "cpu_seconds", where: { service: "k6" } });
  let samples = 0;
  const problems: FactOf<typeof id>[] = [];
  for (const [phase, window] of Object.entries(windows)) {
    const values = valuesIn(series, window);
    samples += values.length;
    if (values.length === 0) problems.push({ fact: "not-recorded-in", phase });
    const share = shareOfMachine(run, sum(values), window) ?? 0;
    const stolen = deniedShareIn(run, window);
    if (stolen > deniedShareMax) problems.push({ fact: "stolen", share: stolen, phase });
    if (share > generatorCpuShareMax) problems.push({ fact: "used", share, phase });
  }
  if (coresOf(run) === null || samples === 0) problems.push({ fact: "not-recorded" });
  const byMachine = problems.some(({ fact }) => fact === "stolen");
  return answer(id, problems, { samples, ...(byMachine ? { subject: "machine" } : {}) });
}

/**
 * Iterations of a load end all the time, so an interval without samples is a hole in the record,
 * not a quiet target.
 */
function generatorLeftNoGap(run: Run, windows: Windows): Judged {
  const leastPerSecond = Math.min(
    ...(Object.keys(windows) as Phase[])
      .map((phase) => run.plan.load.reduce((total, load) => total + load.ratePerSecond[phase], 0))
      .filter((rate) => rate > 0),
  );
  const gapMaxMs = Math.max(
    5_000,
    2.5 * rhythmMsOf(run.plan),
    Number.isFinite(leastPerSecond) ? 2_500 / leastPerSecond : 0,
  );
  const gapMs = longestGap(matchingAll(run, measuredBy(run.plan)), spanOf(windows));
  if (gapMs === null) return answer("generator.no-gap", [{ fact: "no-sample" }]);
  return answer("generator.no-gap", gapMs > gapMaxMs ? [{ fact: "gap", gapMs }] : []);
}

/** Iteration metrics on which the claims rest; if there are none, any metric of the generator. */
function measuredBy(plan: Plan): readonly string[] {
  const { metrics } = plan;
  const asked = new Set(selectorsJudged(plan).map(({ metric }) => metric));
  const own = iterationMetrics(metrics).filter((metric) => asked.has(metric));
  return own.length > 0
    ? own
    : Object.keys(metrics).filter(
        (name) =>
          metrics[name]?.source === "generator" &&
          metrics[name]?.kind === "duration" &&
          name !== "start_late_ms",
      );
}

/** The prober is checked as a whole, because it has one rhythm. */
function proberOnTime(run: Run, windows: Windows): Judged {
  const id = "prober.on-time";
  const gapMs = longestGap(matchingAll(run, ["canary_ms"]), spanOf(windows));
  if (gapMs === null) return answer(id, [{ fact: "no-sample" }]);
  // Without requests for the past, it sends one request at the end of each period.
  if (gapMs > Math.max(5_000, 2.5 * rhythmMsOf(run.plan)))
    return answer(id, [{ fact: "gap", gapMs }]);
  const series = matching(run.series, { metric: "canary_late_ms" });
  const samples = samplesIn(series, windows);
  if (samples === 0) return answer(id, [{ fact: "no-lateness" }]);
  const silent = Object.entries(windows)
    .filter(([, window]) => countIn(series, window) === 0)
    .map(([phase]) => phase);
  if (silent.length > 0)
    return answer(id, [{ fact: "no-lateness-in", phases: silent }], { samples });
  const late = lateness(run, windows, series, canaryLateP99MaxMs);
  if (late === null) return answer(id, [], { samples });
  return answer(id, [{ fact: "late", ...late }], {
    samples,
    ...(late.stolen === null ? {} : { subject: "machine" }),
  });
}

function readingsLeftNoGap(run: Run, windows: Windows): Judged {
  return answer("target.readings", readingProblems(run, spanOf(windows)));
}

function baselineSteady(run: Run, windows: Windows): Judged {
  const id = "baseline.steady";
  const { baseline } = windows;
  if (baseline === undefined) return answer(id, [{ fact: "unfinished" }]);
  // Users arrive in bursts, one per period. Halves with two and three bursts would differ by a
  // third.
  const periodMs = Math.max(1, rhythmMsOf(run.plan));
  // A phase that is 1 ms short still has the planned number of periods. Half a burst more or less
  // would look like drift.
  const wholeMs =
    Math.floor((baseline.untilMs - baseline.fromMs + 0.1 * periodMs) / (2 * periodMs)) * periodMs;
  const halfMs = wholeMs > 0 ? wholeMs : (baseline.untilMs - baseline.fromMs) / 2;
  const served = goodputOf(run);
  const [first, second] = [
    countIn(served, { fromMs: baseline.fromMs, untilMs: baseline.fromMs + halfMs }),
    countIn(served, { fromMs: baseline.untilMs - halfMs, untilMs: baseline.untilMs }),
  ];
  if (first + second === 0) return answer(id, [{ fact: "nothing-served" }]);
  const drift = Math.abs(first - second) / Math.max(first, second);
  return answer(id, drift > baselineDriftMax ? [{ fact: "drift", share: drift }] : [], {
    samples: first + second,
  });
}

/** The experiment's own definition of good samples; by default, completed iterations. */
function goodputOf({ plan, series }: Run): readonly SeriesData[] {
  const isOfLoad = (metric: string): boolean => {
    const known = metricIn(plan.metrics, metric);
    return known?.source === "generator" && known.kind === "duration";
  };
  const { recovery } = plan;
  const good = [
    ...(recovery !== null && isOfLoad(recovery.goodput.metric)
      ? [matching(series, recovery.goodput).filter(({ tags }) => carries(tags, recovery.having))]
      : []),
    ...plan.hypothesis.flatMap((claim) => {
      const having = statisticOf(claim).having(claim);
      return having !== null && claim.comparison.startsWith(">") && isOfLoad(claim.metric)
        ? [matching(series, claim).filter(({ tags }) => carries(tags, having))]
        : [];
    }),
  ];
  return good[0] ?? matching(series, { metric: "iteration_ms", where: { outcome: "ended" } });
}

function noServiceDied(run: Run): Judged {
  const dead = run.events.flatMap((event) =>
    event.kind === "exited" && !event.expected
      ? [{ fact: "died", service: event.service, detail: event.detail } as const]
      : [],
  );
  return answer("services.alive", dead, {
    subject: dead[0] === undefined ? undefined : serviceSubject(dead[0].service),
  });
}

/**
 * Seawall never sets the machine's clock. A step means that the machine was suspended, or that its
 * clock was set.
 */
function clockDidNotStep(run: Run): Judged {
  const byMs = run.events.flatMap((event) =>
    event.kind === "clockStepped" ? [Math.round(event.byMs)] : [],
  );
  return answer("machine.clock", byMs.length === 0 ? [] : [{ fact: "stepped", byMs }]);
}

function notAborted(run: Run): Judged {
  const aborted = run.events.find((event) => event.kind === "aborted");
  if (aborted?.kind !== "aborted") return answer("run.not-aborted", []);
  const { reason, detail } = aborted;
  return answer("run.not-aborted", [{ fact: "aborted", reason, detail }], {
    subject: abortedBy[reason],
  });
}

function matchingAll(run: Run, names: readonly string[]): ReturnType<typeof matching> {
  return names.flatMap((metric) => matching(run.series, { metric }));
}

/** The subject of an abort, by reason. */
const abortedBy: Readonly<Record<AbortReason, string>> = {
  claim: "target",
  substrate: "target",
  generator: "generator",
  user: "user",
  deadline: "harness",
  internal: "harness",
  deadMan: "harness",
};
