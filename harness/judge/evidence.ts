/**
 * The reasons for which a run proves nothing. Each rule gives its findings, held or inconclusive, so that a reader sees that it was asked.
 */
import type { Phase } from "../base/phases.ts";
import { metricIn } from "../metrics/metrics.ts";
import type { AbortReason } from "../record/events.ts";
import type { Finding } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import type { Plan } from "../record/plan.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { carries, countIn, eachIn, matching, valuesIn, type Window } from "../metrics/series.ts";
import { quantile, sum } from "../base/statistics.ts";
import { answer } from "./answer.ts";
import { askedByTheClock } from "./asked-for.ts";
import { bodiesAreSegments } from "./bodies.ts";
import { bytesMoved } from "./bytes-moved.ts";
import { countersAgree } from "./counters-agree.ts";
import {
  coresOf,
  deniedShareAround,
  deniedShareIn,
  deniedShareMax,
  deniedText,
  shareOfMachine,
} from "./denied.ts";
import { judgeFaults } from "./fault-evidence.ts";
import { longestGap, spanOf } from "./gaps.ts";
import { impossibleProblem } from "./impossible.ts";
import { busyLoads, iterationsProblem, lateLoadIn, offeredProblem } from "./offered.ts";
import { proberAgrees } from "./prober-agrees.ts";
import { fitProblems } from "./record-fits.ts";
import { readingProblem } from "./readings.ts";
import { iterationMetrics } from "./stalls.ts";
import { selectorsOf, statisticOf } from "../claims/statistics/registry.ts";
import { serviceSubject } from "./subjects.ts";
import { completed, type Windows } from "./windows.ts";
import { rhythmMsOf } from "../target/stream.ts";

/** A generator whose starts are later than this at p99 did not make the bunches that the experiment speaks of. Half the jitter budget of a 2 s segment. */
export const startLateP99MaxMs = 500;
/** An independent prober that is later than this at p99 shows a starved machine. */
export const canaryLateP99MaxMs = 500;
/** k6 advises to keep a fifth of the processor idle; above this the generator itself bends the figures. */
export const generatorCpuShareMax = 0.8;
/** A load of which fewer iterations are planned in a phase need not say anything in it. */
const loadTellsMin = 5;
/** Goodput of the two halves of a steady baseline differs by no more than this fraction. */
export const baselineDriftMax = 0.25;

const rules: readonly ((run: Run, windows: Windows) => Finding | readonly Finding[])[] = [
  wholeRecord,
  recordFitsPlan,
  samplesPossible,
  everyPhaseRan,
  judgeFaults,
  generatorEnded,
  loadOffered,
  iterationsLeftSamples,
  askedByTheClock,
  generatorOnTime,
  generatorHadProcessor,
  generatorLeftNoGap,
  canaryHadNoGap,
  readingsLeftNoGap,
  proberAgrees,
  bytesMoved,
  countersAgree,
  bodiesAreSegments,
  baselineSteady,
  nobodyDiedUnbidden,
  clockDidNotStep,
  notAborted,
];

export function judgeEvidence(run: Run, windows: Windows): Finding[] {
  return rules.flatMap((rule) => rule(run, windows));
}

function wholeRecord(run: Run): Finding {
  const problems = [...run.damage];
  if (problems.length === 0 && !run.events.some((event) => event.kind === "finished"))
    problems.push("it does not say how the run ended");
  if (problems.length === 0 && !run.events.some((event) => event.kind === "cleaned"))
    problems.push("it does not say whether everything was undone");
  return answer(
    "record.whole",
    "The record is whole",
    problems.length === 0 ? null : problems.join("; "),
  );
}

function recordFitsPlan(run: Run): Finding {
  const problems = fitProblems(run);
  return answer(
    "record.fits",
    "The record fits its plan",
    problems.length === 0 ? null : problems.join("; "),
  );
}

function everyPhaseRan(run: Run): Finding {
  const done = completed(run.events);
  const missing = (Object.keys(run.plan.phasesMs) as Phase[]).filter((phase) => !done.has(phase));
  return answer(
    "run.phases",
    "Every phase ran to its end",
    missing.length === 0 ? null : `${missing.join(", ")} did not`,
  );
}

