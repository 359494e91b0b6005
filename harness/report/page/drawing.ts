/** The arithmetic of drawings that need no script. */

/** One decimal: a drawing needs no more, and a page is shorter without. */
export function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The place of a value on a line of this length; a value outside the ends is at the nearer one. */
export function placeOn(
  length: number,
  [from, until]: readonly [number, number],
): (value: number) => number {
  return (value) => tenth(length * Math.min(1, Math.max(0, (value - from) / (until - from))));
}
