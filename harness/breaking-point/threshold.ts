/**
 * Where a threshold is likely to lie, from runs that held and runs that broke: a posterior over the
 * logarithm of the load.
 */

/** Logarithms to base 2 of the multiples that are thought possible: a 64th to sixteen thousand. */
const [from, until, step] = [-6, 14, 1 / 32] as const;
/**
 * How blurred the threshold may be, as a standard deviation in octaves: from one as sharp as a
 * model's to one that wanders by a fifth.
 */
const blurs = [0.02, 0.08, 0.25] as const;
/** A run that comes out the other way for a reason that has nothing to do with the load. */
const lapse = 0.03;
/** What the interval leaves out on each side. */
const tail = 0.05;

/** Median and 90 % credible interval, as multiples. Only `held` and `broke` tell anything. */
export function thresholdOf(
  steps: readonly { readonly scale: number; readonly outcome: string }[],
): { readonly median: number; readonly low: number; readonly high: number } {
  const told = steps.filter(({ outcome }) => outcome === "held" || outcome === "broke");
  const weights = Float64Array.from({ length: Math.round((until - from) / step) + 1 }, (_, index) =>
    weightAt(from + index * step, told),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const quantile = (share: number): number => {
    let sum = 0;
    const at = weights.findIndex((weight) => {
      sum += weight;
      return sum >= share * total;
    });
    return 2 ** (from + (at < 0 ? weights.length - 1 : at) * step);
  };
  return { median: quantile(0.5), low: quantile(tail), high: quantile(1 - tail) };
}

function weightAt(
  threshold: number,
  told: readonly { readonly scale: number; readonly outcome: string }[],
): number {
  return blurs.reduce(
    (sum, blur) =>
      sum +
      told.reduce((likelihood, { scale, outcome }) => {
        const breaks = lapse + (1 - 2 * lapse) * normal((Math.log2(scale) - threshold) / blur);
        return likelihood * (outcome === "broke" ? breaks : 1 - breaks);
      }, 1),
    0,
  );
}

/** The normal distribution function; Abramowitz and Stegun 26.2.17, within 7.5e-8. */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z >= 0 ? 1 - upper : upper;
}
