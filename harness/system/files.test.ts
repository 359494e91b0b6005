import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lastLines, storageError, writeWhole } from "./files.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "seawall-files-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("writing a whole file", () => {
  it("replaces the old file and leaves no other", () => {
    const path = join(directory, "a.json");
    writeWhole(path, "one");
    writeWhole(path, "größer");
    expect(readFileSync(path, "utf8")).toBe("größer");
    expect(readdirSync(directory)).toEqual(["a.json"]);
  });

  it.skipIf(!existsSync("/dev/full"))("keeps the old file when the disk is full", () => {
    const path = join(directory, "a.json");
    writeWhole(path, "old");
    symlinkSync("/dev/full", `${path}.${process.pid}.part`);
    expect(() => writeWhole(path, "new")).toThrow(expect.objectContaining({ code: "DISK_FULL" }));
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  it("names the path where it could not write", () => {
    expect(() => writeWhole(join(directory, "nowhere", "a"), "x")).toThrow(
      expect.objectContaining({
        code: "OUTPUT_NOT_WRITABLE",
        message: expect.stringContaining("nowhere"),
      }),
    );
  });
});

describe("a file system error", () => {
  it.each([
    ["ENOSPC", "DISK_FULL", 70],
    ["EDQUOT", "DISK_FULL", 70],
    ["EACCES", "OUTPUT_NOT_WRITABLE", 64],
    ["EROFS", "OUTPUT_NOT_WRITABLE", 64],
    ["ENOENT", "OUTPUT_NOT_WRITABLE", 64],
  ])("%s is %s", (code, expected, exitCode) => {
    const cause = Object.assign(new Error(code), { code });
    const error = storageError("/some/where", cause);
    expect(error).toMatchObject({ code: expected, exitCode, cause });
    expect(error.hint).toContain("--out");
    expect(storageError("/else/where", error)).toBe(error);
  });
});

describe("the last lines of a file", () => {
  it("are the last non-empty ones, newest last", () => {
    const path = join(directory, "log");
    writeFileSync(
      path,
      `${Array.from({ length: 50_000 }, (_, index) => `line ${index}`).join("\n")}\n\n  \n`,
    );
    expect(lastLines(path, 3)).toEqual(["line 49997", "line 49998", "line 49999"]);
    writeFileSync(path, "only");
    expect(lastLines(path, 3)).toEqual(["only"]);
    writeFileSync(path, "");
    expect(lastLines(path, 3)).toEqual([]);
    expect(lastLines(join(directory, "none"), 3)).toEqual([]);
  });
});
