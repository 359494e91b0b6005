/**
 * A candidate: one pipeline's version of a segment in the metadata, and the choice among several.
 */
import type { Leaf } from "./address.ts";

/**
 * The defects that light inspection finds: too few samples, a gap between samples, a media time
 * other than the number's.
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
 * How bad a defect is for viewers: a jump in time breaks players, a gap freezes the picture, a
 * short segment stalls at its end.
 */
const badness: Readonly<Record<Defect, number>> = { short: 1, missing: 2, timing: 4 };

export function badnessOf(candidate: Candidate): number {
  return candidate.defects.reduce((sum, defect) => sum + badness[defect], 0);
}

/**
 * The order in which candidates are tried: whole ones in the fixed order of pipelines, then the
 * least defective. Without selection, the first pipeline's only.
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

/** The candidates that no other surpasses. */
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
