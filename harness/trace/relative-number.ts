/**
 * Numbers relative to the newest one: a replay asks for what is as old today as it was then. Pure,
 * and shared by the k6 script and virtual time.
 */

/** The target's period, as in a plan. */
interface Period {
  readonly ms: number;
  /** Epoch ms of the start of period 0. */
  readonly zeroMs: number;
}

/**
 * A replay asks so much later than the earliest users of the trace did. A clock that is off by half
 * of it still leads to the same number.
 */
export const marginMs = 250;

/** A row as far as numbers are concerned. */
export interface Numbered {
  readonly traceMs: number;
  readonly number: number | null;
  readonly served: boolean;
}

/** A larger step may be one bogus number, which must not define what is newest. */
const shareMin = 0.002,
  rowsMin = 2;

/**
 * The number that begins at the moment 0 of the trace, with its fraction: at `traceMs`, the newest
 * one is `frontier + traceMs / periodMs`. Null without any served number.
 */
export function frontierOf(rows: readonly Numbered[], periodMs: number): number | null {
  const steps = new Map<number, { rows: number; most: number }>();
  let all = 0;
  for (const { traceMs, number, served } of rows) {
    if (number === null || !served) continue;
    const value = number - traceMs / periodMs;
    const step = steps.get(Math.floor(value));
    all++;
    if (step === undefined) steps.set(Math.floor(value), { rows: 1, most: value });
    else {
      step.rows++;
      step.most = Math.max(step.most, value);
    }
  }
  const least = all < 10 ? 1 : Math.max(rowsMin, shareMin * all);
  const [newest] = [...steps].filter(([, step]) => step.rows >= least).sort(([a], [b]) => b - a);
  return newest === undefined ? null : newest[1].most;
}

/** Fewer periods than these do not show how fast numbers advance. */
const periodsMin = 12;

/**
 * How fast the numbers of the trace advance, in ms for each, where that is not `periodMs`. Null
 * where it is, or where the rows do not show it.
 */
export function otherPeriodMs(rows: readonly Numbered[], periodMs: number): number | null {
  const numbered = rows.filter(({ number, served }) => number !== null && served);
  const [first, last] = [numbered.at(0)?.traceMs ?? 0, numbered.at(-1)?.traceMs ?? 0];
  const thirdMs = (last - first) / 3;
  if (3 * thirdMs < periodsMin * periodMs) return null;
  const early = frontierOf(
    numbered.filter(({ traceMs }) => traceMs <= first + thirdMs),
    periodMs,
  );
  const late = frontierOf(
    numbered.filter(({ traceMs }) => traceMs >= last - thirdMs),
    periodMs,
  );
  if (early === null || late === null) return null;
  const drift = late - early;
  const periods = (2 * thirdMs) / periodMs;
  // Few users may miss the newest number for a while.
  if (Math.abs(drift) <= Math.max(2, 0.1 * periods)) return null;
  return (2 * thirdMs) / Math.max(0.01, periods + drift);
}

/** A number as an offset from the period in which the replay begins; `dueMs` after its zero. */
export function offsetOf(
  { traceMs, number }: { readonly traceMs: number; readonly number: number },
  dueMs: number,
  frontier: number,
  periodMs: number,
): number {
  const behind = frontier + traceMs / periodMs - number;
  return Math.round((dueMs / periodMs - behind) * 1000) / 1000;
}

/** The number that an offset means in a replay that began at `beganMs`, in epoch ms. */
export function numberAt(offset: number, beganMs: number, { ms, zeroMs }: Period): number {
  // The newest one that is complete; a request comes when it is.
  const began = (beganMs - zeroMs) / ms - 1;
  return Math.floor(began + offset - marginMs / 2 / ms);
}

/** The moment within a period, in ms, at which a replay must begin to be as the trace was. */
export function alignmentOf(frontier: number, periodMs: number): number {
  const phase = frontier * periodMs + marginMs;
  return ((phase % periodMs) + periodMs) % periodMs;
}
