/**
 * Finds claims that cannot fail, and claims that cannot hold. The judge judges each claim on
 * made-up records: all users unserved, all answers late, every counter at its maximum, and states
 * in between. A claim that no record refutes would hold whatever the target does.
 */
import {
  type Claim,
  namedBy,
  selectorsOf,
  statisticOf,
  unitOf,
} from "../../claims/statistics/registry.ts";
import type { Phase } from "../../base/phases.ts";
import type { Recovery } from "../../experiment/experiment.ts";
import type { Tags } from "../../metrics/tags.ts";
import { formatValue } from "../../phrases/format.ts";
import { worded } from "../../phrases/verdict.ts";
import { compare, judgeClaim } from "../../judge/claims.ts";
import { judgeRecovery } from "../../judge/recovery.ts";
import { type Metric, metricIn } from "../../metrics/metrics.ts";
import type { PhaseWindow, Windows } from "../../judge/windows.ts";
import type { Judged } from "../../record/verdict.ts";
import type { RunEvent } from "../../record/events.ts";
import type { SeriesData } from "../../metrics/samples.ts";
import { carries } from "../../metrics/series.ts";
import { isSpoilt, ofAbort, ofClaim, ofRecovery, type PlanProblem } from "../problems/problem.ts";
import { isHarness, metricsOf, partOf, type State, statesOf, valuesByTag } from "./made-up.ts";
import { groupsOf, type World } from "./population.ts";

/** An arbitrary moment, because the records are made up. */
const zeroMs = 1_800_000_000_000;

function windowsOf({ experiment: { phasesMs } }: World): Record<Phase, PhaseWindow> {
  const at = (fromMs: number, ms: number): PhaseWindow => ({
    fromMs,
    untilMs: fromMs + ms,
    cutOff: false,
  });
  const fault = zeroMs + phasesMs.baseline,
    recovery = fault + phasesMs.fault;
  return {
    baseline: at(zeroMs, phasesMs.baseline),
    fault: at(fault, phasesMs.fault),
    recovery: at(recovery, phasesMs.recovery),
  };
}

/**
 * One line per claim, abort condition or recovery that no made-up record refutes, or that all of
 * them refute. `known`: problems found before.
 */
export function refutableProblems(world: World, known: readonly PlanProblem[] = []): PlanProblem[] {
  const { hypothesis, abortWhen, recovery } = world.experiment;
  const windows = windowsOf(world);
  const claims = hypothesis
    .filter((claim) => !isSpoilt(claim, known))
    .flatMap((claim) => claimProblems(claim, windows, world).map((why) => ofClaim(claim, why)));
  const aborts = abortWhen
    .filter(({ unless }) => !isSpoilt(unless, known))
    .flatMap(({ unless, windowMs }) => {
      const last = (phase: Phase): PhaseWindow => ({
        ...windows[phase],
        fromMs: Math.max(windows[phase].fromMs, windows[phase].untilMs - windowMs),
      });
      return claimProblems(
        unless,
        { baseline: last("baseline"), fault: last("fault"), recovery: last("recovery") },
        world,
      ).map((why) => ofAbort(unless, why));
    });
  const after =
    recovery === null || isSpoilt(recovery, known)
      ? []
      : recoveryProblems(recovery, windows, world).map((why) => ofRecovery(recovery, why));
  const problems = [...claims, ...aborts, ...after];
  const anyAffected =
    hypothesis.some((claim) => isSpoilt(claim, known)) ||
    (recovery !== null && isSpoilt(recovery, known));
  return problems.length > 0 || anyAffected
    ? problems
    : wholeProblems(world, windows).map((text) => ({ where: "hypothesis", text, spoils: null }));
}

function claimProblems(claim: Claim, windows: Record<Phase, PhaseWindow>, world: World): string[] {
  if (isAboutHarness(claim, world))
    return ["it is about the harness alone and says nothing about the target"];
  const problems = new Map<string, Phase[]>();
  for (const phase of claim.during) {
    const why = phaseProblem(claim, phase, windows, world);
    if (why !== null) problems.set(why, [...(problems.get(why) ?? []), phase]);
  }
  return [...problems].map(
    ([why, phases]) =>
      `${phases.length === 3 ? "in every phase" : `in ${phases.join(" and ")}`} ${why}`,
  );
}

