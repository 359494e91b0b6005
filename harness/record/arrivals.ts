/**
 * The arrivals of a plan's load: the number of iterations and when each begins. The generator is
 * configured with these, the simulator produces them, and the judge compares the record with them.
 */
import type { Load } from "../experiment/experiment.ts";
import type { Replay } from "../experiment/replay.ts";
import type { Phase } from "../base/phases.ts";
import { arrivalsPerSecondMax } from "../target/model.ts";
import type { Plan } from "./plan.ts";
import { isVirtual } from "./substrates.ts";
import { rhythmMsOf } from "../target/rhythm.ts";

/**
 * The load continues for this many ms after the last phase, so that no phase ends with a stopped
 * generator.
 */
export const tailMs = 3_000;
/**
 * k6 takes whole numbers of iterations per time unit. A unit of 10 s allows a tenth of an iteration
 * per second.
 */
export const timeUnitSeconds = 10;

/**
 * Time in ms that iterations may take to end after the load. It covers the longest patience of a
 * bundled workload (16 s, a user who pressed play). It also covers the wait for the next
 * period.
 */
export function gracefulStopMsOf(plan: Pick<Plan, "rhythm">): number {
  const rhythmMs = rhythmMsOf(plan);
  return 20_000 + 2 * (Number.isFinite(rhythmMs) ? rhythmMs : 0);
}

/** An interval of constant rate; `untilMs` counts from the load's zero. */
export interface Stage {
  readonly untilMs: number;
  /** Iterations per second. */
  readonly perSecond: number;
}

type Paced = Pick<Plan, "leadInMs" | "phasesMs" | "substrate">;

/** Three stages, as the generator receives them: lead-in and baseline, fault, recovery and tail. */
export function stagesOf(
  load: Pick<Load, "ratePerSecond" | "replay">,
  plan: Paced,
): readonly Stage[] {
  const { leadInMs, phasesMs } = plan;
  if (load.replay !== undefined) return stagesOfReplay(load.replay);
  const lengths: readonly (readonly [Phase, number])[] = [
    ["baseline", leadInMs + phasesMs.baseline],
    ["fault", phasesMs.fault],
    ["recovery", phasesMs.recovery + tailMs],
  ];
  let untilMs = 0;
  return lengths.map(([phase, ms]) => {
    untilMs += Math.round(ms);
    return { untilMs, perSecond: perSecondOf(load.ratePerSecond[phase], plan) };
  });
}

/** The trace decides: one stage for each count of its schedule. */
function stagesOfReplay({ everyMs, counts }: Replay): readonly Stage[] {
  return counts.map((count, index) => ({
    untilMs: (index + 1) * everyMs,
    perSecond: (count * 1000) / everyMs,
  }));
}

/** Until a replay may begin that is as far into the target's period as its trace was, in ms. */
export function untilTurnMs(
  { load, rhythm }: Pick<Plan, "load" | "rhythm">,
  nowMs: number,
): number {
  const beginsAtMs = load.map(({ replay }) => replay?.beginsAtMs).find((ms) => ms != null);
  if (beginsAtMs == null || rhythm === undefined) return 0;
  const nowAtMs = (nowMs - rhythm.zeroMs) % rhythm.ms;
  return (beginsAtMs - nowAtMs + rhythm.ms) % rhythm.ms;
}

/** The length of a load in ms: lead-in, phases and tail. */
export function loadLengthMs({ leadInMs, phasesMs }: Omit<Paced, "substrate">): number {
  const { baseline, fault, recovery } = phasesMs;
  return leadInMs + baseline + fault + recovery + tailMs;
}

/** In virtual time, one iteration represents many users above a certain rate. */
function perSecondOf(rate: number, { substrate }: Paced): number {
  if (isVirtual(substrate)) return rate / weightOf(rate);
  return Math.round(rate * timeUnitSeconds) / timeUnitSeconds;
}

/** The number of users that one iteration represents in virtual time. */
export function weightOf(ratePerSecond: number): number {
  return Math.max(1, Math.ceil(ratePerSecond / arrivalsPerSecondMax));
}

/**
 * Iterations planned until `atMs` after the load's zero. A fraction is an iteration that is due
 * later.
 */
export function arrivalsUntil(stages: readonly Stage[], atMs: number): number {
  const before = sumsOf(stages);
  let [low, high] = [0, stages.length];
  // A replay has thousands of stages: find the first that ends at that moment or later.
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stages[middle] as Stage).untilMs < atMs) low = middle + 1;
    else high = middle;
  }
  const fromMs = stages[low - 1]?.untilMs ?? 0;
  const rest = Math.max(0, atMs - fromMs) * (stages[low]?.perSecond ?? 0);
  return (before[low] as number) + rest / 1000;
}

const sums = new WeakMap<readonly Stage[], Float64Array>();

/** Iterations planned before each stage, and before the end. */
function sumsOf(stages: readonly Stage[]): Float64Array {
  const known = sums.get(stages);
  if (known !== undefined) return known;
  const before = new Float64Array(stages.length + 1);
  for (const [index, { untilMs, perSecond }] of stages.entries()) {
    const lengthMs = untilMs - (stages[index - 1]?.untilMs ?? 0);
    before[index + 1] = (before[index] as number) + (lengthMs / 1000) * perSecond;
  }
  sums.set(stages, before);
  return before;
}

/**
 * The moment at which each iteration is due, in ms after the load's zero. As in k6, the rhythm
 * continues across stages.
 */
export function* arrivalsOf(stages: readonly Stage[]): Generator<number, void, void> {
  let done = 0,
    next = 1,
    fromMs = 0;
  for (const { untilMs, perSecond } of stages) {
    const until = done + ((untilMs - fromMs) / 1000) * perSecond;
    for (; next <= until; next++) yield fromMs + ((next - done) / perSecond) * 1000;
    done = until;
    fromMs = untilMs;
  }
}
