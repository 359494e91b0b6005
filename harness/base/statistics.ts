/** Exact statistics over recorded values. Nothing here averages percentiles or interpolates between samples. */

/**
 * Nearest-rank quantile: the smallest value such that at least `q` of all values are no larger (NIST/SEMATECH e-Handbook 2.6.2, without
 * interpolation, so the answer is always a value that was really observed).
 * `extraAbove` values are taken to lie above all others and `extraBelow` beneath them. Returns null without values.
 */
export function quantile(
  sorted: Float64Array,
  q: number,
  extraAbove = 0,
  extraBelow = 0,
): number | null {
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

/** Some draws of one population, of which `all` others were seen, `bad` of them bad. */
export interface Draws {
  readonly bad: number;
  readonly all: number;
  readonly probes: number;
}

/**
 * Above so many draws an upper bound stands for the exact tail, whose cost grows with their
 * square.
 */
const exactMax = 500;

/**
 * How likely at least, and at most, `count` of all draws are bad. Of one population each is bad as
 * often as those that were seen, who are some (Laplace), and one that is tells of the next
 * (Pólya's urn); populations know nothing of one another. Exact for up to 500 draws, above that
 * Bernstein's upper bound.
 */
export function tailsOfDraws(
  populations: readonly Draws[],
  count: number,
): { readonly atLeast: number; readonly atMost: number } {
  const total = sum(populations.map(({ probes }) => probes));
  if (total > exactMax) {
    const { mean: expected, variance, most } = momentsOf(populations);
    return {
      atLeast: bernstein(variance, most, count - expected),
      atMost: bernstein(variance, most, expected - count),
    };
  }
  let ways = [1];
  for (const one of populations) {
    const own = waysOf(one);
    const both = Array<number>(ways.length + own.length - 1).fill(0);
    for (const [at, some] of ways.entries()) {
      for (const [index, more] of own.entries())
        both[at + index] = (both[at + index] as number) + some * more;
    }
    ways = both;
  }
  return {
    atLeast: Math.min(1, sum(ways.slice(count))),
    atMost: Math.min(1, sum(ways.slice(0, count + 1))),
  };
}

/** How likely none, one, two… of the draws of one population are bad: beta-binomial. */
function waysOf({ bad, all, probes }: Draws): number[] {
  const [some, others] = [bad + 1, all - bad + 1];
  let chance = 1;
  for (let index = 0; index < probes; index++) chance *= (others + index) / (some + others + index);
  const ways = [chance];
  for (let index = 0; index < probes; index++) {
    chance *= ((probes - index) / (index + 1)) * ((some + index) / (others + probes - index - 1));
    ways.push(chance);
  }
  return ways;
}

function momentsOf(populations: readonly Draws[]): {
  readonly mean: number;
  readonly variance: number;
  readonly most: number;
} {
  const each = populations.map(({ bad, all, probes }) => {
    const share = (bad + 1) / (all + 2);
    return {
      mean: probes * share,
      variance: probes * share * (1 - share) * ((all + 2 + probes) / (all + 3)),
      probes,
    };
  });
  return {
    mean: sum(each.map((one) => one.mean)),
    variance: sum(each.map((one) => one.variance)),
    most: each.reduce((most, { probes }) => Math.max(most, probes), 1),
  };
}

/**
 * Upper bound on the chance that a sum of parts, each at most `most`, lies at least `beyond` from
 * its mean, to one side (Bernstein 1924).
 */
function bernstein(variance: number, most: number, beyond: number): number {
  return beyond <= 0 ? 1 : Math.exp(-(beyond ** 2) / (2 * (variance + (most * beyond) / 3)));
}
