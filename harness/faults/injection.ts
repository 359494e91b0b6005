/**
 * Executes a fault on any substrate: act, verify, check repeatedly, then revert once and verify
 * again.
 */
import type { Clock } from "../target/deployment.ts";
import type { Evidence } from "../target/evidence.ts";
import type { FaultExecution } from "../target/fault.ts";

/** An injected fault, verified or not. */
export interface Injection {
  /** Epoch ms of the act. The evidence was collected later. */
  readonly actedMs: number;
  readonly evidence: Evidence;
  /**
   * How to check again without side effects, and the interval in ms. Null if nothing stays in
   * force. `look` never rejects.
   */
  readonly observe: { readonly everyMs: number; look(): Promise<Evidence> } | null;
  /** Reverts the fault and verifies that. A second call returns the result of the first. */
  heal(): Promise<Evidence>;
}

export interface InjectionContext {
  readonly clock: Clock;
  /** Ends the collection of evidence early; never the revert. */
  readonly signal: AbortSignal;
}

/**
 * Never rejects: a fault that did not land reports that as evidence, and can be healed like any
 * other.
 */
export async function carryOut(
  { act, verify, look, lookEveryMs, revert, verifyReverted }: FaultExecution,
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

/** The error message, or null on success. */
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
