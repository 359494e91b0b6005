/** What all faults have in common, on every substrate: act, look, look again and again, and later undo once and look once more. */
import type { Injection, InjectionContext } from "./ports.ts";
import type { Evidence } from "./run.ts";

export interface Course {
  /** Does it. What was begun when this rejects is undone by `undo` all the same. */
  act(): Promise<void>;
  prove(): Promise<Evidence>;
  /** Looks whether it is still in force, and changes nothing. Left out where nothing stays in force. */
  look?(): Promise<Evidence>;
  /** Time between two looks in ms; 1000 when left out. */
  readonly lookEveryMs?: number;
  /** Undoes as much as was done. No abort signal: what was broken is mended even when the run ends. */
  undo(): Promise<void>;
  proveHealed(): Promise<Evidence>;
}

/** Never rejects: a fault that did not take hold says so, and can be healed like any other. */
export async function inject({ clock }: InjectionContext, course: Course): Promise<Injection> {
  const acted = await seen(course.act);
  const actedMs = clock.nowMs();
  const evidence = acted ?? (await proven(course.prove));
  let healing: Promise<Evidence> | null = null;
  const { look } = course;
  return {
    actedMs, evidence,
    observe: look === undefined ? null : { everyMs: course.lookEveryMs ?? 1_000, look: () => proven(look) },
    heal: () => {
      healing ??= seen(course.undo).then((problem) => problem ?? proven(course.proveHealed));
      return healing;
    },
  };
}

/** Null when it went well. */
async function seen(work: () => Promise<void>): Promise<Evidence | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return { landed: false, observation: messageOf(error) };
  }
}

async function proven(look: () => Promise<Evidence>): Promise<Evidence> {
  try {
    return await look();
  } catch (error) {
    return { landed: false, observation: messageOf(error) };
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
