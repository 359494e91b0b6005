/**
 * Subjects and ids of findings. Code decides by `id` and `subject`, never by the words of `title`
 * or `why`, which are for users and quote names that users chose.
 */
import type { Judged } from "../record/verdict.ts";

/**
 * The parties that create or measure the audience. If their work is in doubt, nothing is known
 * about the target.
 */
const measurers: ReadonlySet<string> = new Set(["generator", "prober"]);

/** The subject of a service; no service name can collide with another subject. */
export function serviceSubject(name: string): string {
  return `service:${name}`;
}

/** Whether a finding is open because the generator or the prober failed to do its work. */
export function blamesMeasurement({ id, subject, status }: Judged): boolean {
  return status === "inconclusive" && (measurers.has(subject) || measurers.has(familyOf(id)));
}

/**
 * Whether a finding is about the load generator: a rule about it, or a claim that its stalls leave
 * open.
 */
export function concernsGenerator({ id, subject }: Pick<Judged, "id" | "subject">): boolean {
  return subject === "generator" || familyOf(id) === "generator";
}

/** The first part of a dotted id: `generator` of `generator.on-time`. */
export function familyOf(id: string): string {
  return id.split(".", 1)[0] as string;
}
