/**
 * Writes the page of a gate, and beside it the page of each comparison with the baseline. The index
 * of runs finds both in the gate's folder.
 */
import { join } from "node:path";
import { sideName } from "../compare/comparable.ts";
import type { Comparison } from "../compare/comparison.ts";
import type { Run } from "../record/run.ts";
import { startOfRunId } from "../record/run-index.ts";
import { renderComparisonHtml } from "../report/compare-html.ts";
import type { GateReport } from "../report/gate.ts";
import { renderGateHtml } from "../report/gate-html.ts";
import { minuteOf } from "../report/page/parts.ts";
import { files } from "../run/run-directory.ts";
import { writeWhole } from "../system/files.ts";
import { inFileName, reportLink } from "./page-files.ts";

export interface GateComparison {
  readonly comparison: Comparison;
  /** The runs of the baseline, and the new ones. */
  readonly sides: readonly (readonly Run[])[];
}

/** Returns the page of the gate. `comparisons`: the last of each experiment. */
export function writeGatePages(
  folder: string,
  report: GateReport,
  comparisons: ReadonlyMap<string, GateComparison>,
): string {
  const reportOf = (directory: string): string | null =>
    directory === "" ? null : reportLink(folder, directory);
  const pages = new Map<string, string>();
  for (const [experiment, { comparison, sides }] of comparisons) {
    const name = `comparison-${inFileName(experiment)}.html`;
    const labelled = sides.map((runs, index) => ({ label: sideName(index), runs }));
    writeWhole(join(folder, name), renderComparisonHtml(comparison, labelled, reportOf));
    pages.set(experiment, name);
  }
  const page = join(folder, files.report);
  const first = report.entries[0]?.attempts[0];
  const begunAtMs = first === undefined ? null : startOfRunId(first.runId);
  writeWhole(
    page,
    renderGateHtml(
      report,
      {
        reportOf: ({ directory }) => reportOf(directory),
        comparisonOf: ({ experiment }) => pages.get(experiment) ?? null,
      },
      begunAtMs === null ? "" : `begun ${minuteOf(begunAtMs)} UTC`,
    ),
  );
  return page;
}
