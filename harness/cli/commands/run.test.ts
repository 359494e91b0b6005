import { describe, expect, it } from "vitest";
import { exitCodes, SeawallError, worse } from "../../base/errors.ts";
import { heldDraft, runOf } from "../../../test/support/judge/held-run.ts";
import { judge } from "../../judge/judge.ts";
import type { AbortReason } from "../../record/events.ts";
import type { Status, Verdict } from "../../record/verdict.ts";
import { exitCodeOf } from "../../app/run-experiment.ts";

const held = judge(runOf(heldDraft()));
const verdict = (changes: Partial<Verdict>): Verdict => ({ ...held, ...changes });
const aborted = (reason: AbortReason): Partial<Verdict> => ({
  status: "inconclusive",
  aborted: { reason, detail: "" },
});
const dirty: Partial<Verdict> = { cleanup: { status: "incomplete", left: ["process 7"] } };

describe("the exit status", () => {
  it.each<[Status, number]>([
    ["held", 0],
    ["refuted", 1],
    ["inconclusive", 2],
  ])("of a run that was %s is %i", (status, code) => {
    expect(exitCodeOf(verdict({ status }), null)).toBe(code);
  });

  it.each<[string, Partial<Verdict>, unknown, number]>([
    ["aborted by a condition of its own", aborted("claim"), new Error("x"), exitCodes.aborted],
    ["aborted by a deadline", aborted("deadline"), null, exitCodes.aborted],
    ["interrupted", aborted("user"), new SeawallError("INTERRUPTED", "x"), exitCodes.interrupted],
    [
      "interrupted and not cleaned up",
      { ...aborted("user"), ...dirty },
      null,
      exitCodes.interrupted,
    ],
    ["held, but not cleaned up", dirty, null, exitCodes.cleanupIncomplete],
    [
      "refuted, but not cleaned up",
      { status: "refuted", ...dirty },
      null,
      exitCodes.cleanupIncomplete,
    ],
    [
      "let down by a port",
      aborted("substrate"),
      new SeawallError("PORT_BUSY", "x"),
      exitCodes.internal,
    ],
    [
      "let down by where it should write",
      aborted("substrate"),
      new SeawallError("OUTPUT_NOT_WRITABLE", "x"),
      exitCodes.usage,
    ],
    ["let down by itself", aborted("internal"), new TypeError("x"), exitCodes.internal],
    ["let down without a trace", {}, new TypeError("x"), exitCodes.internal],
  ])("reports the most urgent first: %s", (_what, changes, error, code) => {
    expect(exitCodeOf(verdict(changes), error)).toBe(code);
  });

  it("is 0 only for a complete, held run that was cleaned up", () => {
    for (const status of ["held", "refuted", "inconclusive"] as const) {
      for (const abort of [
        null,
        "claim",
        "user",
        "deadline",
        "substrate",
        "generator",
        "internal",
      ] as const) {
        for (const cleanup of ["clean", "incomplete"] as const) {
          for (const error of [null, new Error("x"), new SeawallError("TIMED_OUT", "x")]) {
            const code = exitCodeOf(
              verdict({
                status,
                aborted: abort === null ? null : { reason: abort, detail: "" },
                cleanup: { status: cleanup, left: [] },
              }),
              error,
            );
            expect(code === 0).toBe(
              status === "held" && abort === null && cleanup === "clean" && error === null,
            );
          }
        }
      }
    }
  });

  it("of several runs is the most urgent one", () => {
    const order = [
      "held",
      "inconclusive",
      "refuted",
      "aborted",
      "usage",
      "internal",
      "cleanupIncomplete",
      "interrupted",
    ] as const;
    expect([...order].sort()).toEqual(Object.keys(exitCodes).sort());
    for (const [i, a] of order.entries())
      for (const [j, b] of order.entries())
        expect(worse(exitCodes[a], exitCodes[b])).toBe(exitCodes[order[Math.max(i, j)] ?? a]);
  });
});
