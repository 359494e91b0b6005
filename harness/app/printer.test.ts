import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeawallError } from "../base/errors.ts";
import type { Day, DayStep } from "../game-day/day/day.ts";
import type { RunEvent } from "../record/events.ts";
import type { RecordedDay } from "../game-day/day-directory.ts";
import { stormRun } from "../../test/support/report/storm-run.ts";
import { renderGateText } from "../report/gate.ts";
import { actsIn, hostile, withoutOwn } from "../../test/support/report/hostile-text.ts";
import { renderSuite } from "../report/suite-text.ts";
import { renderVerdictText } from "../report/text.ts";
import { explain } from "./error-output.ts";
import { dayPlanText, dayResultText } from "./game-day/text.ts";
import { printerTo } from "./printer.ts";
import { Progress } from "./progress.ts";
import { root, sourcesIn } from "../../test/support/sources.ts";
import { times } from "../../test/support/thorough.ts";
import { planText } from "../cli/commands/plan.ts";

const plain = { columns: 100, colour: false };
const storm = stormRun({ status: "refuted" });

/** Replaces every string of a value with `text`, so that no printed field is forgotten. */
function filled<T>(value: T, text: string, kept: readonly string[]): T {
  if (typeof value === "string") return (kept.includes(value) ? value : text) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => filled(one, text, kept)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, filled(one as unknown, text, kept)]),
  ) as T;
}
const words = [
  "held",
  "refuted",
  "inconclusive",
  "evidence",
  "claim",
  "recovery",
  "baseline",
  "fault",
  "<=",
  ">=",
  "==",
  "kill",
  "latency",
  "clean",
  "incomplete",
  "p99",
  "share",
  "ratio",
];

const attempt = {
  runId: "r",
  status: "inconclusive" as const,
  why: "w",
  exitCode: 2,
  directory: "",
  rerun: "again",
};
const gateReport = {
  format: "seawall-gate/1" as const,
  suite: "s",
  baseline: "b",
  passed: false,
  exitCode: 2,
  notRun: ["other"],
  entries: [
    {
      experiment: "x",
      title: "t",
      attempts: [attempt],
      baseline: { kind: "none" as const, why: "n" },
      outcome: "inconclusive" as const,
      exitCode: 2,
      why: "why",
    },
  ],
};
const suiteRow = {
  experiment: "e",
  topology: "t",
  without: ["d"],
  status: null,
  why: "w",
  seconds: 1,
  runId: null,
  directory: null,
  exitCode: 2,
};
const step = {
  title: "s",
  experiment: "e",
  tier: "storm",
  topology: "t",
  substrate: "process",
  without: ["d"],
  expect: "held",
  brief: "b",
  waitMsMax: 1,
  holdMsMax: null,
  blast: { services: ["a"], servicesInAll: 2, links: [], loadTimes: 1 },
  faults: [{ label: "f", forMs: 1 }],
} as unknown as DayStep;
const day = {
  title: "d",
  purpose: "p",
  roles: [{ name: "r", may: [] }],
  answers: "asked",
  steps: [step],
} as unknown as Day;
const result = {
  day,
  result: {
    status: "inconclusive",
    why: "w",
    answers: "asked",
    steps: [{ experiment: "e", without: [], asExpected: false, status: null, why: "y" }],
  },
} as unknown as RecordedDay;

/** The output of each command in which every string is `text`. */
const printed: Readonly<Record<string, (text: string, print: (text: string) => void) => void>> = {
  "a verdict": (text, print) =>
    print(
      renderVerdictText(
        filled(
          { ...storm.verdict, aborted: { reason: "claim" as const, detail: "x" } },
          text,
          words,
        ),
        plain,
      ),
    ),
  "a suite": (text, print) => print(renderSuite(text, [filled(suiteRow, text, words)], plain)),
  "a gate": (text, print) =>
    print(renderGateText(filled(gateReport, text, ["inconclusive", "none"]), plain)),
  "a plan": (text, print) =>
    print(
      planText({ ...filled(storm.run.plan, text, words), steps: storm.run.plan.steps }).join("\n"),
    ),
  "a day's plan": (text, print) => print(dayPlanText(filled(day, text, ["held"])).join("\n")),
  "a day's result": (text, print) =>
    print(dayResultText(filled(result, text, ["inconclusive"]), 100).join("\n")),
  "an error": (text, print) =>
    void explain(new SeawallError("SERVICE_FAILED", text, { hint: text, logLines: [text] }), {
      write: print,
    }),
  "a defect": (text, print) => void explain(new Error(text), { write: print }),
};

describe("all printed output", () => {
  it.each(Object.keys(printed))(
    "of %s controls no terminal and is no command, whatever names it contains",
    (what) => {
      fc.assert(
        fc.property(hostile, (text) => {
          let shown = "";
          printed[what]?.(
            text,
            printerTo({
              ...plain,
              isTerminal: false,
              write: (part) => {
                shown += part;
              },
            }).write,
          );
          expect(actsIn(shown)).toEqual([]);
        }),
        { numRuns: times(40) },
      );
    },
  );

  it("includes progress lines, on a terminal and elsewhere", () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (text, isTerminal) => {
        let shown = "";
        const output = printerTo({
          columns: 100,
          colour: isTerminal,
          isTerminal,
          write: (part) => {
            shown += part;
          },
        });
        {
          using progress = new Progress(output, storm.run.plan, () => 0);
          const evidence = { landed: true, observation: text };
          progress.event({
            kind: "injected",
            atMs: 0,
            step: 0,
            fault: { kind: "kill", service: text },
            plannedMs: 0,
            evidence,
          } as RunEvent);
          progress.event({ kind: "exited", atMs: 0, service: text, expected: false, detail: text });
          progress.note(text);
          progress.say(text);
        }
        expect(actsIn(withoutOwn(shown))).toEqual([]);
      }),
      { numRuns: times(40) },
    );
  });

  it("does not let external text end a line of a service's log", () => {
    let shown = "";
    explain(new SeawallError("SERVICE_FAILED", "edge ended", { logLines: ["a\n✓ HELD"] }), {
      write: (part) => {
        shown += part;
      },
    });
    expect(shown).toContain("  | a ✓ HELD\n");
  });

  it("goes through the printer: no other file of the commands writes to a stream", () => {
    const own = ["main.ts", "check.ts", "substrates/docker/entry.ts"];
    const files = sourcesIn("harness").filter(
      (path) => !own.some((name) => path === join("harness", name)),
    );
    const direct =
      /process\.(stdout|stderr)|console\.\w+\(|std(out|err)\.write\([^\n]*JSON\.stringify/;
    expect(files.filter((path) => direct.test(readFileSync(join(root, path), "utf8")))).toEqual([]);
  });
});
