/**
 * A difference and its interval as a bar on a common scale: zero in the middle, irrelevant sizes
 * shaded.
 */
import type { Change } from "../../compare/compare.ts";
import { differenceOf } from "../../compare/bootstrap.ts";
import { markup, type Markup } from "../markup.ts";

const width = 200;
const height = 16;

/**
 * The range of a table's scale on each side: most of its intervals fit, and a single one does not
 * dominate.
 */
export function forestReach(
  changes: readonly Change[],
): Readonly<Record<Change["quantity"]["scale"], number>> {
  const of = (scale: Change["quantity"]["scale"], least: number, most: number): number => {
    const ends = changes
      .filter(({ quantity, interval }) => quantity.scale === scale && interval !== null)
      .map(({ interval }) => Math.max(Math.abs(interval?.low ?? 0), Math.abs(interval?.high ?? 0)))
      .filter(Number.isFinite)
      .sort((x, y) => x - y);
    const ideal = ends[Math.min(ends.length - 1, Math.floor(ends.length * 0.9))] ?? least;
    const steps = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
    return Math.min(most, Math.max(least, steps.find((step) => step >= ideal) ?? most));
  };
  return { relative: of("relative", 0.2, 10), points: of("points", 0.01, 0.5) };
}

/**
 * Beyond the scale it ends in an arrow. The adjacent text says the same, so it is hidden from
 * screen readers.
 */
export function forest(change: Change, reach: ReturnType<typeof forestReach>): Markup | null {
  const { interval, quantity, a, b, outcome } = change;
  if (interval === null) return null;
  const span = reach[quantity.scale];
  const at = (value: number): number =>
    Math.round(10 * (width / 2) * (1 + Math.max(-1, Math.min(1, value / span)))) / 10;
  const [low, high] = [at(interval.low), at(interval.high)];
  const floor = (width / 2) * Math.min(1, quantity.floor / span);
  const middle = height / 2;
  const beyond = [
    interval.low < -span
      ? markup`<path class="tip" fill="none" stroke="#111" d="M7 ${middle - 4}L1 ${middle}l6 4"/>`
      : null,
    interval.high > span
      ? markup`<path class="tip" fill="none" stroke="#111"
  d="M${width - 7} ${middle - 4}L${width - 1} ${middle}l-6 4"/>`
      : null,
  ];
  const point = at(differenceOf(quantity.scale)(a, b));
  return markup`<svg class="forest ${outcome}" viewBox="0 0 ${width} ${height}"
  width="${width}" height="${height}" aria-hidden="true">
<rect class="floor" fill="#e4e8ec" x="${width / 2 - floor}" width="${2 * floor}"
  height="${height}"/>
<path class="zero" stroke="#888" d="M${width / 2} 0v${height}"/>
<path class="bar" stroke="#111" d="M${low} ${middle}H${Math.max(high, low + 1)}"/>
<circle class="point" cx="${point}" cy="${middle}" r="3.2"/>
${beyond[0] ?? null}${beyond[1] ?? null}</svg>`;
}

/** The ends of the scale in words, for the head of the column. */
export function forestScale(reach: ReturnType<typeof forestReach>): string {
  return (
    `±${Math.round(reach.relative * 100)} % (shares: ` +
    `±${Number((reach.points * 100).toPrecision(2))} points)`
  );
}
