/**
 * An operator's act: a service performs one of its own operations. Proof: what it was to bring
 * about is told by the service after it, and was not before. Healed by the operation that takes it
 * back, if there is one; what cannot be taken back stays. The same on every substrate.
 */
import type { Evidence } from "../../target/evidence.ts";
import type { Layout } from "../../target/layout.ts";
import type { Course, Strike } from "../fault.ts";
import { said, theService } from "../proofs.ts";
import type { OperatorAct, OperatorStep } from "./step.ts";

/** Long enough for a word to reach the service's own books. */
const seenWithinMs = 3_000;
const lookEveryMs = 100;

export function operatorAct(strike: Strike<OperatorStep>): Course {
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
    said(landed, `${asked} ${what} ${filled(fault.look.shows, known)}`);

  // What cannot be taken back was a word that was said: nothing of it stays in force.
  const look = async (): Promise<Evidence> =>
    (await shown()) ? saying(true, "contains") : saying(false, "no longer contains");
  return {
    ...(fault.undo === undefined ? {} : { look }),
    act: async () => {
      Object.assign(known, moment(clock.nowMs(), deployment.layout));
      // What is only known from the answer cannot have been there before it.
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

function moment(nowMs: number, { stream }: Pick<Layout, "stream">): Record<string, string> {
  const now = { nowMs: String(Math.round(nowMs)) };
  if (stream === undefined) return now;
  return {
    ...now,
    segment: String(Math.floor((nowMs - stream.availabilityStartMs) / stream.segmentMs)),
  };
}

/** `{nowMs}`, `{segment+5}`, `{answer.id}`; what is not known stays as it is. */
export function filled(text: string, known: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\{(nowMs|segment|answer\.\w+)([+-]\d{1,9})?\}/g,
    (whole, name: string, more: string | undefined) => {
      const value = Object.hasOwn(known, name) ? known[name] : undefined;
      if (value === undefined) return whole;
      return more === undefined ? value : String(Number(value) + Number(more));
    },
  );
}

/** The texts and numbers of a JSON object; nothing of any other answer. */
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
