/**
 * Carries out the course of a fault, on every substrate: act, verify, look again and again, and
 * later revert once and verify once more.
 */
import type { Clock } from "../target/deployment.ts";
import type { Evidence } from "../target/evidence.ts";
import type { Course } from "./fault.ts";

/** A fault that was injected, whether or not it is seen to have taken hold. */
export interface Injection {
  /** Epoch ms at which the act was done; what proves it was gathered after that. */
  readonly actedMs: number;
  readonly evidence: Evidence;
  /**
   * How to look again, changing nothing, and how often in ms; null for what does not stay in force.
   * Looking never rejects.
   */
  readonly observe: { readonly everyMs: number; look(): Promise<Evidence> } | null;
  /** Reverts it and looks. Healing twice does it once and gives the same answer. */
  heal(): Promise<Evidence>;
}

export interface InjectionContext {
  readonly clock: Clock;
  /** Ends the gathering of evidence early; never the healing. */
  readonly signal: AbortSignal;
}

/** Never rejects: a fault that did not take hold says so, and can be healed like any other. */
export async function carryOut(
  { act, verify, look, lookEveryMs, revert, verifyReverted }: Course,
  clock: Pick<Clock, "nowMs">,
): Promise<Injection> {
  const failed = await failureOf(act);
  const actedMs = clock.nowMs();
  const evidence = failed ?? (await seen(verify));
  let healing: Promise<Evidence> | null = null;
  return {
    actedMs,
    evidence,
    observe: look === undefined ? null : { everyMs: lookEveryMs ?? 1_000, look: () => seen(look) },
    heal: () => {
      healing ??= failureOf(revert).then((failure) => failure ?? seen(verifyReverted));
      return healing;
    },
  };
}

/** Null when it went well. */
async function failureOf(work: () => Promise<void>): Promise<Evidence | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return { landed: false, observation: messageOf(error) };
  }
}

async function seen(look: () => Evidence | Promise<Evidence>): Promise<Evidence> {
  try {
    return await look();
  } catch (error) {
    return { landed: false, observation: messageOf(error) };
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
