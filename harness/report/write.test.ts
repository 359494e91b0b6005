import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stormRun } from "../../test/support/report/storm-run.ts";
import { writeReports } from "./write.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "seawall-report-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

test("both reports replace the old ones, and leave no other file", async () => {
  await writeFile(join(directory, "report.html"), "old");
  const { run, verdict } = stormRun({ directory });
  const written = await writeReports(run, verdict);
  expect(written).toEqual({
    html: join(directory, "report.html"),
    junit: join(directory, "junit.xml"),
  });
  expect((await readdir(directory)).sort()).toEqual(["junit.xml", "report.html"]);
  expect(await readFile(written.html, "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
});

test("an unwritable folder is named, with a hint", async () => {
  const { run, verdict } = stormRun({ directory: join(directory, "gone") });
  await expect(writeReports(run, verdict)).rejects.toMatchObject({
    code: "OUTPUT_NOT_WRITABLE",
    message: expect.stringContaining(join(directory, "gone", "report.html")),
    hint: expect.stringContaining("seawall report"),
  });
});
