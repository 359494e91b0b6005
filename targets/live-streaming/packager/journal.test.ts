import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createJournal, type JournalFile } from "./journal.ts";

const entry = {
  atMs: 2,
  startedMs: 1,
  number: 7,
  rendition: "v720",
  pipeline: "a",
  outcome: "acked",
  status: 200,
  tookMs: 1,
  attempts: 1,
  refusals: 0,
  sha256: "",
  bytes: 1,
  defects: [],
  backfill: false,
} as const;
const folder = mkdtempSync(join(tmpdir(), "seawall-journal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string, errors: unknown[] = []): JournalFile => ({
  path: join(folder, name),
  onError: (error) => void errors.push(error),
});
const read = (text: string): number[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => Number(/"seq":(\d+)/.exec(line)?.[1]));

test("is read from any sequence number onwards", () => {
  const journal = createJournal(100);
  for (let times = 0; times < 5; times += 1) journal.add(entry);
  expect(read(journal.after(0))).toEqual([1, 2, 3, 4, 5]);
  expect(read(journal.after(3))).toEqual([4, 5]);
  expect(journal.after(5)).toBe("");
  expect(journal.after(99)).toBe("");
});

test("is bounded, and shows lost entries as a gap", () => {
  const journal = createJournal(10);
  for (let times = 0; times < 1000; times += 1) journal.add(entry);
  const kept = read(journal.after(0));
  expect(kept.length).toBeLessThanOrEqual(20);
  expect(kept.at(-1)).toBe(1000);
  expect(kept[0]).toBeGreaterThan(1);
  expect(read(journal.after(998))).toEqual([999, 1000]);
});

test("survives any end of its process, and continues its numbers", () => {
  const before = createJournal(100, at("killed"));
  for (let times = 0; times < 3; times += 1) before.add(entry);
  const torn = readFileSync(join(folder, "killed"), "utf8").slice(0, -9);
  writeFileSync(join(folder, "killed"), torn);
  const after = createJournal(100, at("killed"));
  expect(read(after.after(0))).toEqual([1, 2]);
  after.add(entry);
  expect(read(createJournal(100, at("killed")).after(0))).toEqual([1, 2, 3]);
});

test("bounds its file", () => {
  const journal = createJournal(10, at("long"));
  for (let times = 0; times < 100; times += 1) journal.add(entry);
  expect(readFileSync(join(folder, "long"), "utf8").split("\n").length).toBeLessThanOrEqual(22);
  expect(read(createJournal(10, at("long")).after(0)).at(-1)).toBe(100);
});

test("continues without a file that cannot be written, and reports it", () => {
  mkdirSync(join(folder, "taken"));
  const errors: unknown[] = [];
  const journal = createJournal(10, at("taken", errors));
  journal.add(entry);
  expect(read(journal.after(0))).toEqual([1]);
  expect(errors.length).toBeGreaterThan(0);
});
