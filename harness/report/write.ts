/** Writes the reports into the run's directory atomically: a reader never sees half a file. */
import { randomBytes } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SeawallError } from "../base/errors.ts";
import type { Run } from "../record/run.ts";
import type { Verdict } from "../record/verdict.ts";
import { renderHtml } from "./html.ts";
import { renderJunit } from "./junit.ts";
import { reportModel } from "./model.ts";

export interface Reports {
  readonly html: string;
  readonly junit: string;
}

/** Returns the paths of the written files. */
export async function writeReports(run: Run, verdict: Verdict): Promise<Reports> {
  const [html, junit] = [join(run.directory, "report.html"), join(run.directory, "junit.xml")];
  await replace(html, renderHtml(reportModel(run, verdict)));
  await replace(junit, renderJunit({ verdict, plan: run.plan }));
  return { html, junit };
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await writeFile(temporary, text, { flag: "wx" });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    const code = (cause as NodeJS.ErrnoException).code;
    throw new SeawallError(
      code === "ENOSPC" ? "DISK_FULL" : "OUTPUT_NOT_WRITABLE",
      `${path} cannot be written: ${(cause as Error).message}`,
      {
        cause,
        hint:
          "The run itself is complete. Free space or grant permission, then run `seawall " +
          "report RUN`.",
      },
    );
  }
}
