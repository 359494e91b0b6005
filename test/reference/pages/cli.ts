/** The page of commands: the texts of `--help`. */
import type { Argument, Command, Option } from "commander";
import type { Context } from "../../../harness/app/context.ts";
import { exitCodes, exitMeanings } from "../../../harness/base/errors.ts";
import { programOf } from "../../../harness/cli/command-line.ts";
import { commandExamples } from "../../../harness/cli/examples.ts";
import { code, page, prose, span, table } from "../markdown.ts";

export function cliPage(): string {
  const program = programOf({ version: "" } as Context, () => {});
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter((command) => command.name() !== "help");
  return page(
    "Commands",
    prose(
      "In a repository with the package, a command reads `npx seawall COMMAND`; in a checkout, " +
        "`./seawall COMMAND`. `--help` prints the same texts. [Commands](../commands.md) " +
        "explains runs, their folders and their ends.",
    ),
    table(
      ["command", "what it does"],
      commands.map((command) => [
        `[\`${command.name()}\`](#${command.name()})`,
        command.description(),
      ]),
    ),
    "## Exit statuses",
    prose("`compare` and `gate` use 1 for what is worse than the baseline."),
    table(
      ["status", "meaning"],
      Object.entries(exitCodes).map(([name, status]) => [
        String(status),
        exitMeanings[name as keyof typeof exitCodes],
      ]),
    ),
    commands.flatMap(sectionOf),
  );
}

function sectionOf(command: Command): string[] {
  const name = command.name();
  const options = command.options.filter(({ hidden }) => !hidden);
  return [
    `## ${name}`,
    prose(sentence(command.description())),
    code(`seawall ${name} ${command.usage()}`, "text"),
    ...(command.registeredArguments.length === 0
      ? []
      : [
          table(
            ["argument", "meaning"],
            command.registeredArguments.map((one) => [span(argumentName(one)), meaningOf(one)]),
          ),
        ]),
    ...(options.length === 0
      ? []
      : [
          table(
            ["option", "meaning"],
            options.map((one) => [span(one.flags), meaningOf(one)]),
          ),
        ]),
    code(examplesOf(name), "sh"),
  ];
}

function examplesOf(name: string): string {
  const all = commandExamples[name] ?? [];
  const width = Math.max(...all.map(({ line }) => line.length));
  return all
    .map(({ line, meaning }) => `./seawall ${line.padEnd(width)}   # ${meaning}`)
    .join("\n");
}

function argumentName(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function meaningOf({
  description,
  defaultValue,
  defaultValueDescription,
}: Argument | Option): string {
  return defaultValue === undefined
    ? description
    : `${description} (default: ${defaultValueDescription ?? String(defaultValue)})`;
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}${/[.?]$/.test(text) ? "" : "."}`;
}
