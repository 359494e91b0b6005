import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { isKey, openBucket } from "./bucket.ts";

const folder = mkdtempSync(join(tmpdir(), "seawall-bucket-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("returns what was put, lists it in order, and keeps it when reopened", async () => {
  const directory = join(folder, "kept");
  const bucket = await openBucket(directory);
  const keys = ["main/chunk/v/2", "main/chunk/v/1", "main/directive/x/1", "other/chunk/v/1"];
  for (const key of keys) await bucket.put(key, Buffer.from(key));
  await bucket.put("main/chunk/v/1", Buffer.from("again"));
  for (const each of [bucket, await openBucket(directory)]) {
    expect(each.list("main/chunk/", "")).toEqual(["main/chunk/v/1", "main/chunk/v/2"]);
    expect(each.list("main/", "main/chunk/v/1")).toEqual(["main/chunk/v/2", "main/directive/x/1"]);
    expect(each.list("mai", "zebra")).toEqual([]);
    expect(String(await each.get("main/chunk/v/1"))).toBe("again");
    expect(await each.get("main/chunk/v")).toBeNull();
    expect(each.size).toBe(4);
  }
  expect(await bucket.expire(Date.now() + 1_000, ["directive"])).toBe(3);
  expect(bucket.list("main/", "")).toEqual(["main/directive/x/1"]);
  expect((await openBucket(directory)).size).toBe(1);
});

test("lets no key lead out of the bucket", () => {
  for (const bad of [
    "",
    "/",
    "a//b",
    "../a",
    "a/../b",
    "a/.",
    "a/..",
    "/a",
    "a/",
    "a b",
    "a\0",
    "a\\b",
    "é",
    `${"a".repeat(201)}`,
    Array(12).fill("a").join("/"),
  ]) {
    expect(isKey(bad), JSON.stringify(bad)).toBe(false);
  }
  for (const good of ["a", "a/b~c/.d", "a..b/c"]) expect(isKey(good), good).toBe(true);
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", ".", "/", "\\", "%", "~", " ") }),
      (text) => {
        if (isKey(text)) expect(join("/root", text).startsWith("/root/")).toBe(true);
      },
    ),
  );
});
