/** The command line. Commander parses it; every mistake becomes one message and exit status 64. */
import { Command, CommanderError } from "commander";
import type { Context } from "../app/context.ts";
import { failureDocument } from "../app/error-output.ts";
import { loadPacks } from "../app/packs.ts";
import { loadConfig } from "../app/project.ts";
import { answerForEntries } from "../app/public-entry.ts";
import { exitCodes, exitMeanings, SeawallError } from "../base/errors.ts";
import { commands } from "./commands/all.ts";
import { examplesText } from "./examples.ts";

/** They act on what is there already: a mistake in a configuration must not be in their way. */
const withoutConfig = ["recover", "dead-man", "down", "schema"];

/** Resolves with the exit status. */
export async function commandLine(context: Context, args: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.held;
  const program = programOf(context, (code) => {
    exitCode = code;
  });
  const json = args.includes("--json");
  const say = (error: unknown): void => {
    if (json)
      context.stdout.json(failureDocument(context.signal.aborted ? context.signal.reason : error));
  };
  try {
    program.hook("preAction", async (_program, command) => {
      answerForEntries(context.root);
      await loadPacks(context);
      if (!withoutConfig.includes(command.name())) await loadConfig(context);
    });
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.held;
    const usage = error instanceof CommanderError;
    say(usage ? new SeawallError("USAGE", error.message.replace(/^error: /, "")) : error);
    if (!usage) throw error;
    return exitCodes.usage;
  }
}

/** All commands with their options; `end` receives the exit status of the one that ran. */
export function programOf(context: Context, end: (code: number) => void): Command {
  const program = new Command("seawall")
    .description(
      "When load peaks and parts fail: does what matters stay served, and is the rest shed first?",
    )
    .version(context.version, "-V, --version")
    .exitOverride()
    .showHelpAfterError("(run with --help to list commands and options)")
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    })
    .addHelpText("after", exitText());
  for (const define of commands) {
    const command = define(program, context, end)
      .exitOverride()
      .showHelpAfterError("(run with --help to list commands and options)")
      .showSuggestionAfterError()
      .copyInheritedSettings(program);
    command.addHelpText("after", examplesText(command.name()));
  }
  return program;
}

function exitText(): string {
  const rows = Object.entries(exitCodes).map(
    ([name, code]) => `  ${String(code).padEnd(4)} ${exitMeanings[name as keyof typeof exitCodes]}`,
  );
  return `\nExit status:\n${rows.join("\n")}\n`;
}
