/**
 * Checks whether a record can be that of its plan, from counts, lengths and order alone. It uses no
 * hash, so a record with a recomputed seal, or without one, is checked just as strictly.
 */
import { type Phase, phases } from "../base/phases.ts";
import { describeFault } from "../faults/faults.ts";
import { sourceIn } from "../metrics/metrics.ts";
import type { Plan } from "../record/plan.ts";
import type { FactOf } from "../record/facts.ts";
import type { Run } from "../record/run.ts";
import type { RunEvent } from "../record/events.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { firstOf } from "./answer.ts";
import { ownZeroOf } from "./offered.ts";

/**
 * A phase begins when it is due and the counters have been read. The reading takes at most 1 s; the
 * rest is slack for a busy machine.
 */
export const phaseLateMsMax = 2_500;
/**
 * Timers fire up to 1 ms early, and the clocks of the harness and the generator are read one after
 * the other.
 */
const earlyMsMax = 50;
/** Greatest difference between a duration that an event states and that between two events. */
const lengthMsMax = 1_000;
/**
 * Samples of the load, the prober and the harness's readings lie within the load, give or take
 * this.
 */
const outsideMsMax = 1_000;

type Of<K extends RunEvent["kind"]> = Extract<RunEvent, { kind: K }>;

type Misfit = FactOf<"record.fits">;

export function fitProblems(run: Run): Misfit[] {
  const problems = [
    ...orderProblems(run.events),
    ...phaseProblems(run),
    ...stepProblems(run),
    ...lengthProblems(run.events),
    ...sampleProblems(run),
    ...loadProblems(run),
    ...planProblems(run.plan),
  ];
  // A moved event contradicts several others.
  return firstOf(problems, 4);
}

/**
 * Events that occur once per run, in this order. An aborted run lacks some, and heals its faults
 * late.
 */
const course = [
  "started",
  "deploying",
  "deployed",
  "loadStarted",
  "generator",
  "cleaned",
  "finished",
] as const;

function orderProblems(events: readonly RunEvent[]): Misfit[] {
  const problems: Misfit[] = [];
  for (const [index, event] of events.entries()) {
    const before = events[index - 1];
    if (before !== undefined && event.atMs < before.atMs - 1)
      problems.push({
        fact: "event-older",
        event: nameOf(event),
        before: nameOf(before),
        byMs: before.atMs - event.atMs,
      });
  }
  const seen = events.filter((event) => (course as readonly string[]).includes(event.kind));
  for (const kind of course) {
    const count = seen.filter((event) => event.kind === kind).length;
    if (count > 1) problems.push({ fact: "event-repeated", event: kind, times: count });
  }
  const ranks = seen.map((event) => (course as readonly string[]).indexOf(event.kind));
  const back = ranks.findIndex((rank, index) => rank < (ranks[index - 1] ?? 0));
  if (back > 0)
    problems.push({
      fact: "event-out-of-order",
      event: (seen[back] as RunEvent).kind,
      before: (seen[back - 1] as RunEvent).kind,
    });
  if (events.length > 0 && events[0]?.kind !== "started") problems.push({ fact: "no-start" });
  return problems;
}

const allPhases = ["leadIn", ...phases, "drain"] as const;

function phaseProblems({ plan, events }: Run): Misfit[] {
  const begun = events.filter((event) => event.kind === "phase");
  const names = begun.map((event) => event.phase);
  // A run that ended early has a prefix of them; none is skipped, repeated or out of order.
  const expected = allPhases.slice(0, names.length);
  if (names.length > allPhases.length || names.some((name, index) => name !== expected[index])) {
    return [{ fact: "phases", phases: names, planned: allPhases }];
  }
  const due = dueMs(plan);
  const zeroMs = zeroOf(plan, events);
  if (zeroMs === null) return [];
  return begun.flatMap(({ phase, atMs }): Misfit[] => {
    const lateMs = atMs - zeroMs - due[phase];
    if (lateMs < -earlyMsMax) return [{ fact: "phase-early", phase, byMs: -lateMs }];
    return lateMs > phaseLateMsMax
      ? [{ fact: "phase-late", phase, byMs: lateMs, maxMs: phaseLateMsMax }]
      : [];
  });
}

/** When each phase is due, in ms from the start of the load. */
function dueMs({ leadInMs, phasesMs }: Plan): Readonly<Record<Phase | "leadIn" | "drain", number>> {
  const fault = leadInMs + phasesMs.baseline;
  const recovery = fault + phasesMs.fault;
  return { leadIn: 0, baseline: leadInMs, fault, recovery, drain: recovery + phasesMs.recovery };
}

