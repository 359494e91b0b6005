/**
 * Whom a finding speaks of, and how its id is made. Code decides by `id` and `subject`, never by
 * the words of `title` or `why`: those are for people, and they quote names that users chose.
 */
import type { Judged } from "../record/verdict.ts";

/**
 * Who made the audience, and who measured it. Where their work is in doubt, nothing is known of the
 * target.
 */
const measurers: ReadonlySet<string> = new Set(["generator", "prober"]);

/** A service has a subject of its own, which no name of a service can turn into another subject. */
export function serviceSubject(name: string): string {
  return `service:${name}`;
}

/** Whether a finding is open because the generator or the prober did not do its work. */
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
