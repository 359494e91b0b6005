/** `seawall list`: the experiments and suites. Starts nothing. */
import type { Define } from "../command.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { defencesOf } from "../../plan/reliance.ts";
import { expand, plannedMs, type Suite, type SuiteRun } from "../../experiment/suite.ts";
import { tierText } from "../../experiment/tiers.ts";
import { padded, wrap } from "../../system/terminal.ts";
import { oneLine } from "../../report/plain.ts";
import { duration } from "../../report/suite-text.ts";
import type { Context } from "../../app/context.ts";
import { catalogueNames, experimentNames, loadExperiment } from "../../app/experiment-files.ts";
import { loadSuite, suiteNames } from "../../app/suite-files.ts";

export const defineList: Define = (program, context, end) =>
  program
    .command("list")
    .description("list the experiments and the target's defences")
    .option("--json", "print one line of JSON per experiment")
    .action(async (flags: { json?: boolean }) => end(await list(context, flags.json === true)));

interface ListedSuite extends Pick<Suite, "title" | "withinMinutes"> {
  readonly name: string;
  readonly runs: readonly SuiteRun[];
  readonly plannedSeconds: number;
}

export async function list(context: Context, json: boolean): Promise<number> {
  const experiments = await Promise.all(
    experimentNames(context).map((name) => loadExperiment(context, name)),
  );
  const suites = await Promise.all(
    suiteNames(context).map((name) => listed(context, name, experiments)),
  );
  if (json) showJson(context, experiments, suites);
  else showText(context, experiments, suites);
  return 0;
}

async function listed(
  context: Context,
  name: string,
  experiments: readonly Experiment[],
): Promise<ListedSuite> {
  const suite = await loadSuite(context, name);
  const runs = expand(suite, catalogueNames(context));
  const plannedSeconds = runs.reduce(
    (sum, { experiment, topology }) =>
      sum +
      seconds(
        experiments.find((one) => one.name === experiment),
        topology,
      ),
    0,
  );
  return { name, title: suite.title, withinMinutes: suite.withinMinutes, runs, plannedSeconds };
}

function seconds(experiment: Experiment | undefined, topology: string | null = null): number {
  return experiment === undefined ? 0 : Math.round(plannedMs(experiment, topology) / 1000);
}

const suitesOf = (name: string, suites: readonly ListedSuite[]): string[] =>
  suites
    .filter((suite) => suite.runs.some((run) => run.experiment === name))
    .map((suite) => suite.name);

/** One line per experiment, then one per suite. */
function showJson(
  { stdout }: Context,
  experiments: readonly Experiment[],
  suites: readonly ListedSuite[],
): void {
  for (const experiment of experiments) {
    const { name, title, tier, topology, target } = experiment;
    stdout.json({
      format: "seawall-experiment/1",
      name,
      title,
      tier,
      topology,
      topologies: Object.keys(target.topologies),
      reliesOn: defencesOf(experiment),
      defences: target.defences.map((defence) => defence.name),
      suites: suitesOf(name, suites),
      plannedSeconds: seconds(experiment),
    });
  }
  for (const { name, ...suite } of suites)
    stdout.json({ format: "seawall-suite/1", name, ...suite });
}

function showText(
  { stdout }: Context,
  experiments: readonly Experiment[],
  suites: readonly ListedSuite[],
): void {
  const across = Math.min(100, Math.max(60, stdout.columns));
  const row = (first: string, wide: number, text: string): void =>
    stdout.write(
      wrap(oneLine(text), across - wide - 2)
        .map((line, index) => `${padded(index === 0 ? first : "", wide)}  ${line}\n`)
        .join(""),
    );
  const width = Math.max(...experiments.map((experiment) => experiment.name.length));
  for (const experiment of experiments) {
    const within = suitesOf(experiment.name, suites);
    row(
      experiment.name,
      width,
      `${experiment.title} (${tierText(experiment.tier)}; topology ${experiment.topology})`,
    );
    const listed =
      within.length === 0
        ? "in no suite"
        : `in ${within.length === 1 ? "suite" : "suites"} ${within.join(", ")}`;
    row("", width, `takes about ${duration(seconds(experiment))}; ${listed}`);
    row("", width, `relies on ${defencesOf(experiment).join(", ") || "no defence"}`);
  }
  stdout.write("\nSuites (run one with `seawall run --suite NAME`):\n");
  const widest = Math.max(0, ...suites.map((suite) => suite.name.length)) + 2;
  for (const { name, title, runs, plannedSeconds, withinMinutes } of suites) {
    row(
      `  ${name}`,
      widest,
      `${title}: ${runs.length} ${runs.length === 1 ? "run" : "runs"}, about ` +
        `${duration(plannedSeconds)}, of at most ${withinMinutes} min`,
    );
  }
  for (const target of new Set(experiments.map((experiment) => experiment.target))) {
    stdout.write(`\nDefences of ${target.name} (switch one off with --without NAME):\n`);
    const longest = Math.max(...target.defences.map((defence) => defence.name.length));
    for (const defence of target.defences) row(`  ${defence.name}`, longest + 2, defence.title);
  }
}
