/**
 * The posterior of a threshold over the logarithm of the load, from runs that held and runs that
 * broke.
 */

/** Base-2 logarithms of the possible multiples: from 1/64 to 16 384. */
const [from, until, step] = [-6, 14, 1 / 32] as const;
/**
 * Possible widths of the threshold, as a standard deviation in octaves: from a model's sharp one to
 * one that varies by 20 %.
 */
const blurs = [0.02, 0.08, 0.25] as const;
/** The chance that a run's result has nothing to do with the load. */
const lapseRate = 0.03;
/** The probability outside the interval, on each side. */
const tail = 0.05;

/** Median and 90 % credible interval, as multiples. Only `held` and `broke` are evidence. */
export function thresholdOf(
  steps: readonly { readonly scale: number; readonly outcome: string }[],
): { readonly median: number; readonly low: number; readonly high: number } {
  const conclusive = steps.filter(({ outcome }) => outcome === "held" || outcome === "broke");
  const weights = Float64Array.from({ length: Math.round((until - from) / step) + 1 }, (_, index) =>
    weightAt(from + index * step, conclusive),
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
  conclusive: readonly { readonly scale: number; readonly outcome: string }[],
): number {
  return blurs.reduce(
    (sum, blur) =>
      sum +
      conclusive.reduce((likelihood, { scale, outcome }) => {
        const breaks =
          lapseRate + (1 - 2 * lapseRate) * normal((Math.log2(scale) - threshold) / blur);
        return likelihood * (outcome === "broke" ? breaks : 1 - breaks);
      }, 1),
    0,
  );
}

/** The normal distribution function; Abramowitz and Stegun 26.2.17, within 7.5e-8. */
function normal(z: number): number {
  // Most of the grid is this far from a run's load.
  if (Math.abs(z) > 6) return z > 0 ? 1 : 0;
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z >= 0 ? 1 - upper : upper;
}
