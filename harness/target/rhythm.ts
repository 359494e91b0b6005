/**
 * The rhythm of a target: what comes in periods. Windows and charts hold whole periods, and a wait
 * of less than one says little.
 */

export interface Rhythm {
  /** Of one period, in ms. */
  readonly ms: number;
  /** What a period is called, as a placeholder in an operator's parameters too: `round`. */
  readonly name: string;
  /** Epoch ms at which period 0 began. */
  readonly zeroMs: number;
}

/** Whatever has one: a layout or a plan. */
export interface Paced {
  readonly rhythm?: Rhythm;
}

/** Without a rhythm of its own, what comes second by second is as good. */
const restMs = 1_000;

export function rhythmMsOf(paced: Paced): number {
  return paced.rhythm?.ms ?? restMs;
}

/** The period that is on at this moment. */
export function periodAt({ ms, zeroMs }: Rhythm, nowMs: number): number {
  return Math.floor((nowMs - zeroMs) / ms);
}
