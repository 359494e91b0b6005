/** The files of a run, and the creation of its folder. */
import { randomBytes } from "node:crypto";
import { mkdirSync, accessSync, constants } from "node:fs";
import { join } from "node:path";
import { makeFolders, storageError } from "../system/files.ts";

export const files = {
  plan: "plan.json",
  events: "events.ndjson",
  samples: "samples.csv.zst",
  verdict: "verdict.json",
  report: "report.html",
  junit: "junit.xml",
  logs: "logs",
} as const;

/** Example: `20261121T150405Z`. */
export function stampOf(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
}

/**
 * Sorts by time, contains the seed, and is safe as a file name: `20261121T150405Z-1a2b3c4d-5e6f70`.
 * The last part is random. Processes and folders are found by the id alone, so two runs with one
 * seed in the same second must differ, in whatever folders.
 */
export function newRunId(
  nowMs: number,
  seed: number,
  drawn: string = randomBytes(3).toString("hex"),
): string {
  return `${stampOf(nowMs)}-${(seed >>> 0).toString(16).padStart(8, "0")}-${drawn}`;
}

/** Reports that runs cannot be stored there, before any expensive step. */
export function refuseUnwritable(out: string): void {
  try {
    makeFolders(out);
    accessSync(out, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw storageError(out, error);
  }
}

/**
 * Creates `OUT/EXPERIMENT/RUN-ID/logs`; a second run in the same second gets a suffix. A game day
 * has no logs.
 */
export function makeRunDirectory(
  out: string,
  experiment: string,
  runId: string,
  logs = true,
): { readonly directory: string; readonly id: string } {
  const parent = join(out, experiment);
  try {
    makeFolders(parent);
    for (let attempt = 1; ; attempt++) {
      const id = attempt === 1 ? runId : `${runId}-${attempt}`;
      const directory = join(parent, id);
      try {
        mkdirSync(directory);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST" && attempt < 100) continue;
        throw error;
      }
      if (logs) mkdirSync(join(directory, files.logs));
      return { directory, id };
    }
  } catch (error) {
    throw storageError(parent, error);
  }
}
