/** Versions as tools print them: found in text, compared by number. */

import { Rejected, WrongVersion } from "./recipe.ts";

/** The first match of group 1 of `pattern` in `text`; throws `Rejected` without a match. */
export function versionIn(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Rejected(`prints no version: ${firstLine(text)}`);
  return found;
}

/** Throws `WrongVersion` unless `from` <= `version` < `below`. */
export function demand(version: string, from: string, below?: string): void {
  if (compare(version, from) < 0 || (below !== undefined && compare(version, below) >= 0)) {
    throw new WrongVersion(
      `is version ${version}, wanted >= ${from}${below === undefined ? "" : ` and < ${below}`}`,
    );
  }
}

/**
 * Negative if `a` is older than `b`. A part that is not a number counts as 0: `2.2.0-rc1` compares
 * as `2.2.0`.
 */
export function compare(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  return (version.split("-")[0] ?? "").split(".").map((part) => Number.parseInt(part, 10) || 0);
}

function firstLine(text: string): string {
  const line = text.trim().split("\n")[0] ?? "";
  return line === "" ? "nothing printed" : JSON.stringify(line.slice(0, 80));
}
