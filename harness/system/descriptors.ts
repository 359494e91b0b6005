/** The limit on open files and connections of one process. */
import { readFileSync } from "node:fs";

/**
 * The hard limit of this process, which its children inherit; infinite if there is none, or if it
 * cannot be read.
 */
export function descriptorsMax(text = limits()): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(text)?.[1];
  const count = Number(hard);
  return hard === undefined || !Number.isFinite(count) ? Number.POSITIVE_INFINITY : count;
}

function limits(): string {
  try {
    return readFileSync("/proc/self/limits", "utf8");
  } catch {
    return "";
  }
}
