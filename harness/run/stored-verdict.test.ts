import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Verdict } from "../record/verdict.ts";
import { files } from "./run-directory.ts";
import { keepVerdict, storedVerdict } from "./stored-verdict.ts";

const sample = resolve(import.meta.dirname, "../../reports/sample");
const folder = mkdtempSync(join(tmpdir(), "seawall-verdict-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const name of [files.plan, files.events, files.samples])
  copyFileSync(join(sample, name), join(folder, name));

/** In the format of versions whose findings had only titles and reasons. */
function older(verdict: Verdict): Verdict {
  const findings = verdict.findings.map(
    ({ id: _id, subject: _subject, values: _values, ...finding }) => finding,
  );
  return { ...verdict, findings } as unknown as Verdict;
}

describe("a verdict.json of an earlier version", () => {
  const today = JSON.parse(readFileSync(join(sample, files.verdict), "utf8")) as Verdict;

  it("is read, and its claims get the ids that their titles make", () => {
    const { of: _of, ...verdict } = today;
    keepVerdict(folder, older(verdict));
    const stored = storedVerdict(folder);
    expect(stored.kind).toBe("fits");
    if (!("verdict" in stored)) throw new Error("it cannot be read");
    expect(stored.verdict.findings).toHaveLength(today.findings.length);
    for (const finding of stored.verdict.findings) {
      expect(finding.values).toEqual([]);
      expect(finding.id.startsWith(`${finding.kind}.`)).toBe(finding.kind !== "evidence");
    }
  });

  it("is ignored if it was changed", () => {
    const kept = readFileSync(join(folder, files.verdict), "utf8");
    writeFileSync(join(folder, files.verdict), kept.replace('"samples": 4730', '"samples": 4731'));
    expect(storedVerdict(folder).kind).toBe("foreign");
  });
});
