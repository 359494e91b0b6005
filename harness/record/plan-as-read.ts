/** A plan whose content was read from the target after deployment. */
import type { ContentRecord } from "./content.ts";
import type { RunEvent } from "./events.ts";
import type { Plan } from "./plan.ts";

/** The plan with what was read: so much of it could not be known before the target was up. */
export function planAsRead(plan: Plan, read: ContentRecord | null): Plan {
  if (read === null) return plan;
  const { content, rhythm, bodies, facts } = read;
  return {
    ...plan,
    content,
    ...(rhythm === undefined ? {} : { rhythm }),
    ...(bodies === undefined ? {} : { bodies }),
    ...(facts === undefined ? {} : { facts }),
  };
}

/** The plan by which a record is judged. */
export function planOfRecord(plan: Plan, events: readonly RunEvent[]): Plan {
  return planAsRead(plan, events.find((event) => event.kind === "contentRead") ?? null);
}
