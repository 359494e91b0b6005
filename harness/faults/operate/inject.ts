/**
 * An operator's act: a service performs one of its operations. Proof: the service reports the
 * expected state and did not before. Reverted by the inverse operation, if there is one; otherwise
 * the act stays. The same on every substrate.
 */
import type { Evidence } from "../../target/evidence.ts";
import { type Paced, periodAt } from "../../target/rhythm.ts";
import type { FaultExecution, Strike } from "../../target/fault.ts";
import { evidenceOf, theService } from "../proofs.ts";
import type { OperatorAct, OperatorStep } from "./step.ts";

/** Time for the act to show in the service's own state. */
const seenWithinMs = 3_000;
const lookEveryMs = 100;

export function operatorAct(strike: Strike<OperatorStep>): FaultExecution {
  const { fault, deployment, clock, signal } = strike;
  const instance = theService(strike);
  const known: Record<string, string> = {};
  const perform = ({ operation, parameters = {} }: OperatorAct): Promise<string> =>
    instance.operate(
      operation,
      Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [name, filled(value, known)]),
      ),
    );
  const shown = async (): Promise<boolean> =>
    (await perform(fault.look)).includes(filled(fault.look.shows, known));
  let before: boolean | null = null;

  const until = async (wanted: boolean): Promise<boolean> => {
    const deadlineMs = clock.monotonicMs() + seenWithinMs;
    for (;;) {
      if ((await shown()) === wanted) return true;
      if (clock.monotonicMs() > deadlineMs || signal.aborted) return false;
      await clock.sleep(lookEveryMs);
    }
  };
  const asked = `${fault.look.operation} of ${fault.service}`;
  const saying = (landed: boolean, what: string): Evidence =>
    evidenceOf(landed, `${asked} ${what} ${filled(fault.look.shows, known)}`);

  // An act that cannot be reverted is instantaneous: nothing of it stays in force.
  const look = async (): Promise<Evidence> =>
    (await shown()) ? saying(true, "contains") : saying(false, "no longer contains");
  return {
    ...(fault.undo === undefined ? {} : { look }),
    act: async () => {
      Object.assign(known, moment(clock.nowMs(), deployment.layout));
      // An id that only the answer reveals cannot have been present before.
      before = fault.look.shows.includes("{answer.") ? false : await shown();
      for (const [name, value] of Object.entries(membersOf(await perform(fault))))
        known[`answer.${name}`] = value;
    },
    verify: async () => {
      if (before !== false) return saying(false, "contained before the act");
      return (await until(true))
        ? saying(true, "now contains (absent before)")
        : saying(false, "does not contain");
    },
    revert: async () => {
      if (fault.undo !== undefined && before !== null) await perform(fault.undo);
    },
    verifyReverted: async () => {
      if (fault.undo === undefined)
        return { landed: true, observation: "it stays: the operation cannot be reverted" };
      return (await until(false))
        ? saying(true, "no longer contains")
        : saying(false, "still contains");
    },
  };
}

function moment(nowMs: number, layout: Paced): Record<string, string> {
  const now = { nowMs: String(Math.round(nowMs)) };
  const { rhythm } = layout;
  return rhythm === undefined ? now : { ...now, [rhythm.name]: String(periodAt(rhythm, nowMs)) };
}

/**
 * Replaces placeholders such as `{nowMs}`, `{NAME+5}` with the name of a period, and `{answer.id}`.
 * An unknown placeholder stays unchanged.
 */
export function filled(text: string, known: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\{(nowMs|[a-z]+|answer\.\w+)([+-]\d{1,9})?\}/g,
    (whole, name: string, more: string | undefined) => {
      const value = Object.hasOwn(known, name) ? known[name] : undefined;
      if (value === undefined) return whole;
      return more === undefined ? value : String(Number(value) + Number(more));
    },
  );
}

/** The string and number members of a JSON object; empty for any other answer. */
function membersOf(answer: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    return {};
  }
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => ["string", "number"].includes(typeof each))
      .map(([name, each]) => [name, String(each)]),
  );
}