function isAboutHarness(claim: Claim, { registry }: World): boolean {
  return selectorsOf(claim).every(
    ({ metric, where }) => registry[metric]?.ofHarness === true || isHarness(where ?? {}),
  );
}

/** `failsAlone`: only a record in which every sample failed refutes it. */
interface Seen {
  fails: boolean;
  failsAlone: boolean;
  holds: boolean;
  least: number;
  most: number;
  samples: number;
  limitLeast: number;
  limitMost: number;
}

function phaseProblem(claim: Claim, phase: Phase, windows: Windows, world: World): string | null {
  const tooLong = statisticOf(claim).lengthProblem(claim, world.experiment.phasesMs[phase]);
  if (tooLong !== null) return tooLong;
  const scaled = scaledClaim(claim, partOf(claim, world));
  const seen: Seen = {
    fails: false,
    failsAlone: false,
    holds: false,
    least: Number.POSITIVE_INFINITY,
    most: Number.NEGATIVE_INFINITY,
    samples: 0,
    limitLeast: Number.POSITIVE_INFINITY,
    limitMost: Number.NEGATIVE_INFINITY,
  };
  for (const record of recordsFor(scaled, claim, phase, windows, world)) {
    look(judgeClaim(scaled, phase, windows, record, world.registry), scaled, seen);
    if (seen.fails && seen.holds) return null;
  }
  return explained(claim, scaled, seen, world);
}

function look(finding: Judged, claim: Claim, seen: Seen): void {
  const { comparison, samplesMin } = claim;
  seen.samples = Math.max(seen.samples, finding.samples);
  const { observed, limit } = finding;
  if (observed === null || limit === null || finding.samples < Math.max(1, samplesMin)) return;
  seen.least = Math.min(seen.least, observed);
  seen.most = Math.max(seen.most, observed);
  seen.limitLeast = Math.min(seen.limitLeast, limit);
  seen.limitMost = Math.max(seen.limitMost, limit);
  if (finding.status === "held") seen.holds = true;
  // A share that only such a record violates requires almost nothing.
  const isPure = statisticOf(claim).having(claim) !== null && (observed === 0 || observed === 1);
  if (finding.status !== "held" && !compare(observed, comparison, limit))
    seen[isPure ? "failsAlone" : "fails"] = true;
}

function explained(claim: Claim, scaled: Claim, seen: Seen, world: World): string | null {
  const part = scaled.samplesMin === claim.samplesMin ? 1 : claim.samplesMin / scaled.samplesMin;
  const unit = unitOf(claim);
  const counted = scaled.limit === claim.limit ? 1 : part;
  const shown = (value: number): string => formatValue(value * counted, unit);
  const range =
    seen.least === seen.most ? shown(seen.least) : `${shown(seen.least)} to ${shown(seen.most)}`;
  if (!Number.isFinite(seen.least))
    return (
      `no record yields the ${Math.max(1, claim.samplesMin)} samples that it needs; ` +
      `${Math.round(seen.samples * part)} at most${unplayed(claim, world)}`
    );
  const { comparison } = claim;
  if (!seen.fails) {
    const but = seen.failsAlone
      ? "except one in which every sample fails"
      : "not even one in which every request fails";
    return (
      `no record refutes it, ${but}: it comes to ${range}, and must be ${comparison} ` +
      `${limitText(claim)}`
    );
  }
  // A value between the made-up ones may occur.
  const within =
    comparison === "==" && seen.least <= seen.limitMost && seen.most >= seen.limitLeast;
  return seen.holds || within
    ? null
    : `no record satisfies it: it comes to ${range}, and must be ${comparison} ${limitText(claim)}`;
}

