/**
 * `seawall breaking-point`: finds the multiple of the planned audience at which the first claim
 * fails. Each step of the search is a complete, judged run.
 */
import { numberOf, out, planFlags, type PlanFlags, requestOf, scaleOf, wholeOf } from "../flags.ts";
import { Option } from "commander";
import type { Define } from "../command.ts";
import type { RunRequest } from "../../app/options.ts";
import { randomInt } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { nextStep, type SearchOptions } from "../../breaking-point/search.ts";
import { readStep } from "../../breaking-point/step.ts";
import { phases } from "../../base/phases.ts";
import type { Plan } from "../../record/plan.ts";
import { exitCodes, SeawallError } from "../../base/errors.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import {
  type BreakingPoint,
  renderBreakingPoint,
  renderBreakingPointHtml,
  times,
} from "../../report/breaking-point-page.ts";
import { newRunId, refuseUnwritable } from "../../run/run-directory.ts";
import { writeWhole } from "../../system/files.ts";
import type { Context } from "../../app/context.ts";
import { loadExperiment } from "../../app/experiment-files.ts";
import { recordedVerdicts } from "../../app/verdict-history.ts";
import { linkFrom } from "../../app/page-files.ts";
import { plan } from "../../app/plan-experiment.ts";
import { runPlanned } from "../../app/run-experiment.ts";

export const defineBreakingPoint: Define = (program, context, end) =>
  planFlags(
    program
      .command("breaking-point")
      .description(
        "find the audience, as a multiple of the planned one, at which the first claim breaks",
      )
      .argument("<experiment>"),
  )
    .addOption(
      new Option("--runs <n>", "maximum number of runs").default(12).argParser(wholeOf(1, 999)),
    )
    .addOption(
      new Option("--from <times>", "smallest audience to try").default(1 / 8).argParser(scaleOf),
    )
    .addOption(new Option("--to <times>", "largest audience to try").default(64).argParser(scaleOf))
    .addOption(
      new Option(
        "--within <ratio>",
        "stop when the upper bound divided by the lower bound is below this ratio",
      )
        .default(1.2)
        .argParser(numberOf(1.05, 4)),
    )
    .option("--json", "print the result as one line of JSON")
    .addOption(out("folder for the results"))
    .action(async (name: string, flags: PlanFlags & SearchFlags) =>
      end(
        await breakingPoint(context, name, {
          ...requestOf(context, flags),
          search: searchOf(flags),
        }),
      ),
    );

interface SearchFlags {
  readonly runs: number;
  readonly from: number;
  readonly to: number;
  readonly within: number;
}

function searchOf({ runs, from, to, within }: SearchFlags): SearchOptions {
  if (!(from >= 1 / 32 && from <= 1 && to >= 1 && to <= 1_000))
    throw new SeawallError("USAGE", "--from must be from 0.03125 to 1, and --to from 1 to 1000");
  return { runsMax: runs, scaleMin: from, scaleMax: to, within };
}

export interface BreakingPointOptions extends RunRequest {
  readonly search: SearchOptions;
}

/**
 * A run that is inconclusive for a reason other than the load is repeated once before the search
 * ends.
 */
const attemptsMax = 2;

type Step = BreakingPoint["steps"][number];

