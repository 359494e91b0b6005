/**
 * The index of all runs as a page: recent runs with their verdicts, and the trend of each margin.
 */
import type { RunIndex } from "../record/run-index.ts";
import { formatCount } from "../phrases/format.ts";
import { markup } from "./markup.ts";
import { brokenSection, indexHead, pagesSection, runsSection } from "./page/run-list.ts";
import { renderShell } from "./page/shell.ts";
import { trendsSection } from "./page/trends.ts";

export function renderIndex(index: RunIndex): string {
  const { runs, broken } = index;
  return renderShell({
    title: `Runs: ${formatCount(runs.length)}`,
    status: null,
    skipTo: { id: "runs", text: "Skip to the runs" },
    heading: "runs",
    subheading:
      `${formatCount(runs.length)} runs of ` +
      `${formatCount(new Set(runs.map((run) => run.experiment)).size)} ` +
      `experiments${broken.length === 0 ? "" : `, and ${broken.length} broken`}`,
    body: markup`${[
      indexHead(index),
      trendsSection(runs),
      runsSection(runs),
      pagesSection(index.pages),
      brokenSection(broken),
    ].map((part) => markup`${part}\n`)}`,
    styles: ["run-list.css"],
    scripts: ["run-list-script.js"],
    charts: false,
    data: {},
  });
}
