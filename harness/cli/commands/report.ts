/**
 * `seawall report`: generates the reports of a stored run, or of a stored game day, with today's
 * code.
 */
import { resolve } from "node:path";
import type { Define } from "../command.ts";
import { pathToFileURL } from "node:url";
import { isDay } from "../../game-day/day-directory.ts";
import { writeReports } from "../../report/write.ts";
import { readRun } from "../../run/read-run.ts";
import { keepVerdict } from "../../run/stored-verdict.ts";
import type { Context } from "../../app/context.ts";
import { reportDay } from "./gameday.ts";
import { judgeRecord } from "../../app/judge-record.ts";
import { refreshIndexOf } from "../../app/run-index.ts";

export const defineReport: Define = (program, context, end) =>
  program
    .command("report")
    .description("write the report of a recorded run")
    .argument("<run>", "a run directory")
    .option("--json", "print what was written, as JSON")
    .action(async (directory: string, flags: { json?: boolean }) =>
      end(await rewriteReports(context, resolve(context.cwd, directory), flags.json === true)),
    );

/**
 * Rewrites verdict.json, report.html and junit.xml, or a game day's result.json and report.html;
 * the exit status only says whether that worked.
 */
export async function rewriteReports(
  context: Context,
  directory: string,
  json: boolean,
): Promise<number> {
  if (isDay(directory)) {
    reportDay(context, directory, json);
    return 0;
  }
  const run = await readRun(directory);
  const verdict = judgeRecord(run);
  keepVerdict(run.directory, verdict);
  const { html, junit } = await writeReports(run, verdict);
  refreshIndexOf(run, (text) => context.stderr.write(text));
  if (json)
    context.stdout.json({
      format: "seawall-report-files/1",
      runId: run.id,
      status: verdict.status,
      directory: run.directory,
      html,
      junit,
    });
  else context.stdout.write(`report   ${pathToFileURL(html).href}\n`);
  return 0;
}
