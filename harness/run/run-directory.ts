/** The files of a run, and how a new run gets its folder. */
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

/** `20261121T150405Z` */
export function stampOf(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
}

/**
 * Sorts by time, names the seed, and is safe as a file name: `20261121T150405Z-1a2b3c4d-5e6f70`.
 * The last part is drawn by chance: processes and folders are found by the id alone, so two runs
 * that begin in one second with one seed must not share it, in whatever folders they lie.
 */
export function newRunId(
  nowMs: number,
  seed: number,
  drawn: string = randomBytes(3).toString("hex"),
): string {
  return `${stampOf(nowMs)}-${(seed >>> 0).toString(16).padStart(8, "0")}-${drawn}`;
}

/** Says that runs cannot be kept there before anything costly is done. */
export function refuseUnwritable(out: string): void {
  try {
    makeFolders(out);
    accessSync(out, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw storageError(out, error);
  }
}

/**
 * Makes `OUT/EXPERIMENT/RUN-ID/logs`; a second run in the same second gets a suffix. A game day has
 * no logs.
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
