/** Exact statistics over recorded values. Nothing here averages percentiles or interpolates between samples. */

/**
 * Nearest-rank quantile: the smallest value such that at least `q` of all values are no larger (NIST/SEMATECH e-Handbook 2.6.2, without
 * interpolation, so the answer is always a value that was really observed).
 * `extraAbove` values are taken to lie above all others and `extraBelow` beneath them. Returns null without values.
 */
export function quantile(sorted: Float64Array, q: number, extraAbove = 0, extraBelow = 0): number | null {
  const count = sorted.length + extraAbove + extraBelow;
  if (count === 0) return null;
  const rank = Math.max(1, Math.ceil(q * count)) - extraBelow;
  if (rank < 1) return Number.NEGATIVE_INFINITY;
  return rank > sorted.length ? Number.POSITIVE_INFINITY : (sorted[rank - 1] as number);
}

/** Kahan summation: counters of a long run must not lose their small increments. */
export function sum(values: Iterable<number>): number {
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const corrected = value - lost;
    const next = total + corrected;
    lost = next - total - corrected;
    total = next;
  }
  return total;
}

/** 0 without values. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
}