export async function breakingPoint(
  context: Context,
  name: string,
  options: BreakingPointOptions,
): Promise<number> {
  if (options.scale !== 1)
    throw new SeawallError("USAGE", "breaking-point chooses the audience itself; omit --scale");
  const experiment = await loadExperiment(context, name);
  const seed = options.seed ?? randomInt(0, 2 ** 32);
  refuseUnwritable(options.out);
  const first = await plan(context, name, experiment, seed, options);
  const folder = join(options.out, "breaking-point", newRunId(Date.now(), seed));
  mkdirSync(folder, { recursive: true });
  const people = options.json ? context.stderr : context.stdout;
  const steps: Step[] = [];
  let stopped: number | null = null;
  for (let next = nextStep(steps, options.search); ; next = nextStep(steps, options.search)) {
    if ("conclusion" in next || stopped !== null) {
      const { topology, substrate, without } = first.plan;
      // Interrupted: reports the current knowledge only.
      const ended =
        "conclusion" in next ? next : nextStep(steps, { ...options.search, runsMax: steps.length });
      if (!("conclusion" in ended)) throw new Error("a search with no runs left has no conclusion");
      const weakest = steps
        .filter((step) => step.outcome === "broke")
        .toSorted((a, b) => a.scale - b.scale)[0];
      const found = {
        experiment: experiment.name,
        title: experiment.title,
        perSecond: peakOf(first.plan),
        topology,
        substrate,
        without,
        seed,
        steps,
        conclusion: ended.conclusion,
        broke: weakest?.broke ?? [],
      };
      publish(context, found, folder, options.json);
      return stopped ?? exitCodeOf(found);
    }
    const step = await stepAt(
      context,
      name,
      experiment,
      next.scale,
      seed,
      { ...options, scale: next.scale, out: folder },
      recordedVerdicts(options.out),
    );
    if (step.exitCode === exitCodes.interrupted || step.exitCode === exitCodes.cleanupIncomplete)
      stopped = step.exitCode;
    else steps.push(step.step);
    const { outcome, directory } = step.step;
    const place = directory === null ? "" : `  ${relative(context.cwd, directory) || "."}`;
    people.write(`${times(next.scale)} the planned audience: ${outcome}${place}\n`);
  }
}

async function stepAt(
  context: Context,
  name: string,
  experiment: Experiment,
  scale: number,
  seed: number,
  options: RunRequest,
  recorded: ReturnType<typeof recordedVerdicts>,
): Promise<{ readonly step: Step; readonly exitCode: number }> {
  const startedMs = performance.now();
  let planned: Awaited<ReturnType<typeof plan>>;
  try {
    planned = await plan(context, name, experiment, seed, options, recorded);
  } catch (error) {
    if (!(error instanceof SeawallError) || error.code !== "PLAN_REFUSED" || scale === 1)
      throw error;
    // The scale may exceed one machine's generator, or leave fewer users than the claims need.
    return {
      exitCode: 0,
      step: {
        scale,
        outcome: scale > 1 ? "generator" : "unclear",
        margins: [],
        broke: [],
        why: error.problems.join("; "),
        seconds: 0,
        runId: null,
        directory: null,
      },
    };
  }
  for (let attempt = 1; ; attempt++) {
    const outcome = await runPlanned(context, planned, options);
    if (outcome.error instanceof SeawallError && outcome.exitCode !== exitCodes.interrupted)
      throw outcome.error;
    const reading = readStep(outcome.verdict);
    const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
    if (
      reading.outcome === "unclear" &&
      attempt < attemptsMax &&
      outcome.exitCode === exitCodes.inconclusive
    )
      continue;
    return {
      exitCode: outcome.exitCode,
      step: { scale, ...reading, seconds, runId: outcome.run.id, directory: outcome.run.directory },
    };
  }
}

/** The users who begin in one second of the busiest phase of the planned audience. */
function peakOf({ load }: Plan): number {
  return Math.max(
    ...phases.map((phase) => load.reduce((sum, one) => sum + one.ratePerSecond[phase], 0)),
  );
}

function publish(context: Context, found: BreakingPoint, folder: string, json: boolean): void {
  const document = {
    format: "seawall-breaking-point/1",
    ...found,
    exitCode: exitCodeOf(found),
    directory: folder,
  };
  const page = join(folder, "report.html");
  writeWhole(join(folder, "breaking-point.json"), `${JSON.stringify(document, null, 2)}\n`);
  writeWhole(
    page,
    renderBreakingPointHtml(found, (directory) => linkFrom(folder, join(directory, "report.html"))),
  );
  const people = json ? context.stderr : context.stdout;
  people.write(
    `\n${renderBreakingPoint(found, { columns: people.columns, colour: people.colour })}\nreport ` +
      `  ${pathToFileURL(page).href}\n`,
  );
  if (json) context.stdout.json(document);
}

/** Held: it is known to bear the planned audience. Refuted: it is known not to. */
function exitCodeOf({ conclusion: { kind, estimate, from } }: BreakingPoint): number {
  if (kind === "below" || (kind === "broke" && (estimate ?? 0) < 1)) return exitCodes.refuted;
  return (kind === "broke" || kind === "unbroken") && (from ?? 0) >= 0.9
    ? exitCodes.held
    : exitCodes.inconclusive;
}
