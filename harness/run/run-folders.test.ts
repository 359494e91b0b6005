/** All commands find the runs of a folder alike. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runFoldersIn } from "./run-folders.ts";

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), "seawall-folders-"));
  for (const run of ["storm/1", "storm/2", "calm/1", "baseline/0123/storm/1", ".hidden/1"]) {
    mkdirSync(join(out, run, "logs"), { recursive: true });
    writeFileSync(join(out, run, "plan.json"), "{}");
  }
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

it("finds a run, the runs in a folder, and those that `--out` put a folder deeper", () => {
  const found = (path: string): string[] =>
    runFoldersIn(join(out, path)).map((run) => run.slice(out.length + 1));
  expect(found("storm/1")).toEqual(["storm/1"]);
  expect(found("storm")).toEqual(["storm/1", "storm/2"]);
  // Runs of another commit are no runs of this folder's.
  expect(found("")).toEqual(["calm/1", "storm/1", "storm/2"]);
  expect(found("baseline/0123")).toEqual(["baseline/0123/storm/1"]);
  expect(found("nowhere")).toEqual([]);
});
