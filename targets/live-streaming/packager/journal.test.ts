import { expect, test } from "vitest";
import { createJournal } from "./journal.ts";

const entry = { atMs: 2, startedMs: 1, number: 7, rendition: "v720", pipeline: "a", outcome: "acked", status: 200, tookMs: 1, attempts: 1, sha256: "", bytes: 1, backfill: false } as const;
const read = (text: string): number[] => text.split("\n").filter(Boolean).map((line) => Number(/"seq":(\d+)/.exec(line)?.[1]));

test("is read from any sequence number onwards", () => {
  const journal = createJournal(100);
  for (let at = 0; at < 5; at += 1) journal.add(entry);
  expect(read(journal.after(0))).toEqual([1, 2, 3, 4, 5]);
  expect(read(journal.after(3))).toEqual([4, 5]);
  expect(journal.after(5)).toBe("");
  expect(journal.after(99)).toBe("");
});

test("is bounded, and what it lost shows as a gap", () => {
  const journal = createJournal(10);
  for (let at = 0; at < 1000; at += 1) journal.add(entry);
  const kept = read(journal.after(0));
  expect(kept.length).toBeLessThanOrEqual(20);
  expect(kept.at(-1)).toBe(1000);
  expect(kept[0]).toBeGreaterThan(1);
  expect(read(journal.after(998))).toEqual([999, 1000]);
});
