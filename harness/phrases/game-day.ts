/** The phrases of a game day: the results of each step, and of the day. */
import type { Status } from "../record/verdict.ts";

interface Step {
  readonly experiment: string;
  readonly status: Status | null;
  readonly expect: "held" | "refuted";
  readonly asExpected: boolean;
}

export const notReached = "the day ended before this step";
export const cutShort = "the harness ended in the middle of this step";

/** `stoppedBy`: the person who stopped the day; null if none did. */
export function dayWhy(steps: readonly Step[], stoppedBy: string | null): string {
  const others = steps.flatMap((step, index) =>
    step.asExpected ? [] : [`${index + 1} (${step.experiment}) ${ended(step)}`],
  );
  const stop = stoppedBy === null ? "" : ` The day was stopped by ${stoppedBy}.`;
  if (others.length === 0) return `All ${steps.length} steps ended as expected.${stop}`;
  const fine = steps.length - others.length;
  return (
    `${fine} of ${steps.length} steps ended as expected; step ` +
    `${others.join("; step ")}.${stop}`
  );
}

function ended({ status, expect }: Step): string {
  if (status === null) return "did not run";
  if (status === "inconclusive") return "is inconclusive";
  const how = status === "held" ? "held" : "was refuted";
  if (status === expect) return `${how}, but not to its end`;
  return expect === "refuted" ? `${how}, though a control must be refuted` : how;
}