/** A workload's declared metric comes only from the functions that name it. */
function unplayed({ metric }: Claim, { experiment, registry, plays }: World): string {
  const known = metricIn(registry, metric);
  if (known?.source !== "generator" || known.perRequest === true) return "";
  const isPlayed = experiment.load.some(
    (load) => plays(load)?.some((played) => played.metric === metric) ?? true,
  );
  return isPlayed ? "" : `: no function of its loads names ${metric} in \`plays\``;
}

function limitText(claim: Claim): string {
  const { limit } = claim;
  return typeof limit === "number"
    ? formatValue(limit, unitOf(claim))
    : `${limit.times} × ${limit.of}`;
}

/** Scales the claim's counts to the fraction of samples that is made. */
function scaledClaim(claim: Claim, part: number): Claim {
  return part === 1 ? claim : (statisticOf(claim).ofPart(claim, part) as Claim);
}

/**
 * Every state of the phase. If the limit refers to another phase, each with a few states of that
 * one.
 */
function* recordsFor(
  scaled: Claim,
  claim: Claim,
  phase: Phase,
  windows: Windows,
  world: World,
): Generator<readonly SeriesData[]> {
  const names = metricsOf(claim);
  const states = combined(names.map((metric) => statesOf(claim, metric, world, names.length > 1)));
  const of = typeof scaled.limit === "number" ? null : scaled.limit.of;
  const references =
    of === null ? [] : combined(names.map((metric) => statesOf(claim, metric, world, true)));
  const window = windows[phase] as PhaseWindow;
  yield* statisticOf(scaled).madeUp(scaled, window);
  for (const state of states) {
    const series = state.flatMap((one) => one.make(phase, window));
    if (of === null || of === phase) yield series;
    else
      for (const other of references)
        yield [...series, ...other.flatMap((one) => one.make(of, windows[of] as PhaseWindow))];
  }
}

function combined(all: readonly (readonly State[])[]): State[][] {
  return all.reduce<State[][]>(
    (made, states) => made.flatMap((one) => states.map((state) => [...one, state])),
    [[]],
  );
}

/** Before the fault, every user is served. */
function recoveryProblems(
  recovery: Recovery,
  windows: Record<Phase, PhaseWindow>,
  world: World,
): string[] {
  const good = goodputClaim(recovery);
  const [kind] = statesOf(good, recovery.goodput.metric, world, true);
  if (kind === undefined) return [];
  const favourable = (["baseline", "fault", "recovery"] as const).flatMap((phase) =>
    kind.make(phase, windows[phase]),
  );
  const judged = (series: readonly SeriesData[]): Judged =>
    judgeRecovery(recovery, windows, healed(windows), series, world.registry);
  const atBest = judged(favourable);
  if (atBest.status !== "held")
    return atBest.status === "refuted"
      ? [
          "no record satisfies it, not even one in which every request is served: " +
            `${worded(atBest).why}`,
        ]
      : [];
  const before = kind.make("baseline", windows.baseline);
  // In each window at least one user is served.
  const some = slices(windows.recovery, recovery.windowMs);
  const refuted = statesOf(good, recovery.goodput.metric, world, false).some((state) => {
    const made = some.map((window) => state.make("recovery", window));
    const isServed = made.every((series) =>
      series.some(
        ({ tags, atMs }) =>
          atMs.length > 0 && carries(tags, { ...recovery.goodput.where, ...recovery.having }),
      ),
    );
    return isServed && judged([...before, ...made.flat()]).status === "refuted";
  });
  if (!refuted)
    return ["no record refutes it, not even one in which all but one request per window are lost"];
  const unserved = lostFromFault(good, windows, world);
  return unserved !== null && judged(unserved).status === "held"
    ? ["it holds in a run in which no user gets anything any more"]
    : [];
}

function goodputClaim({ title, goodput, having, shareMin }: Recovery): Claim {
  return {
    title,
    ...goodput,
    statistic: "share",
    having,
    comparison: ">=",
    limit: shareMin,
    during: ["recovery"],
    samplesMin: 1,
  };
}

