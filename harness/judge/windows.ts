/** The actual time of each phase, from recorded events and never from the plan. */
import { isPhase, type Phase } from "../base/phases.ts";
import type { RunEvent } from "../record/events.ts";
import type { Window } from "../metrics/series.ts";

/** `cutOff`: the run ended within this phase, so requests in progress left no sample. */
export interface PhaseWindow extends Window {
  readonly cutOff: boolean;
}
export type Windows = Readonly<Partial<Record<Phase, PhaseWindow>>>;

/**
 * A phase ends where the next one begins, or at the first event that ended the run early. A phase
 * without an end is omitted.
 */
export function windowsOf(events: readonly RunEvent[]): Windows {
  const windows: Partial<Record<Phase, PhaseWindow>> = {};
  let open: { phase: Phase; fromMs: number } | null = null;
  for (const event of events) {
    if (event.kind !== "phase" && !endsTheRun(event)) continue;
    if (open !== null)
      windows[open.phase] = {
        fromMs: open.fromMs,
        untilMs: event.atMs,
        cutOff: event.kind !== "phase",
      };
    open =
      event.kind === "phase" && isPhase(event.phase)
        ? { phase: event.phase, fromMs: event.atMs }
        : null;
  }
  return windows;
}

/** The phases that ran to their planned end, as opposed to being cut off. */
export function completed(events: readonly RunEvent[]): ReadonlySet<Phase> {
  const done = new Set<Phase>();
  let open: Phase | null = null;
  for (const event of events) {
    if (endsTheRun(event)) break;
    if (event.kind !== "phase") continue;
    if (open !== null) done.add(open);
    open = isPhase(event.phase) ? event.phase : null;
  }
  return done;
}

function endsTheRun(event: RunEvent): boolean {
  return (
    event.kind === "aborted" ||
    event.kind === "finished" ||
    (event.kind === "generator" && !event.expected)
  );
}
