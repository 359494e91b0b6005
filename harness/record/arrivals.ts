/**
 * The arrivals that a plan's load consists of: how many iterations begin, and when. The generator
 * is asked for exactly these, the simulator makes them, and the judge holds the record against
 * them.
 */
import type { Load } from "../experiment/experiment.ts";
import type { Phase } from "../base/phases.ts";
import { arrivalsPerSecondMax } from "../target/model.ts";
import type { Plan } from "./plan.ts";
import { isVirtual } from "./substrates.ts";
import { rhythmMsOf } from "../target/rhythm.ts";

/**
 * The load goes on for this long after the last phase, so that no phase ends on a generator that
 * has stopped.
 */
export const tailMs = 3_000;
/**
 * k6 takes whole numbers of iterations per time unit; ten seconds allow a tenth of an iteration per
 * second.
 */
export const timeUnitSeconds = 10;

/**
 * How long iterations under way may take to end after the load: the longest patience of a bundled
 * workload (16 s, a user who pressed play) and some, after a user has waited for the next
 * period.
 */
export function gracefulStopMsOf(plan: Pick<Plan, "rhythm">): number {
  const rhythmMs = rhythmMsOf(plan);
  return 20_000 + 2 * (Number.isFinite(rhythmMs) ? rhythmMs : 0);
}

/** A stretch of one rate; `untilMs` is counted from the load's zero. */
export interface Stage {
  readonly untilMs: number;
  /** Iterations per second. */
  readonly perSecond: number;
}

type Paced = Pick<Plan, "leadInMs" | "phasesMs" | "substrate">;

/**
 * One stage for lead-in and baseline, one for the fault, one for recovery and tail, as the
 * generator gets them.
 */
export function stagesOf(load: Pick<Load, "ratePerSecond">, plan: Paced): readonly Stage[] {
  const { leadInMs, phasesMs } = plan;
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

/** In virtual time one iteration stands for many users above a certain rate. */
function perSecondOf(rate: number, { substrate }: Paced): number {
  if (isVirtual(substrate)) return rate / weightOf(rate);
  return Math.round(rate * timeUnitSeconds) / timeUnitSeconds;
}

/** For how many users one iteration stands in virtual time. */
export function weightOf(ratePerSecond: number): number {
  return Math.max(1, Math.ceil(ratePerSecond / arrivalsPerSecondMax));
}

/** Iterations planned until `atMs` after the load's zero; a fraction is one that is due later. */
export function arrivalsUntil(stages: readonly Stage[], atMs: number): number {
  let count = 0,
    fromMs = 0;
  for (const { untilMs, perSecond } of stages) {
    if (atMs <= fromMs) break;
    count += ((Math.min(atMs, untilMs) - fromMs) / 1000) * perSecond;
    fromMs = untilMs;
  }
  return count;
}

/**
 * When each iteration is due, in ms after the load's zero: as k6 computes it, the rhythm goes on
 * across stages.
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
