/**
 * `seawall gate`: runs experiments for a pipeline, compares them with a baseline, and reports the
 * result in every format that a pipeline reads.
 */
import { otlp, out, planFlags, type PlanFlags, requestOf, webhook, wholeOf } from "../flags.ts";
import { Option } from "commander";
import type { Define } from "../command.ts";
import type { RunRequest } from "../../app/options.ts";
import { appendFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { randomInt } from "node:crypto";
import { comparability, type JudgedRun } from "../../compare/comparable.ts";
import { type Comparison, comparisonOf } from "../../compare/comparison.ts";
import { powerSentences, sentence } from "../../compare/words.ts";
import { exitCodes, SeawallError, worse } from "../../base/errors.ts";
import {
  type AgainstBaseline,
  type Attempt,
  againstBaseline,
  gateExperiment,
  type Gated,
} from "../../gate/gate.ts";
import type { Run } from "../../record/run.ts";
import {
  type GateReport,
  renderAnnotations,
  renderGateMarkdown,
  renderGateText,
} from "../../report/gate.ts";
import { type RunInJunit, renderJunit, type Unjudged } from "../../report/junit.ts";
import { newRunId } from "../../run/run-directory.ts";
import { makeFolders, writeWhole } from "../../system/files.ts";
import { type Baseline, type BaselineRuns, openBaseline } from "../../app/baseline.ts";
import type { Context } from "../../app/context.ts";
import { type GateComparison, writeGatePages } from "../../app/gate-pages.ts";
import { liveExport } from "../../app/live-export.ts";
import type { Receiver } from "../../telemetry/send.ts";
import { receiverOf } from "./export.ts";
import { judgeRecord } from "../../app/judge-record.ts";
import { VerdictWatch } from "../../app/notify.ts";
import { setting } from "../../app/project.ts";
import { type Outcome, runPlanned } from "../../app/run-experiment.ts";
import { plan } from "../../app/plan-experiment.ts";
import { refreshIndex } from "../../app/run-index.ts";
import { chosen, inItsTopology, type Item, planAll, present, reasonsOf } from "./run.ts";

export const defineGate: Define = (program, context, end) =>
  planFlags(
    program
      .command("gate")
      .description("run experiments in a pipeline, compare them with a baseline, and pass or fail")
      .argument("[experiment...]", "names from `seawall list`, or paths"),
  )
    .option("--suite <name>", "run a suite of experiments instead, in the order of their tiers")
    .option(
      "--baseline <dir|ref>",
      "a folder of earlier runs, or a git ref, which this command runs first",
    )
    .addOption(
      new Option(
        "--baseline-runs <n>",
        "runs of each experiment at a git ref, 1…10; a comparison needs at least 3",
      )
        .default(3)
        .argParser(wholeOf(1, 10)),
    )
    .addOption(
      new Option("--retries <n>", "additional runs while the result is inconclusive, 0…5")
        .default(2)
        .argParser(wholeOf(0, 5)),
    )
    .addOption(
      new Option(
        "--confirmations <n>",
        "additional runs before a result counts as worse than the baseline, 0…10",
      )
        .default(2)
        .argParser(wholeOf(0, 10)),
    )
    .option("--json", "print only the result, as one line of JSON")
    .option(...otlp)
    .option(...webhook)
    .addOption(out("folder for the runs and the files of the gate"))
    .action(async (names: string[], flags: PlanFlags & GateFlags) =>
      end(
        await gate(context, names, {
          ...requestOf(context, flags),
          suite: flags.suite ?? null,
          baseline: setting(context, "baseline", flags.baseline),
          baselineRuns: flags.baselineRuns,
          retries: flags.retries,
          confirmations: flags.confirmations,
          receiver: receiverOf(context, flags.otlp ?? null),
        }),
      ),
    );

interface GateFlags {
  readonly suite?: string;
  readonly baseline?: string;
  readonly baselineRuns: number;
  readonly retries: number;
  readonly confirmations: number;
  readonly otlp?: string;
}

export interface GateOptions extends RunRequest {
  readonly suite: string | null;
  /** What follows each run as it happens. */
  readonly receiver: Receiver | null;
  /** A folder of runs or a git ref. */
  readonly baseline: string | null;
  /** The number of runs per experiment for a git ref. */
  readonly baselineRuns: number;
  readonly retries: number;
  readonly confirmations: number;
}

export async function gate(
  context: Context,
  names: readonly string[],
  options: GateOptions,
): Promise<number> {
  const items = await chosen(context, names, options.suite);
  const seed = options.seed ?? randomInt(0, 2 ** 32);
  await planAll(context, items, seed, options);
  await using baseline =
    options.baseline === null
      ? null
      : await openBaseline(context, options.baseline, options.out, {
          runs: options.baselineRuns,
          seed,
          names: items.map(({ name }) => name),
          allowHosts: options.allowHosts,
          allowContexts: options.allowContexts,
        });
  const judged = new Map<string, Outcome>();
  const comparisons = new Map<string, GateComparison>();
  const entries: Gated[] = [];
  for (const item of items) {
    const entry = await gateItem(context, item, seed, options, baseline, judged, (comparison) =>
      comparisons.set(item.experiment.name, comparison),
    );
    entries.push(entry);
    if (entry.exitCode === exitCodes.interrupted || entry.exitCode === exitCodes.cleanupIncomplete)
      break;
  }
  const report = reportOf(
    options,
    baseline,
    entries,
    items.slice(entries.length).map(({ experiment }) => experiment.name),
  );
  publish(context, report, judged, comparisons, options);
  return report.exitCode;
}

async function gateItem(
  context: Context,
  item: Item,
  seed: number,
  options: GateOptions,
  baseline: Baseline | null,
  judged: Map<string, Outcome>,
  took: (comparison: GateComparison) => void,
): Promise<Gated> {
  const own = inItsTopology(item, options);
  const { experiment } = item;
  let made = 0;
  let before: BaselineRuns | null = null;
  const watch = new VerdictWatch(context, own);
  const gated = await gateExperiment(
    experiment.name,
    experiment.title,
    {
      run: async () => {
        // A new seed each time: the same random choices would repeat the same draw.
        const planned = await plan(
          context,
          item.name,
          experiment,
          (seed + made++) % 2 ** 32,
          own,
        ).catch((error: unknown) => {
          if (error instanceof SeawallError && error.code === "PLAN_REFUSED") return error;
          throw error;
        });
        if (planned instanceof SeawallError) return refusedAttempt(planned);
        watch.begins(planned.plan);
        const exported =
          options.receiver === null ? null : liveExport(context, planned.plan, options.receiver);
        const outcome = await runPlanned(context, planned, own, exported ?? undefined);
        present(context, outcome, false, context.stderr);
        judged.set(outcome.run.directory, outcome);
        const { verdict, run, exitCode } = outcome;
        return {
          runId: run.id,
          status: verdict.status,
          why: verdict.why,
          exitCode,
          directory: run.directory,
          rerun: verdict.rerun,
          substrate: run.plan.substrate,
        };
      },
      compare: async (held) => {
        if (baseline === null) return { kind: "none", why: "" };
        const { topology, substrate } = (judged.get(held[0]?.directory ?? "") as Outcome).run.plan;
        // The folder of the baseline may be the one into which the gate puts its own runs.
        before ??= withoutOwn(
          await baseline.runs({
            name: item.name,
            experiment: experiment.name,
            topology,
            substrate,
          }),
          judged,
        );
        return compared(
          before,
          held.map(({ directory }) => judged.get(directory) as Outcome),
          took,
        );
      },
    },
    { retriesMax: options.retries, confirmations: options.confirmations },
  );
  const last = [...judged.values()].findLast(({ run }) => run.plan.experiment === experiment.name);
  if (last !== undefined) await watch.ends(last.run.plan, last.verdict);
  return gated;
}

/** A prerequisite has not held in this gate. */
function refusedAttempt(error: SeawallError): Attempt {
  return {
    runId: "",
    status: "inconclusive",
    why: `it was not run: ${reasonsOf(error)}`,
    exitCode: exitCodes.inconclusive,
    directory: "",
    rerun: "",
  };
}

function withoutOwn(
  { held, refuted, leftOut }: BaselineRuns,
  own: ReadonlyMap<string, Outcome>,
): BaselineRuns {
  const others = (runs: readonly Run[]): Run[] =>
    runs.filter(({ directory }) => !own.has(directory));
  return { held: others(held), refuted: others(refuted), leftOut };
}

/**
 * A new experiment has no baseline yet, and a fixed one had none that held: both pass. An
 * inconclusive baseline does not.
 */
function compared(
  { held: before, refuted, leftOut }: BaselineRuns,
  outcomes: readonly JudgedRun[],
  took: (comparison: GateComparison) => void,
): AgainstBaseline {
  const now = outcomes.map(({ run }) => run);
  if (before.length === 0 && refuted.length > 0) {
    const [baselineRuns, runs] = [refuted.map(({ id }) => id), now.map(({ id }) => id)];
    return {
      kind: "compared",
      baselineRuns,
      runs,
      worse: [],
      better: ["every claim holds now; in the baseline not all did"],
      suspected: [],
      power: [],
      marked: [],
    };
  }
  if (before.length === 0 && leftOut.length > 0)
    return { kind: "useless", why: `no run of the baseline is conclusive: ${leftOut[0]}` };
  if (before.length === 0)
    return { kind: "none", why: "the baseline has no run of this experiment" };
  const sides = { baseline: before.map(({ id }) => id), runs: now.map(({ id }) => id) };
  const comparable = comparability([before, now]);
  if (comparable.refused.length > 0) return againstBaseline(sides, comparable, [], sentence, []);
  const judgedBefore = before.map((run) => ({ run, verdict: judgeRecord(run) }));
  const comparison = comparisonOf([judgedBefore, outcomes]);
  took({ comparison, sides: [before, now] });
  const [against] = comparison.others as [Comparison["others"][number]];
  const power = powerSentences({ ...against, baselineRuns: before.length });
  return againstBaseline(sides, comparable, against.changes, sentence, power);
}

function reportOf(
  options: GateOptions,
  baseline: Baseline | null,
  entries: readonly Gated[],
  notRun: readonly string[],
): GateReport {
  const conclusive = entries.reduce<number>(
    (worst, entry) => worse(worst, entry.exitCode),
    exitCodes.held,
  );
  // A baseline without any comparable run is a mistake in its name, not a success.
  const useless =
    baseline !== null &&
    conclusive === exitCodes.held &&
    entries.every((entry) => entry.baseline.kind === "none");
  const exitCode = useless ? exitCodes.inconclusive : conclusive;
  return {
    format: "seawall-gate/1",
    suite: options.suite ?? "",
    baseline: baseline?.label ?? null,
    passed: exitCode === exitCodes.held && notRun.length === 0,
    exitCode,
    entries,
    notRun,
    ...(useless
      ? { note: "nothing could be compared with the baseline; check that it is the right one" }
      : {}),
  };
}

/** Writes the files, the terminal output, and what the pipeline reads itself. */
function publish(
  context: Context,
  report: GateReport,
  judged: ReadonlyMap<string, Outcome>,
  comparisons: ReadonlyMap<string, GateComparison>,
  options: GateOptions,
): void {
  const folder = join(options.out, "gate", newRunId(Date.now(), options.seed ?? 0));
  makeFolders(folder);
  writeWhole(join(folder, "gate.json"), `${JSON.stringify(report, null, 2)}\n`);
  writeWhole(join(folder, "summary.md"), renderGateMarkdown(report));
  writeWhole(join(folder, "junit.xml"), renderJunit(...suitesOf(report, judged)));
  const page = writeGatePages(folder, report, comparisons);
  refreshIndex(options.out, (text) => context.stderr.write(text));
  const people = options.json ? context.stderr : context.stdout;
  people.write(
    `\n${renderGateText(report, { columns: people.columns, colour: people.colour })}\n\n`,
  );
  people.write(
    `gate     ${relative(context.cwd, folder) || "."}\npage     ${pathToFileURL(page).href}\n`,
  );
  if (options.json) context.stdout.json(report);
  const { GITHUB_ACTIONS: actions, GITHUB_STEP_SUMMARY: summary } = context.env;
  if (actions === "true") people.commands(renderAnnotations(report));
  if (summary !== undefined && summary !== "")
    appendSummary(context, summary, renderGateMarkdown(report));
}

/**
 * The summary is informative only: a runner without a usable file for it does not change the gate's
 * result.
 */
function appendSummary({ stderr }: Context, path: string, text: string): void {
  try {
    appendFileSync(path, text);
  } catch (error) {
    stderr.write(`warning: the step summary was not written: ${(error as Error).message}\n`);
  }
}

/** Whatever closes the gate is a failure or an error in one of them. */
function suitesOf(
  { entries, notRun, note }: GateReport,
  judged: ReadonlyMap<string, Outcome>,
): (RunInJunit | Unjudged)[] {
  return [
    ...entries.map((entry) => suiteOf(entry, judged)),
    ...notRun.map(
      (suite): Unjudged => ({
        suite,
        name: "not run",
        message: "it was not run: the gate was stopped first",
      }),
    ),
    ...(note === undefined ? [] : [{ suite: "gate", name: "baseline", message: note }]),
  ];
}

/** The decisive run, and the result of its comparison. */
function suiteOf(
  { experiment, attempts, baseline, outcome, why }: Gated,
  judged: ReadonlyMap<string, Outcome>,
): RunInJunit | Unjudged {
  const last =
    attempts.findLast(({ exitCode }) => exitCode !== exitCodes.inconclusive) ?? attempts.at(-1);
  const made = judged.get(last?.directory ?? "");
  if (made === undefined) return { suite: experiment, name: "not run", message: why };
  const compared =
    baseline.kind === "compared"
      ? {
          outcome: outcome === "worse" ? ("failure" as const) : ("passed" as const),
          message: outcome === "worse" ? baseline.worse.join("; ") : "",
        }
      : {
          outcome: baseline.kind === "useless" ? ("error" as const) : ("skipped" as const),
          message: baseline.why,
        };
  const again =
    attempts.length > 1
      ? [{ name: `it took ${attempts.length} runs`, outcome: "passed" as const, message: why }]
      : [];
  const closed =
    outcome === "passed" || outcome === "worse"
      ? []
      : [
          {
            name: "gate",
            outcome: outcome === "refuted" ? ("failure" as const) : ("error" as const),
            message: `${outcome}: ${why}`,
          },
        ];
  const against =
    baseline.kind === "none" && baseline.why === ""
      ? []
      : [{ name: "as good as the baseline", ...compared }];
  return { verdict: made.verdict, plan: made.run.plan, more: [...closed, ...again, ...against] };
}
