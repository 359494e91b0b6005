/**
 * Exact statistics over recorded values. Nothing here averages percentiles or interpolates between
 * samples.
 */

/**
 * Nearest-rank quantile: the smallest value such that at least `q` of all values are no larger
 * (NIST/SEMATECH e-Handbook 2.6.2, without interpolation, so the answer is always a value that was
 * really observed). `extraAbove` values are taken to lie above all others and `extraBelow` beneath
 * them. Returns null without values.
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

/** Two samples of one moment: so many of `all` were bad, and so many of `probes`. */
export interface Stratum {
  readonly bad: number;
  readonly all: number;
  readonly probes: number;
  readonly probesBad: number;
}

/**
 * Above so many probes an upper bound stands for the exact tail, whose cost grows with their
 * square.
 */
const exactMax = 500;

/**
 * How likely at least, and at most, as many probes are bad as were, if probes and all others are
 * draws of one population, whatever it is: within a stratum each of the bad ones is a probe as
 * often as probes are among all (Fisher's exact test, stratified: Cochran, Mantel and Haenszel).
 * Nothing is supposed of the share, and strata know nothing of one another. Exact for up to 500
 * probes, above that Bernstein's upper bound, which holds for draws without replacement (Hoeffding
 * 1963).
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

/** How likely none, one, two… of the bad ones are probes: hypergeometric. */
function waysOf({ bad, all, probes, probesBad }: Stratum): number[] {
  const everyBad = bad + probesBad;
  const least = Math.max(0, everyBad - all);
  const most = Math.min(probes, everyBad);
  // From the least on, each as a multiple of the one before; only their shares count.
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
 * Upper bound on the chance that a sum of parts, each at most `most`, lies at least `beyond` from
 * its mean, to one side (Bernstein 1924).
 */
function bernstein(variance: number, most: number, beyond: number): number {
  return beyond <= 0 ? 1 : Math.exp(-(beyond ** 2) / (2 * (variance + (most * beyond) / 3)));
}

/**
 * Chance that of `all` draws, each with this chance, so many or more turn out, or so many or fewer:
 * twice the smaller of both. Exact for up to 500 draws, above that an upper bound.
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
