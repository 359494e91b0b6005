/** The command line: names, flags and what each calls. Parsing is commander's; every mistake becomes one message and exit status 64. */
import { resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { exitCodes, SeawallError } from "../base/errors.ts";
import type { SearchOptions } from "../breaking-point/search.ts";
import { ablate } from "./ablate.ts";
import { breakingPoint } from "./breaking-point.ts";
import type { Context } from "./context.ts";
import { deadMan } from "./dead-man.ts";
import { doctor } from "./doctor.ts";
import { compare, compareHelp } from "./compare.ts";
import { failureDocument } from "./explain.ts";
import { exportRun } from "./export.ts";
import { gate } from "./gate.ts";
import { loadExperiment } from "./experiments.ts";
import { compose } from "./compose.ts";
import { gameDay } from "./game-day/game-day.ts";
import { image } from "./image.ts";
import { recover } from "./recover.ts";
import { rejudge, rewriteReports } from "./rejudge.ts";
import { plan, planAlone, type RunOptions } from "./run.ts";
import { run } from "./several.ts";
import { list } from "./show.ts";
import { index } from "./run-index.ts";
import { schema } from "./schema.ts";
import { showPlan } from "./show-plan.ts";
import { substrateChoices } from "./substrate.ts";
import { down, up } from "./up.ts";

interface RunFlags {
  readonly substrate: string;
  readonly topology?: string;
  readonly without: readonly string[];
  readonly seed?: number;
  readonly scale?: number;
  readonly allowHost?: readonly string[];
  readonly out?: string;
  readonly suite?: string;
  readonly attempts?: number;
  readonly reuse?: boolean;
  readonly baseline?: string;
  readonly baselineRuns?: number;
  readonly retries?: number;
  readonly confirmations?: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

interface SearchFlags {
  readonly runs: number;
  readonly from: number;
  readonly to: number;
  readonly within: number;
}

/** Resolves to the exit status. */
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

function programOf(context: Context, ended: (code: number) => void): Command {
  const program = new Command("seawall")
    .description(
      "When the storm comes, does the live edge stay served, and is DVR what is given up first?",
    )
    .version(context.version, "-V, --version")
    .exitOverride()
    .showHelpAfterError("(add --help for what there is)")
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    })
    .addHelpText(
      "after",
      "\nExit status: 0 held, 1 refuted, 2 inconclusive, 3 aborted, 4 cleanup incomplete, 64 usage, 70 internal, 130 interrupted.\n",
    );

  planFlags(
    context,
    program
      .command("run")
      .description("run experiments and judge them")
      .argument("[experiment...]", "names from `seawall list`, or paths"),
  )
    .option("--suite <name>", "a suite of experiments instead, in the order of their tiers")
    .option(
      "--json",
      "standard output carries only the verdict, one line of JSON per experiment; after a suite, one more for all of it",
    )
    .addOption(
      new Option("--out <dir>", "where run directories are made")
        .default(reportsOf(context), "reports")
        .argParser(folderOf),
    )
    .action(async (names: string[], flags: RunFlags) =>
      ended(
        await run(context, names, { ...optionsOf(context, flags), suite: flags.suite ?? null }),
      ),
    );
  planFlags(
    context,
    program
      .command("ablate")
      .description(
        "run experiments with all defences, and without each that they rely on: what is each worth?",
      )
      .argument(
        "[experiment...]",
        "names from `seawall list`, or paths; the whole catalogue without any",
      ),
  )
    .option("--suite <name>", "a suite of experiments instead")
    .option("--reuse", "take recorded runs of the same version instead of running again")
    .addOption(
      new Option(
        "--attempts <n>",
        "how often a run that cannot be judged is made before it is given up",
      )
        .default(3)
        .argParser(countOf),
    )
    .option("--json", "the matrix as one line of JSON")
    .addOption(
      new Option("--out <dir>", "where run directories are made, and the matrix")
        .default(reportsOf(context), "reports")
        .argParser(folderOf),
    )
    .action(async (names: string[], flags: RunFlags) =>
      ended(
        await ablate(context, names, {
          ...optionsOf(context, flags),
          suite: flags.suite ?? null,
          attempts: flags.attempts ?? 3,
          reuse: flags.reuse === true,
        }),
      ),
    );
  planFlags(
    context,
    program
      .command("breaking-point")
      .description(
        "find the audience, as a multiple of the planned one, at which the first claim fails",
      )
      .argument("<experiment>"),
  )
    .addOption(new Option("--runs <n>", "at most so many runs").default(12).argParser(countOf))
    .addOption(
      new Option("--from <times>", "the least audience to try").default(1 / 8).argParser(scaleOf),
    )
    .addOption(
      new Option("--to <times>", "the greatest audience to try").default(64).argParser(scaleOf),
    )
    .addOption(
      new Option(
        "--within <ratio>",
        "precise enough: upper end of the interval divided by its lower end",
      )
        .default(1.2)
        .argParser(ratioOf),
    )
    .option("--json", "what was found as one line of JSON")
    .addOption(
      new Option("--out <dir>", "where a folder is made for it")
        .default(reportsOf(context), "reports")
        .argParser(folderOf),
    )
    .action(async (name: string, flags: RunFlags & SearchFlags) =>
      ended(
        await breakingPoint(context, name, {
          ...optionsOf(context, flags),
          search: searchOf(flags),
        }),
      ),
    );
  planFlags(
    context,
    program
      .command("gate")
      .description(
        "run experiments for a pipeline, compare them with a baseline, and say whether they pass",
      )
      .argument("[experiment...]", "names from `seawall list`, or paths"),
  )
    .option("--suite <name>", "a suite of experiments instead, in the order of their tiers")
    .option(
      "--baseline <dir|ref>",
      "a folder of earlier runs, or a git ref, which is run here first",
    )
    .addOption(
      new Option(
        "--baseline-runs <n>",
        "how many runs of each experiment a git ref is to have, 1…10; 3 are the least that can be compared",
      )
        .default(3)
        .argParser(wholeOf(1, 10)),
    )
    .addOption(
      new Option("--retries <n>", "further runs while nothing can be concluded, 0…5")
        .default(2)
        .argParser(wholeOf(0, 5)),
    )
    .addOption(
      new Option(
        "--confirmations <n>",
        "further runs before anything is called worse than the baseline, 0…10",
      )
        .default(2)
        .argParser(wholeOf(0, 10)),
    )
    .option("--json", "standard output carries only the result, one line of JSON")
    .addOption(
      new Option("--out <dir>", "where runs and the gate's own files are put")
        .default(reportsOf(context), "reports")
        .argParser(folderOf),
    )
    .action(async (names: string[], flags: RunFlags) =>
      ended(
        await gate(context, names, {
          ...optionsOf(context, flags),
          suite: flags.suite ?? null,
          baseline: flags.baseline ?? null,
          baselineRuns: flags.baselineRuns ?? 3,
          retries: flags.retries ?? 2,
          confirmations: flags.confirmations ?? 2,
        }),
      ),
    );
  program
    .command("list")
    .description("show the experiments and the target's defences")
    .option("--json", "one line of JSON per experiment")
    .action(async (flags: RunFlags) => ended(await list(context, flags.json === true)));
  planFlags(
    context,
    program
      .command("plan")
      .description("show what a run would do, without doing it")
      .argument("<experiment>"),
  )
    .option("--json", "the plan as JSON")
    .action(async (name: string, flags: RunFlags) =>
      ended(showPlan(context, (await planned(context, name, flags)).plan, flags.json === true)),
    );
  program
    .command("judge")
    .description("judge a recorded run again; the exit status is the verdict's")
    .argument("<run>", "a run directory")
    .option("--json", "the verdict as JSON")
    .action(async (directory: string, flags: RunFlags) =>
      ended(await rejudge(context, resolve(context.cwd, directory), flags.json === true)),
    );
  program
    .command("report")
    .description("write the report of a recorded run again")
    .argument("<run>", "a run directory")
    .option("--json", "what was written, as JSON")
    .action(async (directory: string, flags: RunFlags) =>
      ended(await rewriteReports(context, resolve(context.cwd, directory), flags.json === true)),
    );
  program
    .command("compare")
    .description(
      "say what differs between runs of an experiment, and how sure that is; the exit status is 1 when anything is worse",
    )
    .argument(
      "<runs...>",
      "run directories, or folders of runs; the first is the baseline and each other one is compared with it",
    )
    .option(
      "--baseline <runs...>",
      "the runs before the change; then all other arguments together are the runs after it",
    )
    .option("--json", "standard output carries only the comparison, as JSON")
    .addOption(
      new Option("--out <dir>", "the page is written into its folder comparisons")
        .default(reportsOf(context), "reports")
        .argParser(folderOf),
    )
    .addHelpText("after", compareHelp)
    .action(async (runs: string[], flags: { baseline?: string[]; json?: boolean; out: string }) =>
      ended(
        await compare(context, runs, {
          baseline: flags.baseline ?? null,
          json: flags.json === true,
          out: resolve(context.cwd, flags.out),
        }),
      ),
    );
  program
    .command("index")
    .description(
      "write the page that lists all runs; every run, report and comparison does so by itself",
    )
    .option("--json", "what it lists, as JSON")
    .addOption(
      new Option("--out <dir>", "the folder of runs")
        .default(reportsOf(context), "reports")
        .argParser(folderOf),
    )
    .action((flags: { json?: boolean; out: string }) =>
      ended(index(context, resolve(context.cwd, flags.out), flags.json === true)),
    );
  program
    .command("export")
    .description(
      "write a recorded run as OpenTelemetry metrics, to standard output or to a receiver",
    )
    .argument("<run>", "a run directory")
    .option(
      "--otlp <url>",
      "send them there (OTLP over HTTP); OTEL_EXPORTER_OTLP_ENDPOINT and …_HEADERS are heeded",
    )
    .addOption(
      new Option("--every <seconds>", "distance between two points of a series")
        .default(1)
        .argParser(secondsOf),
    )
    .action(async (directory: string, flags: { otlp?: string; every: number }) =>
      ended(
        await exportRun(context, resolve(context.cwd, directory), {
          otlp: flags.otlp ?? null,
          everyMs: flags.every * 1_000,
        }),
      ),
    );
  planFlags(
    context,
    program
      .command("compose")
      .description("write the text of docker-compose.yml: the target without the harness")
      .argument("[experiment]", "whose target", "origin-storm"),
  )
    .option("--json", "the text within one line of JSON")
    .action(async (name: string, flags: RunFlags) =>
      ended(compose(context, await planned(context, name, flags, planAlone), flags.json === true)),
    );
  program
    .command("image")
    .description("build the image that the docker substrate and `docker compose up` start")
    .option("--json", "its name, as JSON")
    .action(async (flags: RunFlags) => ended(await image(context, flags.json === true)));
  program
    .command("recover")
    .description("undo what a killed run left on this machine")
    .option("--json", "one line of JSON per run that was found")
    .action(async (flags: RunFlags) => ended(await recover(context, flags.json === true)));
  program
    .command("schema")
    .description("print the JSON Schema of what --json prints; without a name, list them")
    .argument("[name]")
    .option("--write <dir>", "write them into a folder")
    .action((name: string | undefined, flags: { write?: string }) =>
      ended(
        schema(
          context,
          name ?? null,
          flags.write === undefined ? null : resolve(context.cwd, flags.write),
        ),
      ),
    );
  program
    .command("doctor")
    .description("show every tool, where it comes from, and what works on this machine")
    .option("--json", "as JSON")
    .option("--install", "get what is missing")
    .action(async (flags: { json?: boolean; install?: boolean }) =>
      ended(await doctorOf(context, flags)),
    );
  gameDayFlags(
    context,
    program
      .command("gameday")
      .description("run a day of experiments, with go/no-go points on a page of this machine")
      .argument("<file>", "a game day, as examples/game-day/rehearsal.ts"),
  ).action(async (file: string, flags: RunFlags & GameDayFlags) =>
    ended(
      await gameDay(context, file, {
        run: optionsOf(context, { ...flags, without: [] }),
        yes: flags.yes === true,
        planOnly: flags.plan === true,
        port: flags.port ?? 0,
        resume: flags.resume ?? null,
      }),
    ),
  );
  // Started by a run for itself.
  program
    .command("dead-man", { hidden: true })
    .argument("<run-id>")
    .action(async (runId: string) => ended(await deadMan(context, runId)));
  planFlags(
    context,
    program
      .command("up")
      .description("start the target alone and keep it up until Ctrl-C or `seawall down`")
      .argument("[experiment]", "whose target", "origin-storm"),
  )
    .option("--json", "where viewers go in, as JSON")
    .action(async (name: string, flags: RunFlags) =>
      ended(await up(context, await planned(context, name, flags, planAlone), flags.json === true)),
    );
  program
    .command("down")
    .description("end what `seawall up` started")
    .option("--json", "what was ended, as JSON")
    .action(async (flags: RunFlags) => ended(await down(context, flags.json === true)));
  for (const command of program.commands)
    command
      .exitOverride()
      .showHelpAfterError("(add --help for what there is)")
      .showSuggestionAfterError()
      .copyInheritedSettings(program);
  return program;
}

