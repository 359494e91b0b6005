/** What all faults have in common: act, look, and later undo once and look again. */
import type { Injection, InjectionContext } from "../core/ports.ts";
import type { Evidence } from "../core/run.ts";
import type { Endpoint } from "../core/target.ts";

export interface Course {
  /** Does it. What was begun when this rejects is undone by `undo` all the same. */
  act(): Promise<void>;
  prove(): Promise<Evidence>;
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
  return {
    actedMs, evidence,
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

/** Both or none: a fault on several things landed only if it landed on each. */
export function all(proofs: readonly Evidence[]): Evidence {
  const failed = proofs.filter((proof) => !proof.landed);
  const told = failed.length > 0 ? failed : proofs;
  return { landed: failed.length === 0 && proofs.length > 0, observation: told.length === 0 ? "there was nothing to strike" : told.map((proof) => proof.observation).join("; ") };
}

/** Waits for all of them, so that nothing goes on behind the back of whoever is told of the first failure. */
export async function together<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(work);
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [messageOf(outcome.reason)] : []));
  if (failures.length > 0) throw new Error(failures.join("; "));
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}

export function addressOf(endpoint: Endpoint): string {
  return `${endpoint.host}:${endpoint.port}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
