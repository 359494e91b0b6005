/**
 * The rhythm of a target: its period. Windows and charts span whole periods. A wait shorter than
 * one period is not significant.
 */

export interface Rhythm {
  /** Length of one period in ms. */
  readonly ms: number;
  /** What a period is called, such as `round`; also a placeholder in an operator's parameters. */
  readonly name: string;
  /** Start of period 0 in epoch ms. */
  readonly zeroMs: number;
}

/** A layout or a plan, which may have a rhythm. */
export interface Paced {
  readonly rhythm?: Rhythm;
}

/** The period of a target without a rhythm. */
const restMs = 1_000;

export function rhythmMsOf(paced: Paced): number {
  return paced.rhythm?.ms ?? restMs;
}

/** The number of the period that contains this moment (epoch ms). */
export function periodAt({ ms, zeroMs }: Rhythm, nowMs: number): number {
  return Math.floor((nowMs - zeroMs) / ms);
}
