/** The command line in this process, in a folder of its own. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import type { Context } from "../../../harness/app/context.ts";
import { explain } from "../../../harness/app/error-output.ts";
import { printerTo } from "../../../harness/app/printer.ts";
import { commandLine } from "../../../harness/cli/command-line.ts";

const root = resolve(import.meta.dirname, "../../..");

export interface Printed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type CommandLine = (...args: string[]) => Promise<Printed>;

/**
 * A new folder. `seawall` runs a command there, on the substrate `process` unless a flag names
 * another. `file` writes a file there and returns its path for a command.
 */
export function commandLineHere(): {
  readonly folder: string;
  readonly seawall: CommandLine;
  file(name: string, text: string): string;
} {
  const folder = mkdtempSync(join(tmpdir(), "seawall-cli-"));
  const env = { SEAWALL_SUBSTRATE: "process" };
  return {
    folder,
    seawall: (...args) => commandLineIn(folder, args, { env }),
    file(name, text) {
      writeFileSync(join(folder, name), text);
      return `./${name}`;
    },
  };
}

/** Runs a command in `folder`, which also holds its state and its tools. */
export async function commandLineIn(
  folder: string,
  args: readonly string[],
  {
    env = {},
    signal = new AbortController().signal,
  }: Partial<Pick<Context, "env" | "signal">> = {},
): Promise<Printed> {
  let stdout = "",
    stderr = "";
  const output = (take: (text: string) => void) =>
    printerTo({ write: take, isTerminal: false, columns: 100, colour: false });
  const context: Context = {
    root,
    cwd: folder,
    env,
    stdout: output((text) => {
      stdout += text;
    }),
    stderr: output((text) => {
      stderr += text;
    }),
    stdin: () => Readable.from([]),
    signal,
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