function generatorEnded(run: Run): Finding {
  const ends = run.events.filter((event) => event.kind === "generator");
  const bad = ends.find((event) => !event.expected);
  const problem =
    ends.length === 0 ? "its end was not recorded" : bad === undefined ? null : bad.detail;
  return answer("generator.ended", "The load generator ran to its end", problem);
}

function samplesPossible(run: Run): Finding {
  return answer("record.possible", "Every sample is possible", impossibleProblem(run));
}

function loadOffered(run: Run, windows: Windows): Finding {
  return answer(
    "generator.offered",
    "The load that was planned was offered",
    offeredProblem(run, windows),
  );
}

function iterationsLeftSamples(run: Run, windows: Windows): Finding {
  return answer(
    "generator.iterations",
    "Every iteration that began left its sample",
    iterationsProblem(run, windows),
  );
}

/** Each load is asked for itself: one that is on time says nothing of another. */
function generatorOnTime(run: Run, windows: Windows): Finding {
  const [id, title] = ["generator.on-time", "The load generator started its work on time"];
  const told = matching(run.series, { metric: "start_late_ms" });
  const samples = Object.values(windows).reduce(
    (total, window) => total + countIn(told, window),
    0,
  );
  if (samples === 0) return answer(id, title, "no sample says whether it did");
  const silent = run.plan.load.flatMap((load) => {
    const own = told.filter((series) => series.tags["load"] === load.name);
    const mute = Object.entries(windows).filter(
      ([phase, window]) =>
        busyLoads(run.plan, phase as Phase, loadTellsMin).includes(load) &&
        countIn(own, window) === 0,
    );
    return mute.length === 0
      ? []
      : [
          `no sample says whether it did in ${mute.map(([phase]) => phase).join(", ")} (load ${load.name})`,
        ];
  });
  // What began late and what asked late are two things, and the first must not thin out the second.
  const kinds = Map.groupBy(
    told,
    ({ tags }) => `${tags["load"] ?? tags["lane"] ?? ""}|${tags["of"] ?? ""}`,
  );
  const late = [...kinds].flatMap(([kind, series]) => {
    const found = lateness(run, windows, series, startLateP99MaxMs);
    return found === null
      ? []
      : [{ ...found, text: `load ${kind.slice(0, kind.indexOf("|"))}: ${found.text}` }];
  });
  const problems = [...silent, ...late.map(({ text }) => text)];
  // A burst is late as well, whatever it says of itself.
  for (const [phase, window] of problems.length > 0 ? [] : Object.entries(windows)) {
    const burst = lateLoadIn(run, phase as Phase, window);
    if (burst !== null) problems.push(burst);
  }
  if (problems.length === 0) return answer(id, title, null, samples);
  const byMachine = silent.length === 0 && late.length > 0 && late.every((one) => one.byMachine);
  return byMachine
    ? answer(id, title, problems.join("; "), samples, "machine")
    : answer(id, title, problems.join("; "), samples);
}

/** `byMachine`: the machine was taken away all that while. */
interface Late {
  readonly text: string;
  readonly byMachine: boolean;
}

/** In which phase the p99 of these samples was worst, when that is more than `maxMs`; null otherwise. */
function lateness(
  run: Run,
  windows: Windows,
  series: readonly SeriesData[],
  maxMs: number,
): Late | null {
  let worst: { p99Ms: number; phase: string; window: Window } | null = null;
  for (const [phase, window] of Object.entries(windows)) {
    const sorted = valuesIn(series, window).sort();
    // A single one of a few dozen is no pattern.
    const p99Ms = sorted.length < 100 ? (sorted.at(-2) ?? 0) : (quantile(sorted, 0.99) ?? 0);
    if (p99Ms > (worst?.p99Ms ?? 0)) worst = { p99Ms, phase, window };
  }
  if (worst === null || worst.p99Ms <= maxMs) return null;
  const text = `p99 ${Math.round(worst.p99Ms)} ms late in ${worst.phase}, at most ${maxMs} ms is tolerated`;
  const denied = deniedWhileLate(run, series, worst.window, maxMs);
  return denied === null
    ? { text, byMachine: false }
    : { text: `${text}; ${denied} meanwhile`, byMachine: true };
}

