/** The record itself: the run's files and the figures of the page, for download. */
import { csvOf } from "../csv.ts";
import { markup } from "../markup.ts";
import type { ReportModel } from "../model.ts";
import type { Section } from "./section.ts";

const files: readonly (readonly [string, string])[] = [
  ["verdict.json", "the verdict and every finding"],
  ["plan.json", "the plan"],
  ["events.ndjson", "every event, one a line"],
  ["junit.xml", "for continuous integration"],
  ["./", "the run’s folder, with samples and logs"],
];

export const data: Section = {
  id: "data",
  link: "Data",
  position: 80,
  body: (model) => markup`<section class="page" aria-labelledby="data"><h2 id="data">Data</h2>
<ul class="files">${files.map(([name, what]) => markup`<li><a href="${name}">${name === "./" ? "folder" : name}</a> <span class="soft">${what}</span></li>`)}
<li><a href="${claimsCsv(model)}" download="claims.csv">claims.csv</a> <span class="soft">every claim with observed value, limit and margin; embedded here</span></li>
<li class="needs-script"><button type="button" id="download-csv">Download the charts’ figures</button> <span class="soft">as CSV: one line for each interval, one column for each curve</span></li>
<li class="needs-script"><button type="button" id="download">Download what this page shows</button> <span class="soft">as JSON; both are embedded in this page</span></li></ul></section>`,
};

/** Embedded in its link, so that it needs neither another file nor a script. */
function claimsCsv({ claims, evidence }: ReportModel): string {
  const rows = [...claims, ...evidence].map(({ figures, ...row }) => [
    row.kind,
    row.id,
    row.title,
    row.phase,
    row.status,
    figures.observed,
    figures.comparison,
    figures.limit,
    figures.unit,
    row.used === null ? null : Number(row.used.toPrecision(4)),
    row.samples,
    row.why,
  ]);
  const head = [
    "kind",
    "id",
    "claim",
    "phase",
    "status",
    "observed",
    "comparison",
    "limit",
    "unit",
    "part of the allowance used",
    "samples",
    "why",
  ];
  return `data:text/csv;charset=utf-8,${encodeURIComponent(csvOf(head, rows))}`;
}
