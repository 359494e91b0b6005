/**
 * Each test run has its own folder for temporary files, which is removed with it, so tests may
 * leave theirs behind. It stays while a process of a test still runs in it, so that such a process
 * can be found.
 */
import { mkdtempSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listProcesses } from "../../harness/system/processes.ts";

/**
 * `record` is called before anything can be put there. `remove` is false if something still runs in
 * it.
 */
export function setup(record: (folder: string) => void): {
  readonly folder: string;
  readonly remove: () => boolean;
} {
  const before = process.env["TMPDIR"];
  const folder = mkdtempSync(join(tmpdir(), "seawall-tests-"));
  record(folder);
  process.env["TMPDIR"] = folder;
  const remove = (): boolean => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    const running = processesIn(folder);
    if (running.length === 0) rmSync(folder, { recursive: true, force: true });
    else
      process.stderr.write(
        `${folder} is left as it is: ${running.map((pid) => `process ${pid}`).join(", ")} ` +
          `still runs there\n`,
      );
    return running.length === 0;
  };
  return { folder, remove };
}

/** Processes whose working directory or command line is in the folder. */
export function processesIn(folder: string): number[] {
  return listProcesses().filter((pid) => {
    try {
      const directory = readlinkSync(`/proc/${pid}/cwd`);
      return (
        directory === folder ||
        directory.startsWith(`${folder}/`) ||
        readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(`${folder}/`)
      );
    } catch {
      // It ended meanwhile, or belongs to another user.
      return false;
    }
  });
}