interface GameDayFlags {
  readonly yes?: boolean;
  readonly plan?: boolean;
  readonly port?: number;
  readonly resume?: string;
}

function gameDayFlags(context: Context, command: Command): Command {
  return command
    .option("--plan", "show what would be asked and done, and end")
    .option("--yes", "for CI: nobody is asked and no page is served; the report says so")
    .addOption(
      new Option("--port <n>", "of the page; any that is free unless said").argParser(portOf),
    )
    .option("--resume <dir>", "take a day up again that was stopped or cut short")
    .addOption(
      new Option(
        "--substrate <name>",
        `where the targets run: ${substrateChoices.join(", ")}`,
      ).default(context.env["SEAWALL_SUBSTRATE"] || "auto"),
    )
    .option(
      "--allow-host <name>",
      "a host besides this machine that load and faults may reach; may be repeated",
      (value: string, all: string[]) => [...all, value],
      [] as string[],
    )
    .option("--force", "run although what must have held before has not; the reports say so")
    .addOption(
      new Option("--seed <n>", "seed of every random choice, 0…4294967295").argParser(seedOf),
    )
    .option("--json", "standard output carries only the day's result, one line of JSON")
    .addOption(
      new Option("--out <dir>", "where the day's and its runs' directories are made")
        .default(reportsOf(context), "reports")
        .argParser(folderOf),
    );
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError("It must be a number from 0 to 65535.");
  return port;
}

