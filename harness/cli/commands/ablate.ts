/** `seawall ablate`: each experiment with all defences, and without each that it relies on. */
import { out, planFlags, type PlanFlags, requestOf, wholeOf } from "../flags.ts";
import { Option } from "commander";
import type { Define } from "../command.ts";
import type { RunRequest } from "../../app/options.ts";
import { randomInt } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type Ablation,
  ablationOf,
  type AblationRun,
  type Cell,
  cellOf,
} from "../../ablation/ablation.ts";
import { exitCodes, SeawallError, worse } from "../../base/errors.ts";
import { defencesOf, reliancesOf } from "../../plan/reliance.ts";
import type { NamedClaim } from "../../record/claim-ids.ts";
import type { Verdict } from "../../record/verdict.ts";
import { inTierOrder } from "../../experiment/suite.ts";
import { renderAblationHtml, renderAblationJunit } from "../../report/ablation-html.ts";
import { outcomeWords, renderAblation } from "../../report/ablation-text.ts";
import { newRunId, refuseUnwritable } from "../../run/run-directory.ts";
import { writeWhole } from "../../system/files.ts";
import type { Context } from "../../app/context.ts";
import { catalogueNames, loadExperiment } from "../../app/experiment-files.ts";
import { recordedVerdicts } from "../../app/verdict-history.ts";
import { linkFrom } from "../../app/page-files.ts";
import { reusable } from "../../app/find-reusable-run.ts";
import { type Outcome, runPlanned } from "../../app/run-experiment.ts";
import { plan } from "../../app/plan-experiment.ts";
import { chosen, inItsTopology, type Item, planAll, reasonsOf } from "./run.ts";

export const defineAblate: Define = (program, context, end) =>
  planFlags(
    program
      .command("ablate")
      .description(
        "run experiments with all defences, then without each one: does every defence matter?",
      )
      .argument(
        "[experiment...]",
        "names from `seawall list`, or paths; by default all experiments",
      ),
  )
    .option("--suite <name>", "run a suite of experiments instead")
    .option("--reuse", "reuse recorded runs of the same version")
    .addOption(
      new Option("--attempts <n>", "maximum attempts while a run is inconclusive")
        .default(3)
        .argParser(wholeOf(1, 999)),
    )
    .option("--json", "the matrix as one line of JSON")
    .addOption(out("folder for the runs and the matrix"))
    .action(
      async (
        names: string[],
        flags: PlanFlags & { suite?: string; attempts: number; reuse?: boolean },
      ) =>
        end(
          await ablate(context, names, {
            ...requestOf(context, flags),
            suite: flags.suite ?? null,
            attempts: flags.attempts,
            reuse: flags.reuse === true,
          }),
        ),
    );

export interface AblateOptions extends RunRequest {
  readonly suite: string | null;
  /** The greatest number of attempts for an inconclusive run. */
  readonly attempts: number;
  /** Uses recorded runs of the same version instead of running again. */
  readonly reuse: boolean;
}

/** Ends the whole command: an interrupt, or a machine that could not be cleaned. */
class Stopped extends Error {
  readonly exitCode: number;
  constructor(exitCode: number) {
    super();
    this.exitCode = exitCode;
  }
}

