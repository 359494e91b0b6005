/**
 * The arrivals of a plan's load: the number of iterations and when each begins. The generator is
 * configured with these, the simulator produces them, and the judge compares the record with them.
 */
import type { Load } from "../experiment/experiment.ts";
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