function planFlags(context: Context, command: Command): Command {
  return command
    .addOption(
      new Option(
        "--substrate <name>",
        `where the target runs: ${substrateChoices.join(", ")}`,
      ).default(context.env["SEAWALL_SUBSTRATE"] || "auto"),
    )
    .option("--topology <name>", "instead of the experiment's own")
    .option(
      "--without <defence>",
      "switch a defence of the target off; may be repeated",
      (value: string, all: string[]) => [...all, value],
      [] as string[],
    )
    .option(
      "--allow-host <name>",
      "a host besides this machine that load and faults may reach; may be repeated",
      (value: string, all: string[]) => [...all, value],
      [] as string[],
    )
    .option("--force", "run although what must have held before has not; the report says so")
    .addOption(
      new Option("--seed <n>", "seed of every random choice, 0…4294967295").argParser(seedOf),
    )
    .addOption(
      new Option(
        "--scale <times>",
        "multiply the audience; a real one is bounded by what this machine can play",
      ).argParser(scaleOf),
    );
}

/** Where runs are kept unless a command says otherwise; SEAWALL_REPORTS moves it. */
function reportsOf(context: Context): string {
  return resolve(context.cwd, context.env["SEAWALL_REPORTS"] || resolve(context.root, "reports"));
}

function folderOf(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It must name a folder.");
  return text;
}

