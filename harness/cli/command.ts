import type { Command } from "commander";
import type { Context } from "../app/context.ts";

/** One command: its name, what it takes, and what it does. `end` takes the exit status. */
export type Define = (
  program: Command,
  context: Context,
  end: (exitCode: number) => void,
) => Command;
