import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeRunDirectory, newRunId } from "./run-directory.ts";

let out = "";
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), "seawall-out-"));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

describe("a run's id", () => {
  it("sorts by time and is safe as a file name", () => {
    const first = newRunId(Date.UTC(2026, 10, 21, 15, 4, 5, 678), 0x1a2b3c4d, "5e6f70");
    expect(first).toBe("20261121T150405Z-1a2b3c4d-5e6f70");
    expect(newRunId(Date.UTC(2026, 10, 21, 15, 4, 6), 0) > first).toBe(true);
    expect(newRunId(0, 2 ** 32 - 1)).toMatch(/^[0-9TZ]+-ffffffff-[0-9a-f]{6}$/);
    expect(newRunId(0, 5, "abc")).toBe("19700101T000000Z-00000005-abc");
  });
});

describe("a run's folder", () => {
  it("is created with its logs; a second run in the same second gets another name", () => {
    const made = [1, 2, 3].map(() => makeRunDirectory(join(out, "deep"), "storm", "id"));
    expect(made.map((one) => one.id)).toEqual(["id", "id-2", "id-3"]);
    for (const { directory } of made)
      expect(statSync(join(directory, "logs")).isDirectory()).toBe(true);
  });

  it("is refused with a hint if nothing can be written", () => {
    writeFileSync(join(out, "file"), "");
    chmodSync(join(out, "file"), 0o600);
    const refusal = expect.objectContaining({
      code: "OUTPUT_NOT_WRITABLE",
      exitCode: 64,
      hint: expect.stringContaining("--out"),
    });
    expect(() => makeRunDirectory(join(out, "file"), "storm", "id")).toThrow(refusal);
  });
});
