/** Random choices of modelled viewers and devices, all derived from the run's seed. */
import type { Simulation } from "../../../harness/target/model.ts";

/** A whole number from 0 to below `among`. */
export function drawOf(simulation: Simulation, among: number): number {
  return Math.floor(simulation.random() * among);
}

export function pickOf<T>(simulation: Simulation, items: readonly T[]): T {
  return items[drawOf(simulation, items.length)] as T;
}

/** `count` of them, or all by default, in random order. */
export function someOf<T>(
  simulation: Simulation,
  items: readonly T[],
  count: number = items.length,
): T[] {
  // A draw for each, which most viewers do for one.
  if (count === 1) return [pickOf(simulation, items)];
  const left = [...items];
  const some: T[] = [];
  while (some.length < count) {
    const at = drawOf(simulation, left.length);
    some.push(left[at] as T);
    left.splice(at, 1);
  }
  return some;
}
