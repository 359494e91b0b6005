/**
 * `seawall compare`: the differences between runs of an experiment before and after a change, with
 * their uncertainty.
 */
import { out } from "../flags.ts";
import type { Define } from "../command.ts";
import { comparability, type JudgedRun, sideName } from "../../compare/comparable.ts";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  comparisonDocument,
  comparisonOf,
  isUndecided,
  isWorse,
} from "../../compare/comparison.ts";
import { silentSides } from "../../compare/silent-sides.ts";
import { exitCodes, SeawallError } from "../../base/errors.ts";
import { renderComparisonHtml } from "../../report/compare-html.ts";
import { renderComparison } from "../../report/compare-text.ts";
import { readRun } from "../../run/read-run.ts";
import { runFoldersIn } from "../../run/run-folders.ts";
import { refuseUnwritable, stampOf } from "../../run/run-directory.ts";
import { writeWhole } from "../../system/files.ts";
import type { Context } from "../../app/context.ts";
import { setting } from "../../app/project.ts";
import { judgeRecord } from "../../app/judge-record.ts";
import { inFileName, reportLink } from "../../app/page-files.ts";
import { refreshIndex } from "../../app/run-index.ts";

export const defineCompare: Define = (program, context, end) =>
  program
    .command("compare")
    .description(
      "compare runs of an experiment, with a statement of certainty; the exit status is 1 " +
        "if anything is worse",
    )
    .argument(
      "<runs...>",
      "run directories or folders of runs; the first is the baseline for all others",
    )
    .option(
      "--baseline <runs...>",
      "the runs before the change; all other arguments are then the runs after it",
    )
    .option("--json", "print only the comparison, as JSON")
    .addOption(out("folder of runs; the page goes into its folder comparisons"))
    .addHelpText("after", compareHelp)
    .action(async (runs: string[], flags: { baseline?: string[]; json?: boolean; out?: string }) =>
      end(
        await compare(context, runs, {
          baseline: flags.baseline ?? null,
          json: flags.json === true,
          out: setting(context, "reports", flags.out),
        }),
      ),
    );

export interface CompareFlags {
  /** The runs before the change; null if the first path is the baseline. */
  readonly baseline: readonly string[] | null;
  readonly json: boolean;
  /** The page is written to its folder `comparisons`. */
  readonly out: string;
}

export const compareHelp = `
Two runs:             seawall compare BEFORE AFTER
One with several:     seawall compare BEFORE CHANGE-1 CHANGE-2   (each against BEFORE)
Several runs a side:  seawall compare AFTER-1 AFTER-2 AFTER-3 --baseline BEFORE-1 BEFORE-2 BEFORE-3
Folders of runs:      seawall compare before/ after/             (all runs in a folder are one side)

A difference needs at least three runs a side (2 against 4 and 1 against 7 work, too). With fewer,
nothing is called worse or better, because they do not show how much runs vary.
Exit status: 0 no difference shown, 1 something is worse, 2 the runs cannot tell.
Runs of another experiment, topology, substrate, load or method are refused. Another machine, other
defences and other versions are noted beside every number.
`;

export async function compare(
  context: Context,
  paths: readonly string[],
  { baseline, json, out }: CompareFlags,
): Promise<number> {
  const groups = baseline === null ? paths.map((path) => [path]) : [baseline, paths];
  if (groups.length < 2)
    throw new SeawallError("USAGE", "there is no second run to compare with", {
      hint:
        "Name a second run, or the runs before the change with --baseline; `seawall compare " +
        "--help` shows how.",
    });
  const sides = await Promise.all(
    groups.map(async (group) =>
      (await Promise.all(group.map((path) => runsOf(resolve(context.cwd, path))))).flat(),
    ),
  );
  const { refused } = comparability(sides.map((side) => side.map(({ run }) => run)));
  if (refused.length > 0) {
    throw new SeawallError(
      "USAGE",
      `these runs cannot be compared:\n${refused.map((why) => `  - ${why}`).join("\n")}`,
      {
        hint:
          "Compare runs of one experiment, in one topology, on one substrate, that differ " +
          "only in what you changed.",
      },
    );
  }
  const comparison = comparisonOf(sides);
  const document = comparisonDocument(comparison);
  const folder = join(out, "comparisons");
  refuseUnwritable(folder);
  const experiment = inFileName(comparison.experiment);
  const name = `${stampOf(Date.now())}-${experiment}-${randomBytes(3).toString("hex")}`;
  const labelled = sides.map((side, index) => ({
    label: `${sideName(index)}${side.length === 1 ? "" : ` (${side.length} runs)`}`,
    runs: side.map(({ run }) => run),
  }));
  const page = join(folder, `${name}.html`);
  writeWhole(
    page,
    renderComparisonHtml(comparison, labelled, (directory) => reportLink(folder, directory)),
  );
  writeWhole(join(folder, `${name}.json`), `${JSON.stringify(document)}\n`);
  refreshIndex(out, (text) => context.stderr.write(text));
  if (json) context.stdout.json(document);
  const people = json ? context.stderr : context.stdout;
  if (!json)
    people.write(
      `${renderComparison(comparison, { columns: people.columns, colour: people.colour })}\n\n`,
    );
  people.write(`page     ${pathToFileURL(page).href}\n`);
  for (const sentence of silentSides(sides)) people.write(`worse    ${sentence}\n`);
  if (isWorse(comparison)) return exitCodes.refuted;
  return isUndecided(comparison) ? exitCodes.inconclusive : exitCodes.held;
}

/** A run directory, or a folder of run directories. */
async function runsOf(path: string): Promise<JudgedRun[]> {
  const inside = existsSync(path) ? runFoldersIn(path) : [path];
  if (inside.length === 0)
    throw new SeawallError("RUN_DIRECTORY_BROKEN", `there are no runs in ${path}`, {
      hint: "Name a run directory, or a folder that holds some.",
    });
  return Promise.all(
    inside.map(async (folder) => {
      const run = await readRun(folder);
      return { run, verdict: judgeRecord(run) };
    }),
  );
}
