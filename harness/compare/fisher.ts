/**
 * Fisher's exact test for two shares, and Holm's correction for multiple p values. A claim that is
 * refuted in one run of twenty often differs between two sides of the same target.
 */

/**
 * Two-sided p value, 0 to 1: the chance of a table that is at most as likely as this one, given all
 * four sums. See Fisher, 1935; Agresti, Categorical Data Analysis, 3.5. Counts are integers from 0.
 */
export function fisher(a: readonly [number, number], b: readonly [number, number]): number {
  const [ofA, ofB] = [a[0] + a[1], b[0] + b[1]];
  const first = a[0] + b[0];
  if (ofA === 0 || ofB === 0 || first === 0 || first === ofA + ofB) return 1;
  const least = Math.max(0, first - ofB);
  const most = Math.min(first, ofA);
  const chances = Array.from({ length: most - least + 1 }, (_, index) =>
    Math.exp(
      lnChoose(ofA, least + index) +
        lnChoose(ofB, first - least - index) -
        lnChoose(ofA + ofB, first),
    ),
  );
  const observed = (chances[a[0] - least] as number) * (1 + 1e-9);
  return Math.min(
    1,
    chances.reduce((sum, one) => (one <= observed ? sum + one : sum), 0),
  );
}

/** ln of the binomial coefficient "n choose k", for `n` up to some thousands. */
export function lnChoose(n: number, k: number): number {
  let total = 0;
  for (let i = 1; i <= Math.min(k, n - k); i++) total += Math.log((n - i + 1) / i);
  return total;
}

/**
 * Holm's step-down correction (1979), valid under any dependence: the corrected p values may all be
 * compared with one level. The order of the result is that of the input.
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((p, q) => p.value - q.value);
  const adjusted = new Array<number>(values.length).fill(1);
  let floor = 0;
  for (const [rank, { value, index }] of order.entries()) {
    floor = Math.max(floor, Math.min(1, value * (values.length - rank)));
    adjusted[index] = floor;
  }
  return adjusted;
}
