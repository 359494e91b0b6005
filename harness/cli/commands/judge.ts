/** `seawall judge`: judges a stored run with today's code. */
import { resolve } from "node:path";
import type { Define } from "../command.ts";
import { renderVerdictText } from "../../report/text.ts";
import { readRun } from "../../run/read-run.ts";
import type { Context } from "../../app/context.ts";
import { judgeRecord } from "../../app/judge-record.ts";
import { exitCodeOf } from "../../app/run-experiment.ts";

export const defineJudge: Define = (program, context, end) =>
  program
    .command("judge")
    .description("judge a recorded run again; the exit status is that of the verdict")
    .argument("<run>", "a run directory")
    .option("--json", "print the verdict as JSON")
    .action(async (directory: string, flags: { json?: boolean }) =>
      end(await rejudge(context, resolve(context.cwd, directory), flags.json === true)),
    );

/** Reads only; prints the verdict; the exit status is the verdict's. */
export async function rejudge(context: Context, directory: string, json: boolean): Promise<number> {
  const run = await readRun(directory);
  const verdict = judgeRecord(run);
  if (json) context.stdout.json(verdict);
  else {
    const columns = Math.min(100, context.stdout.columns);
    const text = renderVerdictText(verdict, { columns, colour: context.stdout.colour });
    context.stdout.write(`${text}\n`);
  }
  return exitCodeOf(verdict, null);
}
