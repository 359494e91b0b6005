/** A comparison as a page: one file that opens from disk. */
import type { Comparison } from "../compare/comparison.ts";
import { simulatedOf } from "../record/substrates.ts";
import { outcomeWords } from "../compare/words.ts";
import { type OverlayModel, overlayOf, type SideRuns } from "./compare-charts.ts";
import { markup } from "./markup.ts";
import { dashes } from "./page/chart-figures.ts";
import {
  againstSections,
  comparisonHead,
  method,
  overlaySection,
  sidesTable,
  statusOf,
  worstOutcome,
} from "./page/compare.ts";
import { renderShell } from "./page/shell.ts";
import { clip } from "./plain.ts";

/** `linkTo`: the path of a run's report, relative to the page; null if there is none. */
export function renderComparisonHtml(
  comparison: Comparison,
  sides: readonly SideRuns[],
  linkTo: (directory: string) => string | null,
): string {
  const worst = worstOutcome(comparison);
  const overlay: OverlayModel | null = overlayOf(sides);
  const experiment = clip(comparison.experiment, 120);
  return renderShell({
    simulated: simulatedOf([comparison.substrate]),
    title: `${outcomeWords[worst]}: ${experiment}, compared`,
    status: statusOf[worst],
    skipTo: { id: "charts", text: "Skip to the charts" },
    heading: `${experiment}, compared`,
    subheading:
      `${clip(comparison.topology, 80)} topology on ${comparison.substrate} · ` +
      `${comparison.baseline.runs.length} against ` +
      `${comparison.others.map(({ side }) => side.runs.length).join(", ")} runs`,
    body: markup`${[
      comparisonHead(comparison),
      ...againstSections(comparison),
      overlaySection(overlay),
      sidesTable(comparison, linkTo),
      method(),
    ].map((part) => markup`${part}\n`)}`,
    styles: ["changes.css", "compare.css"],
    scripts: ["compare-script.js"],
    charts: true,
    data: { ...overlay, dashes },
  });
}
