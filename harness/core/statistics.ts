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

/** The middle value, or the lower of the two middle ones; NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
}

/** Above so many events an upper bound stands for the exact tail, whose cost grows with their square. */
const exactMax = 500;

/**
 * How likely independent events with these chances, 0…1, happen at least, and at most, `count` times. Exact (Poisson binomial) for up to 500
 * events, above that Bernstein's upper bound on the tail.
 */
export function tailsOf(chances: readonly number[], count: number): { readonly atLeast: number; readonly atMost: number } {
  if (chances.length > exactMax) return { atLeast: bernstein(chances, count - sum(chances)), atMost: bernstein(chances, sum(chances) - count) };
  const ways = new Float64Array(chances.length + 1);
  ways[0] = 1;
  chances.forEach((chance, index) => {
    for (let happened = index + 1; happened > 0; happened--) ways[happened] = (ways[happened] as number) * (1 - chance) + (ways[happened - 1] as number) * chance;
    ways[0] = (ways[0] as number) * (1 - chance);
  });
  return { atLeast: Math.min(1, sum(ways.subarray(count))), atMost: Math.min(1, sum(ways.subarray(0, count + 1))) };
}

/** Upper bound on the chance that the sum lies at least `beyond` from its mean, to one side (Bernstein 1924). */
function bernstein(chances: readonly number[], beyond: number): number {
  if (beyond <= 0) return 1;
  const variance = sum(chances.map((chance) => chance * (1 - chance)));
  return Math.exp(-(beyond ** 2) / (2 * (variance + beyond / 3)));
}
