/** The order of a series in time. A record is nearly in that order, but not entirely. */

/** Insertion steps per sample, above which a general sort is used. */
const stepsMax = 50;

/** By the moments of a series, because several rules need the order of the same one. */
const known = new WeakMap<Float64Array, Uint32Array>();

/** Indices in chronological order; samples of one moment keep theirs. */
export function inTime(atMs: Float64Array): Uint32Array {
  const order = known.get(atMs) ?? sorted(atMs);
  known.set(atMs, order);
  return order;
}

/** By insertion sort. */
function sorted(atMs: Float64Array): Uint32Array {
  const order = new Uint32Array(atMs.length);
  let steps = 0;
  for (let index = 0; index < atMs.length; index++) {
    let place = index;
    for (
      ;
      place > 0 && (atMs[order[place - 1] as number] as number) > (atMs[index] as number);
      place--, steps++
    )
      order[place] = order[place - 1] as number;
    order[place] = index;
    if (steps > stepsMax * atMs.length)
      return Uint32Array.from(atMs.keys()).sort(
        (a, b) => (atMs[a] as number) - (atMs[b] as number),
      );
  }
  return order;
}