/** The prober is asked as a whole: it has one rhythm. */
function late(
  run: Run,
  windows: Windows,
  metric: string,
  maxMs: number,
  id: string,
  title: string,
): Finding {
  const series = matching(run.series, { metric });
  const samples = Object.values(windows).reduce(
    (total, window) => total + countIn(series, window),
    0,
  );
  if (samples === 0) return answer(id, title, "no sample says whether it did");
  const silent = Object.entries(windows)
    .filter(([, window]) => countIn(series, window) === 0)
    .map(([phase]) => phase);
  if (silent.length > 0)
    return answer(id, title, `no sample says whether it did in ${silent.join(", ")}`, samples);
  const found = lateness(run, windows, series, maxMs);
  return found?.byMachine === true
    ? answer(id, title, found.text, samples, "machine")
    : answer(id, title, found?.text ?? null, samples);
}

/** What was late is told apart: a machine that was taken away all that while, and one that had too much to do. */
function deniedWhileLate(
  run: Run,
  series: readonly SeriesData[],
  window: Window,
  maxMs: number,
): string | null {
  const around = deniedShareAround(run);
  let least = Number.POSITIVE_INFINITY;
  eachIn(series, window, (lateMs, startedMs) => {
    if (lateMs > maxMs && least > deniedShareMax)
      least = Math.min(least, around({ fromMs: startedMs, untilMs: startedMs + lateMs }));
  });
  return Number.isFinite(least) && least > deniedShareMax ? deniedText(least) : null;
}

function generatorHadProcessor(run: Run, windows: Windows): Finding {
  const [id, title] = ["generator.processor", "The load generator had processor time to spare"];
  const series = matching(run.series, { metric: "cpu_seconds", where: { service: "k6" } });
  let samples = 0;
  const problems: string[] = [];
  let denied = false;
  for (const [phase, window] of Object.entries(windows)) {
    const values = valuesIn(series, window);
    samples += values.length;
    if (values.length === 0) problems.push(`its processor use in ${phase} was not recorded`);
    const share = shareOfMachine(run, sum(values), window) ?? 0;
    const deniedShare = deniedShareIn(run, window);
    denied ||= deniedShare > deniedShareMax;
    if (deniedShare > deniedShareMax) problems.push(`${deniedText(deniedShare)} in ${phase}`);
    if (share > generatorCpuShareMax)
      problems.push(`it used ${Math.round(share * 100)} % of the machine in ${phase}`);
  }
  if (coresOf(run) === null || samples === 0) problems.push("its processor use was not recorded");
  return answer(
    id,
    title,
    problems.length === 0 ? null : problems.join("; "),
    samples,
    denied ? "machine" : undefined,
  );
}

/** Something of a load ends all the time, so a stretch without any sample is a hole in the record, not a quiet target. */
function generatorLeftNoGap(run: Run, windows: Windows): Finding {
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
  const gap = longestGap(matchingAll(run, measuredBy(run.plan)), spanOf(windows));
  const [id, title] = ["generator.no-gap", "The load generator's samples have no gap"];
  if (gap === null) return answer(id, title, "no sample arrived");
  return answer(
    id,
    title,
    gap > gapMaxMs ? `nothing began for ${(gap / 1000).toFixed(1)} s` : null,
  );
}

