/** `seawall index`: the page that lists all runs. */
import { pathToFileURL } from "node:url";
import { indexFile } from "../../app/run-index.ts";
import { out } from "../flags.ts";
import type { Define } from "../command.ts";
import { join } from "node:path";
import { exitCodes } from "../../base/errors.ts";
import { writeIndex } from "../../app/run-index.ts";
import { setting } from "../../app/project.ts";
import { refuseUnwritable } from "../../run/run-directory.ts";
import type { Context } from "../../app/context.ts";

export const defineIndex: Define = (program, context, end) =>
  program
    .command("index")
    .description(
      "write the page that lists all runs; every run, report and comparison also updates it",
    )
    .option("--json", "print the list, as JSON")
    .addOption(out("the folder of runs"))
    .action((flags: { json?: boolean; out?: string }) =>
      end(index(context, setting(context, "reports", flags.out), flags.json === true)),
    );

/** `seawall index`: also after runs were moved, copied or deleted manually. */
export function index(context: Context, out: string, json: boolean): number {
  refuseUnwritable(out);
  const written = writeIndex(out);
  const page = join(out, indexFile);
  if (json) context.stdout.json({ format: "seawall-index/1", page, ...written });
  else {
    const broken = written.broken.length === 0 ? "" : `, ${written.broken.length} of them broken`;
    context.stdout.write(
      `${written.runs.length} runs${broken}\nindex    ${pathToFileURL(page).href}\n`,
    );
  }
  return exitCodes.held;
}
