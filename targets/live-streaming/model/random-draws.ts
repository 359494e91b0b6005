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
  const left = [...items];
  return Array.from(
    { length: count },
    () => left.splice(drawOf(simulation, left.length), 1)[0] as T,
  );
}
