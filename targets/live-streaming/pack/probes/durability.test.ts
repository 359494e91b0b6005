import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Acknowledged, acknowledged, type Answer, answerOf, outcomeOf } from "./durability.ts";
import type { JournalEntry } from "./journal.ts";

const sha = (letter: string): string => letter.repeat(64);
let seq = 0;
const entry = (
  outcome: "acked" | "lost",
  sha256: string,
  changes: Partial<JournalEntry> = {},
): JournalEntry => ({
  seq: ++seq,
  startedMs: 1,
  atMs: 2,
  number: 4,
  rendition: "v360",
  pipeline: "a",
  outcome,
  backfill: false,
  refusals: 0,
  sha256,
  ...changes,
});

describe("an acknowledged segment", () => {
  it("is one per pipeline, rendition and number, from its first acknowledgement", () => {
    const all = acknowledged([
      entry("acked", sha("1"), { atMs: 5 }),
      entry("acked", sha("1"), { atMs: 9 }),
      entry("acked", sha("2"), { pipeline: "b" }),
      entry("lost", sha("3"), { number: 5 }),
    ]);
    expect(all.map(({ pipeline, number, atMs }) => [pipeline, number, atMs])).toEqual([
      ["a", 4, 5],
      ["b", 4, 2],
    ]);
  });

  it("is the last acknowledged copy, or a later one without an answer", () => {
    const sums = (...entries: JournalEntry[]): string[] => [
      ...(acknowledged(entries)[0]?.sha256s ?? []),
    ];
    expect(sums(entry("acked", sha("1")), entry("acked", sha("2")))).toEqual([sha("2")]);
    expect(sums(entry("acked", sha("1")), entry("lost", sha("2")))).toEqual([sha("1"), sha("2")]);
    expect(
      sums(entry("acked", sha("1")), entry("lost", sha("2")), entry("acked", sha("3"))),
    ).toEqual([sha("3")]);
    expect(sums(entry("lost", sha("2")), entry("acked", sha("1")))).toEqual([sha("1")]);
  });
});

describe("the result of a read-back", () => {
  const segment: Acknowledged = {
    pipeline: "a",
    rendition: "v360",
    number: 4,
    atMs: 2,
    sha256s: new Set([sha("1")]),
  };
  const whole: Answer = { kind: "whole", sha256: sha("1") },
    wrong: Answer = { kind: "whole", sha256: sha("9") },
    absent: Answer = { kind: "absent" },
    silent: Answer = { kind: "silent" };

  it.each<[string, Answer[], ReturnType<typeof outcomeOf>]>([
    ["a whole copy anywhere", [absent, whole], "intact"],
    ["a whole copy and silence", [silent, whole], "intact"],
    ["a wrong copy beside a whole one", [whole, wrong], "different"],
    ["only a wrong copy", [absent, wrong], "different"],
    ["nothing anywhere", [absent, absent], "missing"],
    ["nothing where somebody answered", [absent, silent], null],
    ["silence", [silent], null],
    ["nobody to ask", [], null],
  ])("%s", (_what, answers, outcome) => expect(outcomeOf(segment, answers)).toBe(outcome));

  it("is never better than the answers, in any order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(whole, wrong, absent, silent), { maxLength: 5 }),
        (answers) => {
          const outcome = outcomeOf(segment, answers);
          expect(outcomeOf(segment, [...answers].reverse())).toBe(outcome);
          if (outcome === "intact") expect(answers).not.toContain(wrong);
          if (outcome === "missing") expect(new Set(answers)).toEqual(new Set([absent]));
          if (answers.includes(wrong)) expect(outcome).toBe("different");
        },
      ),
    );
  });

  it("follows the status: overload proves nothing, and a truncated body is no copy", () => {
    expect(
      [
        [200, sha("1")],
        [200, null],
        [404, null],
        [410, null],
        [502, sha("2")],
        [503, sha("3")],
        [429, null],
        [0, null],
      ].map(([status, sum]) => answerOf(status as number, sum as string | null).kind),
    ).toEqual(["whole", "absent", "absent", "absent", "absent", "silent", "silent", "silent"]);
  });
});
