/** Names and links of pages that commands write beside the runs. */
import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { files } from "../run/run-directory.ts";

/** Relative to the page's folder, so that the folder of runs may be moved or served as a whole. */
export function linkFrom(folder: string, path: string): string {
  return relative(folder, path).split(sep).map(encodeURIComponent).join("/");
}

/** To a run's report; null where it has none. */
export function reportLink(folder: string, directory: string): string | null {
  const report = join(directory, files.report);
  return existsSync(report) ? linkFrom(folder, report) : null;
}

/** An experiment's name as a part of a file's. */
export function inFileName(experiment: string): string {
  return experiment.replace(/[^\w-]+/g, "_").slice(0, 60);
}
