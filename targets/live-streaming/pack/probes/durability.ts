/**
 * Whether every segment that a target acknowledged is still there, byte for byte: what the
 * packagers' journals say, against what is read back after the last phase. Comparing is pure;
 * asking is bounded in time and in rate, because the target may just have been broken.
 */
import type { JournalEntry } from "./journal.ts";

export type Outcome = "intact" | "missing" | "different";

/** One acknowledged segment of one pipeline, and what may be found in its place. */
export interface Acknowledged {
  readonly pipeline: string;
  readonly rendition: string;
  readonly number: number;
  /** Epoch ms of its first acknowledgement: the moment of which a claim speaks. */
  readonly atMs: number;
  /**
   * The checksum that was acknowledged last, and those of later attempts that nobody acknowledged:
   * such a PUT may have been carried out all the same.
   */
  readonly sha256s: ReadonlySet<string>;
}

/** Entries in the order in which they were decided, of any number of pipelines. */
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

/** What one place answered; `silent`: nothing that says whether the segment is there. */
export type Answer =
  | { readonly kind: "whole"; readonly sha256: string }
  /**
   * It has been looked for and cannot be had: not found, unreadable, or broken off in the middle.
   */
  | { readonly kind: "absent" }
  | { readonly kind: "silent" };

export function answerOf(status: number, sha256: string | null): Answer {
  // Overload says nothing about what is stored.
  if (status === 503 || status === 429 || status === 0) return { kind: "silent" };
  return status === 200 && sha256 !== null ? { kind: "whole", sha256 } : { kind: "absent" };
}

/**
 * What the answers of all places come to. A wrong copy anywhere is a wrong copy; a whole one is
 * enough; and nothing is missing as long as some place has not been heard. Null when it cannot be
 * told.
 */
export function outcomeOf(segment: Acknowledged, answers: readonly Answer[]): Outcome | null {
  const copies = answers.flatMap((answer) => (answer.kind === "whole" ? [answer.sha256] : []));
  if (copies.some((sha256) => !segment.sha256s.has(sha256))) return "different";
  if (copies.length > 0) return "intact";
  return answers.length === 0 || answers.some(({ kind }) => kind === "silent") ? null : "missing";
}
