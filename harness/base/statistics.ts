/** Exact statistics over recorded values. Nothing here averages percentiles or interpolates. */

/**
 * Nearest-rank quantile: the smallest value such that at least `q` of all values are no larger
 * (NIST/SEMATECH e-Handbook 2.6.2). It does not interpolate, so the result is always an observed
 * value. `extraAbove` and `extraBelow` count further values that lie above and below all others.
 * Returns null for no values.
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

/** Kahan summation, so that a long run's counters keep their small increments. */
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

/** Arithmetic mean; 0 for no values. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
}

/** The middle value, or the lower of the two middle ones; NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
}

/** Samples of one moment: `bad` of `all` requests failed, and `probesBad` of `probes`. */
export interface Stratum {
  readonly bad: number;
  readonly all: number;
  readonly probes: number;
  readonly probesBad: number;
}

/** Above this number of probes, an upper bound replaces the exact tail, whose cost is quadratic. */
const exactMax = 500;

/**
 * Bounds on the chance that at least, and at most, the observed number of probes are bad. The null
 * hypothesis: probes and all other requests are draws of one population. Within a stratum, each bad
 * one is then a probe as often as probes are among all. This is Fisher's exact test, stratified
 * (Cochran, Mantel and Haenszel). It assumes nothing about the failure rate, and strata are
 * independent. Exact for up to 500 probes. Above that, Bernstein's upper bound, which holds for
 * draws without replacement (Hoeffding 1963).
 */
export function tailsOfStrata(strata: readonly Stratum[]): {
  readonly atLeast: number;
  readonly atMost: number;
} {
  const count = sum(strata.map(({ probesBad }) => probesBad));
  if (sum(strata.map(({ probes }) => probes)) > exactMax) {
    const { mean: expected, variance, most } = momentsOf(strata);
    return {
      atLeast: bernstein(variance, most, count - expected),
      atMost: bernstein(variance, most, expected - count),
    };
  }
  let ways = [1];
  for (const one of strata) {
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

/** Probabilities that 0, 1, 2, … of the bad ones are probes: hypergeometric. */
function waysOf({ bad, all, probes, probesBad }: Stratum): number[] {
  const everyBad = bad + probesBad;
  const least = Math.max(0, everyBad - all);
  const most = Math.min(probes, everyBad);
  // Starts at the smallest count; each weight is a multiple of the previous one. Only ratios
  // matter.
  let way = 1;
  const ways = [way];
  for (let index = least; index < most; index++) {
    way *= ((probes - index) * (everyBad - index)) / ((index + 1) * (all - everyBad + index + 1));
    ways.push(way);
  }
  const whole = sum(ways);
  return [...Array<number>(least).fill(0), ...ways.map((one) => one / whole)];
}

function momentsOf(strata: readonly Stratum[]): {
  readonly mean: number;
  readonly variance: number;
  readonly most: number;
} {
  const each = strata.map(({ bad, all, probes, probesBad }) => {
    const share = (bad + probesBad) / (all + probes);
    const [others, every] = [all, all + probes];
    return {
      mean: probes * share,
      variance: every <= 1 ? 0 : probes * share * (1 - share) * (others / (every - 1)),
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
 * Upper bound on the chance that a sum deviates at least `beyond` from its mean in one direction.
 * Each term is at most `most` (Bernstein 1924).
 */
function bernstein(variance: number, most: number, beyond: number): number {
  return beyond <= 0 ? 1 : Math.exp(-(beyond ** 2) / (2 * (variance + (most * beyond) / 3)));
}

/**
 * Two-sided binomial p-value: twice the smaller tail of `count` successes in `all` draws of
 * probability `share`. Exact for up to 500 draws, an upper bound above that.
 */
export function chanceBeyond(count: number, all: number, share: number): number {
  if (share <= 0 || share >= 1) return count === Math.round(all * share) ? 1 : 0;
  if (share > 0.5) return chanceBeyond(all - count, all, 1 - share);
  if (all > exactMax) {
    const beyond = Math.abs(count - all * share);
    return Math.min(1, 2 * bernstein(all * share * (1 - share), 1, beyond));
  }
  let way = (1 - share) ** all;
  let [atMost, atLeast] = [0, 0];
  for (let index = 0; index <= all; index++) {
    if (index <= count) atMost += way;
    if (index >= count) atLeast += way;
    way *= ((all - index) / (index + 1)) * (share / (1 - share));
  }
  return Math.min(1, 2 * Math.min(atMost, atLeast));
}