function wholeOf(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 0.1 && seconds <= 60))
    throw new InvalidArgumentError("It must be a number of seconds from 0.1 to 60.");
  return seconds;
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || seed >= 2 ** 32)
    throw new InvalidArgumentError("It must be a whole number from 0 to 4294967295.");
  return seed;
}

function ratioOf(text: string): number {
  const ratio = Number(text);
  if (!(ratio >= 1.05 && ratio <= 4))
    throw new InvalidArgumentError("It must be a number from 1.05 to 4.");
  return ratio;
}

function searchOf({ runs, from, to, within }: SearchFlags): SearchOptions {
  if (!(from >= 1 / 32 && from <= 1 && to >= 1 && to <= 1_000))
    throw new SeawallError("USAGE", "--from must be from 0.03125 to 1, and --to from 1 to 1000");
  return { runsMax: runs, scaleMin: from, scaleMax: to, within };
}

function countOf(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) < 1)
    throw new InvalidArgumentError("It must be a whole number from 1 to 999.");
  return Number(text);
}

function scaleOf(text: string): number {
  const scale = Number(text);
  if (!(Number.isFinite(scale) && scale > 0))
    throw new InvalidArgumentError("It must be a number above 0.");
  return scale;
}

async function planned(
  context: Context,
  name: string,
  flags: RunFlags,
  how: typeof planAlone = plan,
): Promise<ReturnType<typeof plan>> {
  const options = optionsOf(context, flags);
  return how(context, name, await loadExperiment(context, name), options.seed ?? 1, options);
}

function optionsOf(context: Context, flags: RunFlags): RunOptions {
  return {
    substrate: flags.substrate,
    topology: flags.topology ?? null,
    without: flags.without,
    seed: flags.seed ?? null,
    scale: flags.scale ?? 1,
    allowHosts: flags.allowHost ?? [],
    force: flags.force === true,
    // Where `run` puts its runs unless it is told otherwise, also for commands that have no such flag.
    out: flags.out === undefined ? reportsOf(context) : resolve(context.cwd, flags.out),
    json: flags.json === true,
  };
}

function doctorOf(context: Context, flags: { json?: boolean; install?: boolean }): Promise<number> {
  return doctor({
    env: context.env,
    stdout: context.stdout,
    stderr: context.stderr,
    json: flags.json === true,
    install: flags.install === true,
    signal: context.signal,
  });
}
