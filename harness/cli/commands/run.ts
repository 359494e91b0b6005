/**
 * `seawall run`: runs experiments in order, by name or as a suite, and summarises their results.
 */
import { Option } from "commander";
import { otlp, out, planFlags, type PlanFlags, requestOf, webhook, wholeOf } from "../flags.ts";
import type { Define } from "../command.ts";
import type { RunRequest } from "../../app/options.ts";
import { randomInt } from "node:crypto";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { exitCodes, SeawallError, worse } from "../../base/errors.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { Verdict } from "../../record/verdict.ts";
import { expand, inTierOrder } from "../../experiment/suite.ts";
import { renderSuite, type SuiteRow } from "../../report/suite-text.ts";
import { renderVerdictText } from "../../report/text.ts";
import type { Context } from "../../app/context.ts";
import { catalogueNames, loadExperiment } from "../../app/experiment-files.ts";
import { explain } from "../../app/error-output.ts";
import { ownExperiments } from "../../app/project.ts";
import { VerdictWatch } from "../../app/notify.ts";
import { recordedVerdicts } from "../../app/verdict-history.ts";
import { liveExport } from "../../app/live-export.ts";
import { type LiveRuns, showRuns } from "../../app/live-run.ts";
import { type Outcome, runPlanned } from "../../app/run-experiment.ts";
import { together } from "../../app/run-observer.ts";
import type { Planned } from "../../plan/options.ts";
import type { Receiver } from "../../telemetry/send.ts";
import { receiverOf } from "./export.ts";
import { plan, assumeHeld } from "../../app/plan-experiment.ts";
import { loadSuite } from "../../app/suite-files.ts";

export const defineRun: Define = (program, context, end) =>
  planFlags(
    program
      .command("run")
      .description("run experiments and judge them")
      .argument("[experiment...]", "names from `seawall list`, or paths"),
  )
    .option("--suite <name>", "run a suite of experiments instead, in the order of their tiers")
    .option(
      "--json",
      "print only verdicts, one line of JSON per experiment, plus one for the suite",
    )
    .option(...otlp)
    .option("--page", "show the run live on a page that this machine alone can open")
    .addOption(
      new Option("--port <n>", "port of that page; by default any free port").argParser(
        wholeOf(0, 65_535),
      ),
    )
    .option(...webhook)
    .addOption(out("folder for the runs"))
    .action(async (names: string[], flags: PlanFlags & RunFlags) =>
      end(
        await run(context, names, {
          ...requestOf(context, flags),
          suite: flags.suite ?? null,
          receiver: receiverOf(context, flags.otlp ?? null),
          pagePort: flags.page === true ? (flags.port ?? 0) : null,
        }),
      ),
    );

interface RunFlags {
  readonly suite?: string;
  readonly otlp?: string;
  readonly page?: boolean;
  readonly port?: number;
}

export interface RunOptions extends RunRequest {
  readonly suite: string | null;
  /** What follows each run as it happens. */
  readonly receiver: Receiver | null;
  /** The port of the live page; 0 is any, and null is no page. */
  readonly pagePort: number | null;
}

/** One experiment to run, and its topology: null for its own. */
export interface Item {
  readonly name: string;
  readonly experiment: Experiment;
  readonly topology: string | null;
}

export async function run(
  context: Context,
  names: readonly string[],
  options: RunOptions,
): Promise<number> {
  const items = await chosen(context, names, options.suite);
  const seed = options.seed ?? randomInt(0, 2 ** 32);
  const planned = await planAll(context, items, seed, options);
  await using shown =
    options.pagePort === null
      ? null
      : await showRuns(
          context,
          items.map((item, index) => ({ ...item, planned: planned[index] as Planned })),
          { seed, out: options.out, port: options.pagePort },
        );
  if (shown !== null) context.stderr.write(`live     ${shown.link}\n`);
  const own =
    shown === null
      ? context
      : { ...context, signal: AbortSignal.any([context.signal, shown.stopped]) };
  const rows: SuiteRow[] = [];
  let worst: number = exitCodes.held;
  let stopped = false;
  for (const [index, item] of items.entries()) {
    const row: SuiteRow = stopped
      ? notRun(item, "the runs before it were stopped")
      : await runItem(own, item, seed, options, { shown, index });
    if (row.runId === null) shown?.skip(index, row.why);
    rows.push(row);
    worst = worse(worst, row.exitCode);
    stopped ||=
      row.exitCode === exitCodes.interrupted || row.exitCode === exitCodes.cleanupIncomplete;
  }
  const people = options.json ? context.stderr : context.stdout;
  if (rows.length > 1 || options.suite !== null)
    people.write(
      `\n${renderSuite(options.suite, rows, { columns: people.columns, colour: people.colour })}\n`,
    );
  if (options.json && options.suite !== null)
    context.stdout.json({
      format: "seawall-suite-result/1",
      suite: options.suite,
      exitCode: worst,
      runs: rows,
    });
  return worst;
}

