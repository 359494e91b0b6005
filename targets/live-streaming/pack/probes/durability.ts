/**
 * Checks that every acknowledged segment is still stored, byte for byte. It compares the packagers'
 * journals with what is read back after the last phase. The comparison is pure. Reading is bounded
 * in time and rate, because the target may have just been broken.
 */
import type { JournalEntry } from "./journal.ts";

export type Outcome = "intact" | "missing" | "different";

/** One acknowledged segment of one pipeline, and the copies that may be found for it. */
export interface Acknowledged {
  readonly pipeline: string;
  readonly rendition: string;
  readonly number: number;
  /** Epoch ms of its first acknowledgement, to which a claim refers. */
  readonly atMs: number;
  /**
   * The last acknowledged checksum, and those of later unacknowledged attempts, which may have
   * taken effect.
   */
  readonly sha256s: ReadonlySet<string>;
}

/** Entries in the order of their outcomes, of any number of pipelines. */
export function acknowledged(entries: readonly JournalEntry[]): Acknowledged[] {
  const found = new Map<string, Acknowledged>();
  for (const { pipeline, rendition, number, outcome, sha256, atMs } of entries) {
    const key = `${pipeline}/${rendition}/${number}`;
    const known = found.get(key);
    if (outcome === "acked")
      found.set(key, {
        pipeline,
        rendition,
        number,
        atMs: known?.atMs ?? atMs,
        sha256s: new Set([sha256]),
      });
    else if (known !== undefined)
      found.set(key, { ...known, sha256s: new Set([...known.sha256s, sha256]) });
  }
  return [...found.values()];
}

/** The answer of one place; `silent`: no information on the segment. */
export type Answer =
  | { readonly kind: "whole"; readonly sha256: string }
  /** Looked for and not readable: not found, unreadable, or truncated. */
  | { readonly kind: "absent" }
  | { readonly kind: "silent" };

export function answerOf(status: number, sha256: string | null): Answer {
  // Overload says nothing about what is stored.
  if (status === 503 || status === 429 || status === 0) return { kind: "silent" };
  return status === 200 && sha256 !== null ? { kind: "whole", sha256 } : { kind: "absent" };
}

/**
 * Combines the answers of all places. A wrong copy anywhere is wrong, and a whole copy suffices. A
 * segment is missing only if every place has answered. Null if that is unknown.
 */
export function outcomeOf(segment: Acknowledged, answers: readonly Answer[]): Outcome | null {
  const copies = answers.flatMap((answer) => (answer.kind === "whole" ? [answer.sha256] : []));
  if (copies.some((sha256) => !segment.sha256s.has(sha256))) return "different";
  if (copies.length > 0) return "intact";
  return answers.length === 0 || answers.some(({ kind }) => kind === "silent") ? null : "missing";
}
