import { expect, it } from "vitest";
import { heldDraft, runOf } from "../../test/support/judge/held-run.ts";
import { cappedProblems } from "./capped.ts";
import { windowsOf } from "./windows.ts";

const run = runOf(heldDraft());
const windows = windowsOf(run.events);
const capped = (requestsPerSecondMax?: number) =>
  cappedProblems(
    {
      ...run,
      plan: {
        ...run.plan,
        ...(requestsPerSecondMax === undefined ? {} : { requestsPerSecondMax }),
      },
    },
    windows,
  );

it("doubts a run whose generator came near its limit, in each phase in which it did", () => {
  const [first] = capped(1);
  expect(first).toMatchObject({ fact: "capped", phase: "baseline", max: 1 });
  const { perSecond } = first as { readonly perSecond: number };
  expect(capped(Math.floor(perSecond / 0.9)).map(({ fact }) => fact)).toContain("capped");
});

it("says nothing of one that stayed far below it, or has none", () => {
  expect(capped(1_000_000)).toEqual([]);
  expect(capped()).toEqual([]);
});
