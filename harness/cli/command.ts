import type { Command } from "commander";
import type { Context } from "../app/context.ts";

/** Defines one command: its name, its arguments and its action. `end` receives the exit status. */
export type Define = (
  program: Command,
  context: Context,
  end: (exitCode: number) => void,
) => Command;