export async function ablate(
  context: Context,
  names: readonly string[],
  options: AblateOptions,
): Promise<number> {
  if (options.without.length > 0)
    throw new SeawallError("USAGE", "ablate disables each defence itself; omit --without");
  const catalogue = catalogueNames(context);
  const whole = names.length === 0 && options.suite === null;
  const items = whole
    ? inTierOrder(await catalogueOf(context))
    : await chosen(context, names, options.suite);
  if (items.every(({ experiment }) => experiment.target.defences.length === 0))
    return nothingToTakeAway(context, items, options);
  const seed = options.seed ?? randomInt(0, 2 ** 32);
  refuseUnwritable(options.out);
  await planAll(context, items, seed, options);
  // All controls are planned first, so that an invalid one is not discovered after an hour.
  for (const item of items)
    for (const defence of defencesOf(item.experiment))
      await plan(
        context,
        item.name,
        item.experiment,
        seed,
        { ...inItsTopology(item, options), without: [defence] },
        null,
      );
  const runs: AblationRun[] = [];
  let stopped: unknown = null;
  for (const item of items) {
    try {
      await ablateItem(context, item, seed, options, (run) => {
        runs.push(run);
        tell(context, cellOf(run), options);
      });
    } catch (error) {
      // A late failure must not discard the results so far.
      stopped = error;
      break;
    }
  }
  const covered =
    whole || catalogue.every((name) => items.some((item) => item.experiment.name === name));
  const ablation = ablationOf(runs, covered && stopped === null ? unneededIn(items) : []);
  if (runs.length > 0) publish(context, ablation, seed, options);
  if (stopped !== null && !(stopped instanceof Stopped)) throw stopped;
  return worse(exitCodeOf(ablation), stopped?.exitCode ?? exitCodes.held);
}

/** A control needs a switch: without one, the experiment would run unchanged. */
function nothingToTakeAway(
  context: Context,
  items: readonly Item[],
  { json }: AblateOptions,
): number {
  const targets = [...new Set(items.map(({ experiment }) => experiment.target.name))].join(", ");
  const people = json ? context.stderr : context.stdout;
  people.write(`${targets}: the target declares no defence, so nothing was run.\n`);
  if (json)
    context.stdout.json({
      format: "seawall-ablation/1",
      ...ablationOf([], []),
      exitCode: exitCodes.held,
      directory: null,
    });
  return exitCodes.held;
}

async function catalogueOf(context: Context): Promise<Item[]> {
  return Promise.all(
    catalogueNames(context).map(async (name) => ({
      name,
      experiment: await loadExperiment(context, name),
      topology: null,
    })),
  );
}

/** Defences of the targets on which no experiment relies. */
function unneededIn(items: readonly Item[]): string[] {
  const needed = new Set(items.flatMap(({ experiment }) => defencesOf(experiment)));
  const all = new Set(
    items.flatMap(({ experiment }) => experiment.target.defences.map(({ name }) => name)),
  );
  return [...all].filter((name) => !needed.has(name));
}

/** With all defences first: if the experiment does not hold, its controls prove nothing. */
async function ablateItem(
  context: Context,
  item: Item,
  seed: number,
  options: AblateOptions,
  add: (run: AblationRun) => void,
): Promise<void> {
  const first = await judgeable(context, item, null, [], seed, options);
  add(first);
  for (const { defence, refutes } of reliancesOf(item.experiment)) {
    add(
      first.status === "held"
        ? await judgeable(context, item, defence, refutes, seed, options)
        : blank(
            item,
            defence,
            refutes,
            options,
            "the experiment does not hold with all defences, so a control proves nothing",
          ),
    );
  }
}

/** Runs it until it is conclusive, a bounded number of times. */
async function judgeable(
  context: Context,
  item: Item,
  without: string | null,
  expected: readonly NamedClaim[],
  seed: number,
  options: AblateOptions,
): Promise<AblationRun> {
  const own: RunRequest = {
    ...inItsTopology(item, options),
    without: without === null ? [] : [without],
  };
  let planned: Awaited<ReturnType<typeof plan>>;
  try {
    planned = await plan(
      context,
      item.name,
      item.experiment,
      seed,
      own,
      recordedVerdicts(options.out),
    );
  } catch (error) {
    if (!(error instanceof SeawallError) || error.code !== "PLAN_REFUSED") throw error;
    return blank(item, without, expected, options, reasonsOf(error));
  }
  const { substrate } = planned.plan;
  const recorded = options.reuse ? await reusable(options.out, planned.plan) : null;
  if (recorded !== null)
    return judgedRun(
      blank(item, without, expected, options, ""),
      recorded.verdict,
      recorded.directory,
      { substrate, reused: true, attempts: 0, seconds: 0 },
    );
  const startedMs = performance.now();
  for (let attempts = 1; ; attempts++) {
    const outcome: Outcome = await runPlanned(context, planned, own);
    if (
      outcome.exitCode === exitCodes.interrupted ||
      outcome.exitCode === exitCodes.cleanupIncomplete
    )
      throw new Stopped(outcome.exitCode);
    // A failure of the harness itself is no verdict.
    if (outcome.error instanceof SeawallError) throw outcome.error;
    const run = judgedRun(
      blank(item, without, expected, options, ""),
      outcome.verdict,
      outcome.run.directory,
      {
        substrate,
        reused: false,
        attempts,
        seconds: Math.round((performance.now() - startedMs) / 100) / 10,
      },
    );
    if (run.status !== "inconclusive" || attempts >= options.attempts) return run;
    context.stderr.write(
      `inconclusive (${run.why}); run ${attempts + 1} of at most ${options.attempts}\n`,
    );
  }
}

