/**
 * One pipeline's version of a segment, as the metadata knows it, and which of several is served.
 */
import type { Leaf } from "./address.ts";

/**
 * What light inspection can find: too few samples, a hole between samples, media time that does not
 * match the number.
 */
export const defectNames = ["short", "missing", "timing"] as const;
export type Defect = (typeof defectNames)[number];

export interface Candidate {
  readonly pipeline: string;
  readonly token: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly defects: readonly Defect[];
  readonly publishedAtMs: number;
}

export interface Publication extends Candidate, Leaf {}

/**
 * How bad a defect is to watch: a jump in time breaks players, a hole freezes the picture, a short
 * segment stalls at its end.
 */
const badness: Readonly<Record<Defect, number>> = { short: 1, missing: 2, timing: 4 };

export function badnessOf(candidate: Candidate): number {
  return candidate.defects.reduce((sum, defect) => sum + badness[defect], 0);
}

/**
 * The order in which candidates are tried: whole ones in the fixed order of the pipelines, then the
 * least bad. Without selection the first pipeline's is taken, whatever it is.
 */
export function rank(
  candidates: readonly Candidate[],
  pipelines: readonly string[],
  select: boolean,
): readonly Candidate[] {
  const position = (candidate: Candidate): number => {
    const at = pipelines.indexOf(candidate.pipeline);
    return at === -1 ? pipelines.length : at;
  };
  const inOrder = [...candidates].sort((left, right) => position(left) - position(right));
  return select
    ? inOrder.sort((left, right) => badnessOf(left) - badnessOf(right))
    : inOrder.slice(0, 1);
}

/** Those than which none is better. */
export function leastBad(candidates: readonly Candidate[]): readonly Candidate[] {
  const least = Math.min(...candidates.map(badnessOf));
  return candidates.filter((candidate) => badnessOf(candidate) === least);
}

export function parseDefects(text: string): readonly Defect[] | null {
  if (text === "") return [];
  const defects: Defect[] = [];
  for (const part of text.split(",")) {
    const defect = defectNames.find((name) => name === part.trim());
    if (defect === undefined) return null;
    if (!defects.includes(defect)) defects.push(defect);
  }
  return defects;
}