function slices({ fromMs, untilMs, cutOff }: PhaseWindow, ms: number): PhaseWindow[] {
  return Array.from({ length: Math.ceil((untilMs - fromMs) / ms) }, (_, index) => ({
    fromMs: fromMs + index * ms,
    untilMs: Math.min(untilMs, fromMs + (index + 1) * ms),
    cutOff,
  }));
}

function healed({ recovery }: Windows): RunEvent[] {
  const atMs = recovery?.fromMs ?? zeroMs;
  return [
    {
      kind: "healed",
      atMs,
      plannedMs: atMs,
      step: 0,
      fault: { kind: "kill", service: "" },
      evidence: { landed: true, observation: "" },
    },
  ];
}

/** The tags of users who lose everything, unless their metric declares others. */
const lost: Tags = { outcome: "lost", status: "0" };

/** The record of a run in which no user receives anything from the start of the fault. */
function lostFromFault(
  claim: Claim,
  windows: Record<Phase, PhaseWindow>,
  world: World,
): SeriesData[] | null {
  const names = metricsOf(claim);
  if (!names.every((metric) => isOfUsers(metric, world))) return null;
  return names.flatMap((metric) => {
    const [kind] = statesOf(claim, metric, world, true);
    return [
      ...(kind?.make("baseline", windows.baseline) ?? []),
      ...(["fault", "recovery"] as const).flatMap((phase) =>
        unserved(metric, claim, phase, windows[phase], world),
      ),
    ];
  });
}

/** At least one claim must be refuted by such a run, or a run without any service would hold. */
function wholeProblems(world: World, windows: Record<Phase, PhaseWindow>): string[] {
  const { hypothesis, recovery } = world.experiment;
  const record = (claim: Claim): SeriesData[] | null => lostFromFault(claim, windows, world);
  const isRefuted = hypothesis.some((claim) => {
    const series = record(claim);
    const scaled = scaledClaim(claim, partOf(claim, world));
    return (
      series !== null &&
      claim.during.some(
        (phase) => judgeClaim(scaled, phase, windows, series, world.registry).status !== "held",
      )
    );
  });
  if (isRefuted) return [];
  const series = recovery === null ? null : record(goodputClaim(recovery));
  if (
    recovery !== null &&
    series !== null &&
    judgeRecovery(recovery, windows, healed(windows), series, world.registry).status !== "held"
  )
    return [];
  return ["a run in which no user gets anything would hold; claim something about what users get"];
}

/** A metric of what users receive: from the load, the prober, players or the read-back. */
function isOfUsers(metric: string, { registry }: World): boolean {
  const known = metricIn(registry, metric);
  return (
    known !== undefined &&
    (["generator", "prober", "player"].includes(known.source) || known.ofBytes === true)
  );
}

function unserved(
  metric: string,
  claim: Claim,
  phase: Phase,
  window: PhaseWindow,
  world: World,
): SeriesData[] {
  const { kind = "event", source, lostValue } = world.registry[metric] ?? {};
  if (source !== "generator") return [];
  const named = valuesByTag(namedBy(claim).map(({ where }) => where));
  const part = partOf(claim, world);
  return groupsOf(metric, named, world).map(({ fixed, free, perSecond, mostMs }) => {
    const tags = Object.fromEntries(
      Object.entries(free).map(([tag, values]) => [tag, fate(world.registry[metric], tag, values)]),
    );
    const count = Math.round((perSecond[phase] * part * (window.untilMs - window.fromMs)) / 1_000);
    const value = lostValue ?? (kind === "duration" ? mostMs + 1 : 0);
    const lastsMs = kind === "duration" ? value : 0;
    const atMs = Float64Array.from(
      { length: count },
      (_, index) =>
        window.fromMs + ((index + 0.5) * (window.untilMs - window.fromMs)) / count + lastsMs,
    );
    return {
      metric,
      kind,
      tags: { ...tags, ...fixed },
      atMs,
      values: new Float64Array(count).fill(value),
    };
  });
}

function fate(metric: Metric | undefined, tag: string, values: readonly string[]): string {
  return metric?.lost?.[tag] ?? lost[tag] ?? values[0] ?? "";
}
