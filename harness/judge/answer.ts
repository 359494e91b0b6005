/** One finding about the record itself. */
import type { EvidenceId, FactOf } from "../record/facts.ts";
import type { Judged } from "../record/verdict.ts";
import { familyOf } from "./subjects.ts";

export interface Answer<Id extends EvidenceId> {
  readonly samples?: number | undefined;
  /** The cause of the problems; defaults to the first part of the id. */
  readonly subject?: string | undefined;
  /** Facts that inform the reader of a held finding. */
  readonly remarks?: readonly FactOf<Id>[];
}

/** Held without a problem, otherwise inconclusive. */
export function answer<Id extends EvidenceId>(
  id: Id,
  problems: readonly FactOf<Id>[],
  { samples = 0, subject = familyOf(id), remarks = [] }: Answer<Id> = {},
): Judged {
  return {
    kind: "evidence",
    id,
    subject,
    title: null,
    status: problems.length === 0 ? "held" : "inconclusive",
    phase: null,
    observed: null,
    comparison: null,
    limit: null,
    unit: "",
    samples,
    values: problems.length === 0 ? remarks : problems,
  };
}

/** The first problems, and the number of all others. */
export function firstOf<Problem>(
  all: readonly Problem[],
  max: number,
): (Problem | { readonly fact: "more"; readonly problems: number })[] {
  return all.length <= max
    ? [...all]
    : [...all.slice(0, max), { fact: "more", problems: all.length - max }];
}
