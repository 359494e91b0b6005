/**
 * The part of the load that one of several runners generates: every n-th iteration of each load.
 */

/** `index` of `of`, from 0. */
export interface Part {
  readonly index: number;
  readonly of: number;
}

export const whole: Part = { index: 0, of: 1 };

/**
 * k6 divides iterations exactly only if it can also divide the virtual users. Rounded up to the
 * next multiple, each runner gets the same number.
 */
export function usersFor(vus: number, { of }: Part): number {
  return Math.ceil(vus / of) * of;
}

/** The arguments of k6 for a part; none for the whole. */
export function partArguments({ index, of }: Part): readonly string[] {
  if (of === 1) return [];
  const at = (part: number): string => (part === 0 ? "0" : part === of ? "1" : `${part}/${of}`);
  return [
    "--execution-segment",
    `${at(index)}:${at(index + 1)}`,
    "--execution-segment-sequence",
    Array.from({ length: of + 1 }, (_, part) => at(part)).join(","),
  ];
}

/** The moments at which the part's iterations are due, of those of the whole load. */
export function* dueIn(
  arrivals: Iterable<number>,
  { index, of }: Part,
): Generator<number, void, void> {
  let number = 0;
  for (const atMs of arrivals) if (number++ % of === index) yield atMs;
}
