/** One finding about the record itself. */
import type { Finding } from "../record/verdict.ts";
import { familyOf } from "./subjects.ts";

/**
 * Held without a problem, else inconclusive. `id` is dotted; its first part is whom the rule speaks of, unless `subject` says better who is behind
 * the problem. `said`: what a reader learns from it when it is held.
 */
export function answer(
  id: string,
  title: string,
  problem: string | null,
  samples = 0,
  subject = familyOf(id),
  said = "yes",
): Finding {
  return {
    kind: "evidence",
    id,
    subject,
    title,
    status: problem === null ? "held" : "inconclusive",
    phase: null,
    observed: null,
    comparison: null,
    limit: null,
    unit: "",
    samples,
    why: problem ?? said,
  };
}