/** By name in the given order, all that the configuration names, or a suite by its tiers. */
export async function chosen(
  context: Context,
  names: readonly string[],
  suite: string | null,
): Promise<Item[]> {
  if (suite === null) {
    const wanted = names.length > 0 ? names : [...ownExperiments(context).keys()];
    if (wanted.length === 0)
      throw new SeawallError("USAGE", "no experiment to run: name one, or a suite with --suite", {
        hint: "`seawall list` shows both.",
      });
    return Promise.all(
      wanted.map(async (name) => ({
        name,
        experiment: await loadExperiment(context, name),
        topology: null,
      })),
    );
  }
  if (names.length > 0)
    throw new SeawallError("USAGE", `either the suite ${suite} or ${names.join(", ")}, not both`, {
      hint: `Omit one of them, or add the experiment to experiments/suites/${suite}.ts.`,
    });
  const runs = expand(await loadSuite(context, suite), catalogueNames(context));
  return inTierOrder(
    await Promise.all(
      runs.map(async ({ experiment, topology }) => ({
        name: experiment,
        experiment: await loadExperiment(context, experiment),
        topology,
      })),
    ),
  );
}

/**
 * All experiments are planned before the first is run: a mistake in the last one must not waste the
 * time of the others.
 */
export async function planAll(
  context: Context,
  items: readonly Item[],
  seed: number,
  options: RunRequest,
): Promise<Planned[]> {
  const recorded = [...recordedVerdicts(options.out)];
  const all: Planned[] = [];
  for (const item of items) {
    const own = inItsTopology(item, options);
    all.push(await plan(context, item.name, item.experiment, seed, own, recorded));
    // Earlier experiments of this command count as held for now, and are checked again after they
    // have run.
    recorded.push(await assumeHeld(context, item.experiment, own));
  }
  return all;
}

export function inItsTopology(item: Item, options: RunRequest): RunRequest {
  return { ...options, topology: options.topology ?? item.topology };
}

async function runItem(
  context: Context,
  item: Item,
  seed: number,
  options: RunOptions,
  { shown, index }: { readonly shown: LiveRuns | null; readonly index: number },
): Promise<SuiteRow> {
  const own = inItsTopology(item, options);
  let planned: Awaited<ReturnType<typeof plan>>;
  try {
    planned = await plan(context, item.name, item.experiment, seed, own);
  } catch (error) {
    // It was planned before, so the only change is a prerequisite that has not held in this
    // command.
    if (!(error instanceof SeawallError) || error.code !== "PLAN_REFUSED") throw error;
    explain(error, context.stderr);
    return notRun(item, reasonsOf(error));
  }
  const startedMs = performance.now();
  const exported =
    options.receiver === null ? null : liveExport(context, planned.plan, options.receiver);
  using seen = shown?.begin(index, planned.plan);
  const observers = [exported, seen].filter((observer) => observer != null);
  const watch = new VerdictWatch(context, own);
  watch.begins(planned.plan);
  const outcome = await runPlanned(context, planned, own, together(observers));
  await watch.ends(planned.plan, outcome.verdict);
  shown?.end(index, outcome);
  present(context, outcome, options.json);
  const { verdict, run: record, exitCode } = outcome;
  return {
    experiment: item.experiment.name,
    topology: record.plan.topology,
    without: verdict.without,
    status: verdict.status,
    why: verdict.why,
    seconds: Math.round((performance.now() - startedMs) / 100) / 10,
    runId: record.id,
    directory: record.directory,
    exitCode,
  };
}

function notRun({ experiment, topology }: Item, why: string): SuiteRow {
  return {
    experiment: experiment.name,
    topology: topology ?? experiment.topology,
    without: [],
    status: null,
    why,
    seconds: 0,
    runId: null,
    directory: null,
    exitCode: exitCodes.inconclusive,
  };
}

/** The problems of a refused plan, without its heading. */
export function reasonsOf(error: SeawallError): string {
  return error.problems.join("; ");
}

/** Prints the result of a run. */
export function present(
  context: Context,
  outcome: Outcome,
  json: boolean,
  people = json ? context.stderr : context.stdout,
): void {
  // If the harness itself failed, a table of claims would only hide the reason.
  if (outcome.error instanceof SeawallError) explain(outcome.error, context.stderr);
  else if (outcome.exitCode === exitCodes.interrupted)
    people.write(`\n${interruption(outcome.verdict)}\n`);
  else {
    const columns = Math.min(100, people.columns);
    const text = renderVerdictText(outcome.verdict, { columns, colour: people.colour });
    people.write(`\n${text}\n`);
  }
  if (json) context.stdout.json(outcome.verdict);
  for (const note of outcome.run.plan.notes ?? []) people.write(`note     ${note}\n`);
  people.write(
    `run      ${relative(context.cwd, outcome.run.directory) || "."}\nrerun    ` +
      `${outcome.verdict.rerun}\nreport   ${pathToFileURL(outcome.report).href}\n`,
  );
}

/** An interrupted run prints only the interruption, not its open claims. */
function interruption({ aborted, cleanup }: Verdict): string {
  const left =
    cleanup.status === "clean"
      ? "everything was undone; nothing is left running"
      : `still there: ${cleanup.left.join("; ")}; run \`seawall recover\``;
  return `${aborted?.detail ?? "interrupted"}: ${left}`;
}
