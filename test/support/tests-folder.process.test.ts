import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { processesIn } from "./tests-folder.ts";

it("finds processes whose working directory or command line is in the folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "seawall-left-"));
  mkdirSync(join(folder, "service"));
  const standing = spawn("sleep", ["60"], { cwd: join(folder, "service") });
  const named = spawn(process.execPath, [
    "-e",
    "setTimeout(() => {}, 60_000)",
    `${folder}/configuration`,
  ]);
  await Promise.all([once(standing, "spawn"), once(named, "spawn")]);
  try {
    await expect
      .poll(() => processesIn(folder).sort())
      .toEqual(expect.arrayContaining([standing.pid, named.pid].sort()));
    expect(processesIn(`${folder}-other`)).toEqual([]);
  } finally {
    standing.kill("SIGKILL");
    named.kill("SIGKILL");
    await Promise.all([once(standing, "close"), once(named, "close")]);
    rmSync(folder, { recursive: true, force: true });
  }
  expect(existsSync(folder)).toBe(false);
});
