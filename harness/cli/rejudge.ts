/** `seawall judge` and `seawall report`: a stored run gets the verdict, and the report, of today's code. */
import { pathToFileURL } from "node:url";
import { isDay } from "../game-day/day-directory.ts";
import { renderVerdictText } from "../report/text.ts";
import { writeReports } from "../report/write.ts";
import { readRun } from "../run/read-run.ts";
import { keepVerdict } from "../run/stored-verdict.ts";
import type { Context } from "./context.ts";
import { told } from "./game-day/game-day.ts";
import { judgeRecord } from "./judge-record.ts";
import { exitCodeOf } from "./run.ts";
import { refreshIndexOf } from "./run-index.ts";

/** Reads only; prints the verdict; the exit status is the verdict's. */
export async function rejudge(context: Context, directory: string, json: boolean): Promise<number> {
  const run = await readRun(directory);
  const verdict = judgeRecord(run);
  if (json) context.stdout.json(verdict);
  else
    context.stdout.write(
      `${renderVerdictText(verdict, { columns: Math.min(100, context.stdout.columns), colour: context.stdout.colour })}\n`,
    );
  return exitCodeOf(verdict, null);
}

/** Writes verdict.json, report.html and junit.xml anew, or a game day's result.json and report.html; the exit status says only whether that worked. */
export async function rewriteReports(
  context: Context,
  directory: string,
  json: boolean,
): Promise<number> {
  if (isDay(directory)) {
    told(context, directory, json);
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
