import type { JudgedRun } from "./comparable.ts";
import { describe, expect, it } from "vitest";
import { heldDraft, runOf } from "../../test/support/judge/held-run.ts";
import { judge } from "../judge/judge.ts";
import { silentSides } from "./silent-sides.ts";

function judgedRun(withSamples: boolean): JudgedRun {
  const draft = heldDraft();
  if (!withSamples) draft.samples = [];
  const run = runOf(draft);
  return { run, verdict: judge(run) };
}

describe("a silent side", () => {
  const [held, empty] = [judgedRun(true), judgedRun(false)];

  it("is worse than a held one", () => {
    expect(silentSides([[held], [empty]])).toEqual([
      expect.stringMatching(/^B is inconclusive for every claim, and A held/),
    ]);
    expect(silentSides([[held], [held], [empty, empty]])).toEqual([
      expect.stringMatching(/^C is inconclusive/),
    ]);
  });

  it("is not worse than another silent side, and is not silent with one conclusive run", () => {
    expect(silentSides([[empty], [empty]])).toEqual([]);
    expect(silentSides([[held], [held, empty]])).toEqual([]);
  });
});