function blank(
  { experiment, topology }: Item,
  without: string | null,
  expected: readonly NamedClaim[],
  options: AblateOptions,
  why: string,
): AblationRun {
  return {
    experiment: experiment.name,
    topology: options.topology ?? topology ?? experiment.topology,
    without,
    status: null,
    why,
    expected,
    refuted: [],
    doubts: [],
    attempts: 0,
    reused: false,
    seconds: 0,
    runId: null,
    directory: null,
  };
}

function judgedRun(
  run: AblationRun,
  verdict: Verdict,
  directory: string,
  how: Pick<AblationRun, "reused" | "attempts" | "seconds" | "substrate">,
): AblationRun {
  const { findings } = verdict;
  const refuted = findings.filter(
    ({ kind, status }) => kind !== "evidence" && status === "refuted",
  );
  const doubts = findings.filter(
    ({ kind, status }) => kind === "evidence" && status === "inconclusive",
  );
  return {
    ...run,
    ...how,
    status: verdict.status,
    why: verdict.why,
    runId: verdict.runId,
    directory,
    refuted: [...new Map(refuted.map(({ id, title }) => [id, { id, title }])).values()],
    doubts: doubts.map(({ title }) => title),
  };
}

function tell(context: Context, cell: Cell, { json }: AblateOptions): void {
  const people = json ? context.stderr : context.stdout;
  const { outcome, experiment, without, directory } = cell;
  const name = `${experiment}${without === null ? "" : ` without ${without}`}`;
  const folder = directory === null ? "" : `  ${relative(context.cwd, directory) || "."}`;
  people.write(`${outcomeWords[outcome]}  ${name}${folder}\n`);
}

/** Writes the matrix into its own folder next to the runs that it links to. */
function publish(context: Context, ablation: Ablation, seed: number, options: AblateOptions): void {
  const folder = join(options.out, "ablation", newRunId(Date.now(), seed));
  mkdirSync(folder, { recursive: true });
  const document = {
    format: "seawall-ablation/1",
    ...ablation,
    exitCode: exitCodeOf(ablation),
    directory: folder,
  };
  const page = join(folder, "report.html");
  writeWhole(join(folder, "ablation.json"), `${JSON.stringify(document, null, 2)}\n`);
  writeWhole(join(folder, "junit.xml"), renderAblationJunit(ablation));
  writeWhole(
    page,
    renderAblationHtml({
      ...ablation,
      subheading: `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC · seed ${seed}`,
      linkOf: ({ directory }) =>
        directory === null ? null : linkFrom(folder, join(directory, "report.html")),
    }),
  );
  const people = options.json ? context.stderr : context.stdout;
  people.write(
    `\n${renderAblation(ablation, { columns: people.columns, colour: people.colour })}\nreport ` +
      `  ${pathToFileURL(page).href}\n`,
  );
  if (options.json) context.stdout.json(document);
}

/** If the only complaints are about inconclusive or missing runs, nothing is refuted yet. */
function exitCodeOf({ complaints }: Ablation): number {
  if (complaints.length === 0) return exitCodes.held;
  return complaints.every(({ kind }) => kind === "undecided" || kind === "notRun")
    ? exitCodes.inconclusive
    : exitCodes.refuted;
}