/** What an iteration leaves of all that the claims rest on; where they rest on nothing of that kind, whatever the generator measures. */
function measuredBy({ hypothesis, recovery, metrics }: Plan): readonly string[] {
  const asked = new Set(
    [...hypothesis.flatMap(selectorsOf), ...(recovery === null ? [] : [recovery.goodput])].map(
      ({ metric }) => metric,
    ),
  );
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

function canaryHadNoGap(run: Run, windows: Windows): Finding {
  const [id, title] = ["prober.on-time", "The harness's own prober ran on time and without a gap"];
  const gap = longestGap(matchingAll(run, ["canary_ms"]), spanOf(windows));
  if (gap === null) return answer(id, title, "it recorded nothing");
  // Where nobody asks for the past, it asks as each segment becomes due.
  if (gap > Math.max(5_000, 2.5 * rhythmMsOf(run.plan)))
    return answer(id, title, `it was silent for ${(gap / 1000).toFixed(1)} s`);
  return late(run, windows, "canary_late_ms", canaryLateP99MaxMs, id, title);
}

function readingsLeftNoGap(run: Run, windows: Windows): Finding {
  return answer(
    "target.readings",
    "What the target tells of itself was read without a gap",
    readingProblem(run, spanOf(windows)),
  );
}

function baselineSteady(run: Run, windows: Windows): Finding {
  const [id, title] = ["baseline.steady", "The baseline was steady"];
  const { baseline } = windows;
  if (baseline === undefined) return answer(id, title, "it did not run to an end");
  // Viewers come in bunches, one for each segment: halves that held two and three of them would differ by a third.
  const segmentMs = Math.max(1, rhythmMsOf(run.plan));
  // A phase that was a millisecond short has as many segments as planned; half a bunch more or less would look like a drift.
  const wholeMs =
    Math.floor((baseline.untilMs - baseline.fromMs + 0.1 * segmentMs) / (2 * segmentMs)) *
    segmentMs;
  const halfMs = wholeMs > 0 ? wholeMs : (baseline.untilMs - baseline.fromMs) / 2;
  const served = goodputOf(run);
  const [first, second] = [
    countIn(served, { fromMs: baseline.fromMs, untilMs: baseline.fromMs + halfMs }),
    countIn(served, { fromMs: baseline.untilMs - halfMs, untilMs: baseline.untilMs }),
  ];
  if (first + second === 0) return answer(id, title, "nothing was served in it");
  const drift = Math.abs(first - second) / Math.max(first, second);
  return answer(
    id,
    title,
    drift > baselineDriftMax
      ? `goodput of its halves differs by ${Math.round(drift * 100)} %`
      : null,
    first + second,
  );
}

/** What the experiment itself calls good of what the generator measures; where it says nothing, iterations that came to their end. */
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

function nobodyDiedUnbidden(run: Run): Finding {
  const dead = run.events
    .filter((event) => event.kind === "exited")
    .filter((event) => !event.expected);
  const problem =
    dead.length === 0
      ? null
      : dead.map(({ service, detail }) => `${service}: ${detail}`).join("; ");
  return answer(
    "services.alive",
    "No service died unless told to",
    problem,
    0,
    dead[0] === undefined ? undefined : serviceSubject(dead[0].service),
  );
}

/** Nothing that Seawall does sets the machine's clock: where it stepped, the machine was halted, or its clock set, from outside. */
function clockDidNotStep(run: Run): Finding {
  const steps = run.events.flatMap((event) => (event.kind === "clockStepped" ? [event.byMs] : []));
  return answer(
    "machine.clock",
    "The clock did not step",
    steps.length === 0 ? null : `by ${steps.map((ms) => Math.round(ms)).join(", ")} ms`,
  );
}

function notAborted(run: Run): Finding {
  const aborted = run.events.find((event) => event.kind === "aborted");
  if (aborted?.kind !== "aborted")
    return answer("run.not-aborted", "The run was not aborted", null);
  return answer(
    "run.not-aborted",
    "The run was not aborted",
    `${aborted.reason}: ${aborted.detail}`,
    0,
    abortedBy[aborted.reason],
  );
}

function matchingAll(run: Run, names: readonly string[]): ReturnType<typeof matching> {
  return names.flatMap((metric) => matching(run.series, { metric }));
}

/** Whom an abort speaks of. */
const abortedBy: Readonly<Record<AbortReason, string>> = {
  claim: "target",
  substrate: "target",
  generator: "generator",
  user: "user",
  deadline: "harness",
  internal: "harness",
  deadMan: "harness",
};
