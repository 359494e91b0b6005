/**
 * Options that several commands share, and the parsing of their values. An invalid value is one
 * message and exit status 64.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { substrateChoices } from "../app/choose-substrate.ts";
import type { Context } from "../app/context.ts";
import { loadExperiment } from "../app/experiment-files.ts";
import { setting } from "../app/project.ts";
import { settings } from "../settings/settings.ts";
import { type Runners, runnersFrom } from "../record/runners.ts";
import type { RunRequest } from "../app/options.ts";
import { plan, type planAlone } from "../app/plan-experiment.ts";

/** The options of every command that plans. */
export interface PlanFlags {
  readonly substrate?: string;
  readonly topology?: string;
  readonly without: readonly string[];
  readonly seed?: number;
  readonly scale?: number;
  readonly runners?: Runners;
  readonly allowHost?: readonly string[];
  readonly label?: string;
  readonly webhook?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly out?: string;
}

export function planFlags(command: Command): Command {
  return substrateFlag(command, "substrate on which the target runs")
    .option("--topology <name>", "topology to use instead of the experiment's own")
    .addOption(
      new Option("--without <defence>", "disable a defence of the target; may be repeated")
        .argParser((value: string, all: string[]) => [...all, value])
        .default([], "none"),
    )
    .option(...allowHost)
    .option("--label <text>", "what to call the run in reports, in the index and in comparisons")
    .option("--force", "run even if prerequisites have not held (noted in the report)")
    .addOption(seed())
    .addOption(
      new Option(
        "--scale <times>",
        "multiply the audience; a real load is limited by this machine",
      ).argParser(scaleOf),
    )
    .addOption(
      new Option(
        "--runners <n>",
        "share the load among n generators, each a process of this machine",
      ).argParser(runnersOf),
    );
}

export function substrateFlag(command: Command, what: string): Command {
  return command.option(
    "--substrate <name>",
    `${what}: ${substrateChoices.join(", ")} (default: ${settings.substrate.fallback})`,
  );
}

export const allowHost: [string, string, (value: string, all?: string[]) => string[]] = [
  "--allow-host <name>",
  "another host that load and faults may reach; may be repeated",
  (value, all = []) => [...all, value],
];

export const webhook: [string, string] = [
  "--webhook <url>",
  "tell this address of a verdict that differs from the one before",
];

export const otlp: [string, string] = [
  "--otlp <url>",
  "send samples to this receiver (OTLP over HTTP) during the run",
];

export function seed(): Option {
  return new Option("--seed <n>", "seed of all random choices, 0…4294967295").argParser(
    wholeOf(0, 2 ** 32 - 1),
  );
}

export function out(what: string): Option {
  return new Option("--out <dir>", `${what} (default: ${settings.reports.fallback})`).argParser(
    folderOf,
  );
}

function folderOf(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It must name a folder.");
  return text;
}

export function wholeOf(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };
}

export function numberOf(min: number, max: number, what = "number"): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!(value >= min && value <= max))
      throw new InvalidArgumentError(`It must be a ${what} from ${min} to ${max}.`);
    return value;
  };
}

export function scaleOf(text: string): number {
  const scale = Number(text);
  if (!(Number.isFinite(scale) && scale > 0))
    throw new InvalidArgumentError("It must be a number above 0.");
  return scale;
}

function runnersOf(text: string): Runners {
  const runners = runnersFrom(text);
  if (runners === null)
    throw new InvalidArgumentError("It must be a number, such as 4 or local:4.");
  return runners;
}

/** Converts command-line options into a request. */
export function requestOf(context: Context, flags: PlanFlags): RunRequest {
  return {
    substrate: setting(context, "substrate", flags.substrate),
    topology: flags.topology ?? null,
    without: flags.without,
    seed: flags.seed ?? null,
    scale: flags.scale ?? 1,
    runners: flags.runners ?? null,
    allowHosts: setting(context, "allowHosts", flags.allowHost),
    force: flags.force === true,
    label: setting(context, "label", flags.label),
    webhook: setting(context, "webhook", flags.webhook),
    // The default of `run`, also for commands without such an option.
    out: setting(context, "reports", flags.out),
    json: flags.json === true,
  };
}

export async function planned(
  context: Context,
  name: string,
  flags: PlanFlags,
  how: typeof planAlone = plan,
): Promise<ReturnType<typeof plan>> {
  const request = requestOf(context, flags);
  return how(context, name, await loadExperiment(context, name), request.seed ?? 1, request);
}
