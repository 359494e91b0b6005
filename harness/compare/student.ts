/** Student's t distribution for integer degrees of freedom. */

/** P(|T| ≤ t) for t ≥ 0, as a finite sum (Abramowitz and Stegun 26.7.3 and 26.7.4). */
function within(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = freedom % 2 === 1;
  let [term, total] = odd ? [cosine, freedom === 1 ? 0 : cosine] : [1, 1];
  for (let k = odd ? 3 : 2; k <= freedom - 2; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2;
    total += term;
  }
  return odd ? (2 / Math.PI) * (angle + sine * total) : sine * total;
}

/** The quantile `q` of the distribution, 0.5 ≤ q < 1, to 1e-9. */
export function studentQuantile(q: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (within(high, freedom) < 2 * q - 1 && high < 1e6) high *= 2;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (within(middle, freedom) < 2 * q - 1) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
