/** Registers the tests of a group of lies. */
import { describe, expect, it } from "vitest";
import { worst } from "../../harness/judge/judge.ts";
import type { Honest, Lie, LieGroup } from "./lie.ts";

declare module "vitest" {
  interface TaskMeta {
    readonly planted?: "lie" | "control";
  }
}

export function checkGroup(group: LieGroup): void {
  // Real ones are small, and mostly wait.
  const test = group.runs === "process" ? it.concurrent : it;
  describe(group.title, () => {
    // `harness/check.ts` counts by this mark.
    for (const lie of group.lies)
      test(`catches ${lie.name}: ${lie.says}`, { meta: { planted: "lie" } }, () =>
        group.runs === "hermetic" ? catches(lie) : isNotHeld(lie),
      );
    for (const control of group.honest)
      test(`accepts ${control.name}: ${control.says}`, { meta: { planted: "control" } }, () =>
        doubtsNothing(control),
      );
  });
}

async function catches({ caughtBy, plant }: Lie): Promise<void> {
  const outcome = await plant();
  if ("refusals" in outcome) {
    expect(outcome.refusals, "plan accepts the lie").not.toEqual([]);
    expect(
      outcome.refusals.filter((refusal) => !refusal.includes(caughtBy)),
      "refused for something else as well",
    ).toEqual([]);
    return;
  }
  if ("says" in outcome) {
    expect(outcome.says, "the comparison repeats the lie").toBe(caughtBy);
    expect(outcome.without, "something else catches the lie").not.toBe(caughtBy);
    return;
  }
  const { findings } = outcome;
  const doubts = findings
    .filter((finding) => finding.status !== "held")
    .map(({ id, status, why }) => ({ id, status, why }));
  expect(doubts, "the lie is held").not.toEqual([]);
  expect(
    doubts.filter(({ id }) => id !== caughtBy),
    "caught by something else as well",
  ).toEqual([]);
  // Without its check the lie is held, so that check alone catches it.
  expect(worst(findings.filter(({ id }) => id !== caughtBy))).toBe("held");
}

/** On a busy machine other checks may doubt a real run, too. The named one must. */
async function isNotHeld({ caughtBy, plant }: Lie): Promise<void> {
  const outcome = await plant();
  if (!("findings" in outcome)) throw new Error("a real lie ends in a verdict");
  expect(worst(outcome.findings)).not.toBe("held");
  expect(outcome.findings.filter(({ status }) => status !== "held").map(({ id }) => id)).toContain(
    caughtBy,
  );
}

async function doubtsNothing({ plant }: Honest): Promise<void> {
  const outcome = await plant();
  if ("refusals" in outcome) expect(outcome.refusals).toEqual([]);
  else if ("says" in outcome) expect(outcome.says).toBe(outcome.without);
  else expect(outcome.findings.filter((finding) => finding.status !== "held")).toEqual([]);
}
