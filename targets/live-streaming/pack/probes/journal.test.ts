import { describe, expect, it } from "vitest";
import type { Series } from "../../../../harness/metrics/samples.ts";
import { type JournalEntry, parseJournal, sinkJournal } from "./journal.ts";

const entry = (seq: number, changes: Partial<JournalEntry> = {}): JournalEntry => ({
  seq,
  startedMs: 1_000,
  atMs: 1_025,
  number: 4,
  rendition: "v360",
  pipeline: "a",
  outcome: "acked",
  backfill: false,
  refusals: 0,
  sha256: "0".repeat(64),
  ...changes,
});
const lines = (...entries: readonly object[]): string =>
  entries.map((one) => `${JSON.stringify(one)}\n`).join("");

describe("a packager's journal", () => {
  it("returns new entries in order", () => {
    expect(parseJournal(lines(entry(3), entry(1), entry(2)), 1).map((one) => one.seq)).toEqual([
      2, 3,
    ]);
    expect(parseJournal("", 0)).toEqual([]);
    expect(parseJournal(lines(entry(1)), 1)).toEqual([]);
  });

  it.each<[string, string]>([
    ["a torn line", lines(entry(1)).slice(0, -9)],
    ["no object", "null\n"],
    ["no sequence number", lines({ ...entry(1), seq: undefined })],
    ["a number in words", lines({ ...entry(1), atMs: "now" })],
    ["an outcome nobody knows", lines({ ...entry(1), outcome: "maybe" })],
    ["half a segment", lines({ ...entry(1), number: 1.5 })],
    ["no word on whether it is history", lines({ ...entry(1), backfill: undefined })],
    ["no word on who turned it away", lines({ ...entry(1), refusals: undefined })],
    ["no checksum", lines({ ...entry(1), sha256: "" })],
    ["an error page", "<html>502</html>"],
  ])("proves nothing if it holds %s", (_what, text) => {
    expect(() => parseJournal(lines(entry(7)) + text, 0)).toThrow();
  });

  it("gives each publication's duration, except for those before the run", () => {
    const sunk: unknown[] = [];
    const sink = {
      series: (series: Series) => sunk.push(series),
      sample: (_id: number, atMs: number, value: number) => {
        sunk.push([atMs, value]);
      },
    };
    sinkJournal(
      [
        entry(1, { backfill: true }),
        entry(2),
        entry(3, { outcome: "lost", refusals: 2, atMs: 9_000 }),
      ],
      "region-a",
      sink,
    );
    const tags = { region: "region-a", pipeline: "a", rendition: "v360" };
    expect(sunk).toEqual([
      {
        metric: "publish_ms",
        kind: "duration",
        tags: { ...tags, outcome: "acked", refused: "no" },
      },
      [1_025, 25],
      {
        metric: "publish_ms",
        kind: "duration",
        tags: { ...tags, outcome: "lost", refused: "yes" },
      },
      [9_000, 8_000],
    ]);
  });
});
