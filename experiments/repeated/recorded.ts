/** The record of repeated runs, and the page with their table. */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Repeat } from "./repeated.ts";

const file = join(import.meta.dirname, "runs.ndjson");
/** The page with the table. */
export const page = join(import.meta.dirname, "README.md");

/** The page keeps the table between these lines. */
export const marks = {
  begin: "<!-- repeated: made by `node benchmarks/repeat.ts` -->",
  end: "<!-- /repeated -->",
} as const;

/** Oldest first. */
export function recorded(): Repeat[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Repeat);
}

export function record(repeat: Repeat): void {
  appendFileSync(file, `${JSON.stringify(repeat)}\n`);
}

export function pageText(): string {
  return readFileSync(page, "utf8");
}

/** The text between the marks. Throws if one is missing. */
export function tableIn(text: string): string {
  const [from, to] = between(text);
  return text.slice(from, to).trim();
}

export function withTable(text: string, table: string): string {
  const [from, to] = between(text);
  return `${text.slice(0, from)}\n\n${table}\n\n${text.slice(to)}`;
}

function between(text: string): readonly [number, number] {
  const [from, to] = [text.indexOf(marks.begin), text.indexOf(marks.end)];
  if (from < 0 || to < from)
    throw new Error(
      `experiments/repeated/README.md lacks the lines ${marks.begin} and ${marks.end}`,
    );
  return [from + marks.begin.length, to];
}
