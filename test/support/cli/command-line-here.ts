/** The command line in this process, in a folder of its own. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import type { Context } from "../../../harness/app/context.ts";
import { explain } from "../../../harness/app/error-output.ts";
import { printerTo } from "../../../harness/app/printer.ts";
import { commandLine } from "../../../harness/cli/command-line.ts";

const root = resolve(import.meta.dirname, "../../..");

export type CommandLine = (
  ...args: string[]
) => Promise<{ exitCode: number; stdout: string; stderr: string }>;

/** `seawall` runs a command in `folder`, whose substrate is `process` unless a flag says else. */
export function commandLineHere(): { folder: string; seawall: CommandLine } {
  const folder = mkdtempSync(join(tmpdir(), "seawall-cli-"));
  return { folder, seawall: (...args) => run(folder, args) };
}

async function run(folder: string, args: readonly string[]): ReturnType<CommandLine> {
  let stdout = "",
    stderr = "";
  const output = (take: (text: string) => void) =>
    printerTo({ write: take, isTerminal: false, columns: 100, colour: false });
  const context: Context = {
    root,
    cwd: folder,
    env: { SEAWALL_SUBSTRATE: "process" },
    stdout: output((text) => {
      stdout += text;
    }),
    stderr: output((text) => {
      stderr += text;
    }),
    stdin: () => Readable.from([]),
    signal: new AbortController().signal,
    onForceQuit: () => {},
    version: "1.2.3",
    stateDirectory: join(folder, "state"),
    cacheDirectory: folder,
  };
  const exitCode = await commandLine(context, args).catch((error: unknown) =>
    explain(error, context.stderr),
  );
  return { exitCode, stdout, stderr };
}
