/** "Did you mean": the known name with the fewest edits from a mistyped one. */
import { todaysName } from "./renamed.ts";

/**
 * Levenshtein distance with adjacent transpositions counted as one edit (optimal string alignment).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(substitution, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** The nearest known name, or null if more than half of the letters would have to change. */
export function nearest(name: string, known: readonly string[]): string | null {
  const lower = name.toLowerCase();
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(lower, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(2, Math.floor(best.candidate.length / 2))
    ? best.candidate
    : null;
}

/**
 * Example: `unknown topology "quik"; did you mean "quick"? (known: quick, zones)`. For a name of an
 * earlier version, it gives today's.
 */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const now = todaysName(name, known);
  const near = nearest(name, known);
  const hint =
    now !== null ? `; its name is now "${now}"` : near === null ? "" : `; did you mean "${near}"?`;
  return (
    `unknown ${what} "${name}"${hint} (known: ` +
    `${known.length === 0 ? "none" : [...known].sort().join(", ")})`
  );
}