/** The origin of all planned times: just after the load has begun. */
function zeroOf(plan: Plan, events: readonly RunEvent[]): number | null {
  const started = events.find((event) => event.kind === "loadStarted");
  if (started === undefined) return null;
  const { fault } = dueMs(plan);
  const planned = events.find((event) => event.kind === "injected");
  const step = planned?.kind === "injected" ? plan.steps[planned.step] : undefined;
  if (planned?.kind !== "injected" || step === undefined) return started.atMs;
  // On a slow disk, recording that the load has begun takes a while.
  const zeroMs = planned.plannedMs - fault - step.atMs;
  return zeroMs >= started.atMs - earlyMsMax && zeroMs <= started.atMs + slowDiskMsMax
    ? zeroMs
    : started.atMs;
}

/** The harness continues only once an event is on disk; a disk that takes longer ends the run. */
const slowDiskMsMax = 5_000;

function stepProblems({ plan, events }: Run): Misfit[] {
  const aborted = events.some((event) => event.kind === "aborted");
  const { fault: faultMs } = dueMs(plan);
  const zeroMs = zeroOf(plan, events);
  const known = plan.steps.flatMap((step, index) => {
    const at = <K extends StepKind>(kind: K): Of<K>[] =>
      events.filter(
        (event): event is Of<K> => event.kind === kind && (event as Of<StepKind>).step === index,
      );
    const fault = describeFault(step.fault);
    const all = stepKinds.flatMap((kind) => at(kind));
    const problems: Misfit[] = stepKinds
      .filter((kind) => at(kind).length > 1)
      .map((kind) => ({
        fact: "fault-event-repeated",
        fault,
        event: kind,
        times: at(kind).length,
      }));
    const looked = events.filter(
      (event): event is Of<"observed"> => event.kind === "observed" && event.step === index,
    );
    if ([...all, ...looked].some((event) => !isSame(event.fault, step.fault)))
      problems.push({ fact: "other-fault", fault });
    const order = all.map(({ atMs }) => atMs);
    const places = all.map((event) => events.indexOf(event));
    if (!isAscending(order) || !isAscending(places))
      problems.push({ fact: "fault-out-of-order", fault });
    if (!looksFit(looked, at("injected")[0], at("healing")[0]))
      problems.push({ fact: "check-outside-fault", fault });
    const [injecting] = at("injecting"),
      [injected] = at("injected"),
      [healed] = at("healed");
    if (
      injected?.actedMs !== undefined &&
      (injected.actedMs > injected.atMs + 1 || injected.actedMs < (injecting?.atMs ?? 0) - 1)
    ) {
      problems.push({ fact: "act-outside-injection", fault });
    }
    if (zeroMs === null || injected === undefined) return problems;
    const offMs = injected.plannedMs - zeroMs - faultMs - step.atMs;
    if (Math.abs(offMs) > earlyMsMax)
      problems.push({ fact: "injection-moved", fault, byMs: offMs });
    // A run that is aborted heals everything at once.
    const healOffMs = (healed?.plannedMs ?? 0) - zeroMs - faultMs - step.atMs - step.forMs;
    if (
      healed !== undefined &&
      !aborted &&
      Math.abs(healOffMs) > earlyMsMax &&
      healed.plannedMs > injected.plannedMs &&
      !endedEarly(events)
    ) {
      problems.push({ fact: "heal-moved", fault, byMs: healOffMs });
    }
    const begunMs = injecting?.atMs ?? injected.actedMs ?? injected.atMs;
    if (begunMs < injected.plannedMs - earlyMsMax)
      problems.push({ fact: "injected-early", fault, byMs: injected.plannedMs - begunMs });
    return problems;
  });
  const strays = events.filter(
    (event) =>
      [...stepKinds, "observed"].includes(event.kind) &&
      (event as Of<StepKind>).step >= plan.steps.length,
  );
  return strays.length === 0
    ? known
    : [...known, { fact: "unplanned-faults", events: strays.length }];
}

/** Checks follow one another between injection and heal, and are recorded afterwards. */
function looksFit(
  looked: readonly Of<"observed">[],
  injected: Of<"injected"> | undefined,
  healing: Of<"healing"> | undefined,
): boolean {
  const times = looked.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]);
  return (
    isAscending([injected?.atMs ?? 0, ...times, healing?.atMs ?? Number.POSITIVE_INFINITY]) &&
    looked.every(({ atMs, untilMs }) => untilMs <= atMs + 1)
  );
}

const stepKinds = ["injecting", "injected", "healing", "healed"] as const;
type StepKind = (typeof stepKinds)[number];

function endedEarly(events: readonly RunEvent[]): boolean {
  return events.some((event) => event.kind === "generator" && !event.expected);
}

