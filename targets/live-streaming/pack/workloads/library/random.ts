/**
 * Random choices that depend only on the run's seed, the scenario and the iteration, not on the
 * virtual user that runs it.
 */
import exec from "k6/execution";
import { settings } from "./settings.ts";

/**
 * A number in [0, 1). `draw` distinguishes several choices of one iteration. Mixing as in
 * MurmurHash3's finaliser.
 */
export function random(draw: number): number {
  let h = (settings.seed ^ hash(exec.scenario.name)) >>> 0;
  h = mix((h + Math.imul(exec.scenario.iterationInTest + 1, 0x9e3779b1)) >>> 0);
  h = mix((h + Math.imul(draw + 1, 0x85ebca77)) >>> 0);
  return h / 0x1_0000_0000;
}

function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

export function pick<T>(items: readonly T[], at: number): T {
  return items[Math.min(items.length - 1, Math.floor(at * items.length))] as T;
}

/** All of them in a random order, of which `pick(items, random(draw))` is the first. */
export function shuffled<T>(items: readonly T[], draw: number): T[] {
  const left = [...items];
  return items.map(
    (_, index) =>
      left.splice(
        Math.min(left.length - 1, Math.floor(random(draw + index * drawsApart) * left.length)),
        1,
      )[0] as T,
  );
}

/** More than the number of an iteration's own draws. */
const drawsApart = 1_000;
