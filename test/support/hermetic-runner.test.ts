import { execFile, execFileSync, fork, spawn, spawnSync } from "node:child_process";
import { expect, it } from "vitest";

it.each([
  ["spawn", () => spawn("true")],
  ["execFile", () => execFile("true")],
  ["fork", () => fork("nothing.js")],
  ["spawnSync", () => spawnSync("true")],
  ["execFileSync", () => execFileSync("true")],
])("refuses to start a process in a hermetic test: %s", (_name, start) => {
  expect(start).toThrow("a hermetic test starts no process");
});