/** Deep equality of JSON, whatever the order of keys. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [ofA, ofB] = [Object.entries(a), Object.entries(b)];
  return (
    ofA.length === ofB.length &&
    ofA.every(
      ([key, value]) => Object.hasOwn(b, key) && isSame(value, (b as Record<string, unknown>)[key]),
    )
  );
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value >= (values[index - 1] as number));
}

/** Some events state a duration. */
function lengthProblems(events: readonly RunEvent[]): Misfit[] {
  const at = <K extends RunEvent["kind"]>(kind: K): Of<K> | undefined =>
    events.find((event): event is Of<K> => event.kind === kind);
  const [deploying, deployed, load, generator] = [
    at("deploying"),
    at("deployed"),
    at("loadStarted"),
    at("generator"),
  ];
  const problems: Misfit[] = [];
  if (
    deploying !== undefined &&
    deployed !== undefined &&
    Math.abs(deployed.atMs - deploying.atMs - deployed.tookMs) > lengthMsMax
  ) {
    problems.push({
      fact: "deploy-length",
      statedMs: deployed.tookMs,
      measuredMs: deployed.atMs - deploying.atMs,
    });
  }
  if (load !== undefined && generator !== undefined && !generatorFits(load, generator)) {
    problems.push({
      fact: "load-length",
      statedMs: generator.seconds * 1_000,
      measuredMs: generator.atMs - load.atMs,
    });
  }
  if (load?.askedMs !== undefined) {
    const { askedMs, atMs } = load;
    if (askedMs > atMs + earlyMsMax || askedMs < (deployed?.atMs ?? askedMs) - earlyMsMax)
      problems.push({ fact: "load-asked-outside" });
  }
  return problems;
}

/** Its seconds count from just before the generator was started, which may take a while. */
function generatorFits(load: Of<"loadStarted">, generator: Of<"generator">): boolean {
  const longerMs = generator.seconds * 1_000 - (generator.atMs - load.atMs);
  return longerMs > -lengthMsMax && longerMs < 10_000;
}

/** Sources that have samples only during the load. */
const duringLoad = ["generator", "prober", "harness"];

function sampleProblems({ events, series, plan }: Run): Misfit[] {
  const load = events.find((event) => event.kind === "loadStarted");
  const generator = events.find((event) => event.kind === "generator");
  const cleaned = events.find((event) => event.kind === "cleaned");
  if (load === undefined) return [];
  // The prober and the harness observe the target as soon as it is up; a generator starts later.
  const deployedMs = events.find((event) => event.kind === "deployed")?.atMs ?? load.atMs;
  const askedMs = load.askedMs ?? load.atMs;
  return duringLoad.flatMap((source): Misfit[] => {
    const span = spanOf(series.filter(({ metric }) => sourceIn(plan.metrics, metric) === source));
    if (span === null) return [];
    const beginMs = source === "generator" ? askedMs : Math.min(deployedMs, load.atMs);
    const endMs = source === "generator" ? generator?.atMs : cleaned?.atMs;
    return [
      ...(span.fromMs < beginMs - outsideMsMax
        ? [{ fact: "samples-before-load", source, byMs: load.atMs - span.fromMs } as const]
        : []),
      ...(endMs !== undefined && span.untilMs > endMs + outsideMsMax
        ? [{ fact: "samples-after-end", source, byMs: span.untilMs - endMs } as const]
        : []),
    ];
  });
}

function spanOf(
  all: readonly SeriesData[],
): { readonly fromMs: number; readonly untilMs: number } | null {
  let [fromMs, untilMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { kind, atMs, values } of all) {
    for (let index = 0; index < atMs.length; index++) {
      const endMs = atMs[index] as number;
      fromMs = Math.min(fromMs, kind === "duration" ? endMs - (values[index] as number) : endMs);
      untilMs = Math.max(untilMs, endMs);
    }
  }
  return untilMs >= fromMs ? { fromMs, untilMs } : null;
}

/**
 * The load changes its rates by its own clock, and the phases follow the harness's. A load that
 * began late has a late storm.
 */
function loadProblems(run: Run): Misfit[] {
  const phasesMs = zeroOf(run.plan, run.events);
  return run.plan.load.flatMap((load): Misfit[] => {
    const lateMs = phasesMs === null ? 0 : (ownZeroOf(run, load) ?? phasesMs) - phasesMs;
    return lateMs > outsideMsMax ? [{ fact: "load-late", load: load.name, byMs: lateMs }] : [];
  });
}

/**
 * Problems for which `plan` refuses today, and refused then: such a plan was changed afterwards.
 */
function planProblems({ hypothesis, recovery, steps, phasesMs }: Plan): Misfit[] {
  const problems: Misfit[] = [];
  if (
    recovery === null &&
    hypothesis.every(({ during }) => during.every((phase) => phase === "baseline"))
  ) {
    problems.push({ fact: "claims-nothing" });
  }
  const outside = steps.filter(
    ({ atMs, forMs }) => atMs + forMs > phasesMs.fault + phasesMs.recovery,
  );
  if (outside.length > 0) problems.push({ fact: "faults-after-end", faults: outside.length });
  return problems;
}

function nameOf(event: RunEvent): string {
  return event.kind === "phase" ? event.phase : event.kind;
}
