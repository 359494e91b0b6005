/** The record itself: the run's files and the figures of the page, for download. */
import { csvOf } from "../csv.ts";
import { markup, type Markup } from "../markup.ts";
import type { ReportModel } from "../model.ts";
import { section, soft } from "./parts.ts";
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
  body: (model) =>
    section("data", "Data", [
      markup`<ul class="files">${[
        ...files.map(([name, what]) =>
          item(markup`<a href="${name}">${name === "./" ? "folder" : name}</a>`, what),
        ),
        item(
          markup`<a href="${claimsCsv(model)}" download="claims.csv">claims.csv</a>`,
          "every claim with observed value, limit and margin; embedded here",
        ),
        button(
          "download-csv",
          "Download the charts’ figures",
          "as CSV: one line for each interval, one column for each curve",
        ),
        button(
          "download",
          "Download what this page shows",
          "as JSON; both are embedded in this page",
        ),
      ]}</ul>`,
    ]),
};

function item(link: Markup, what: string): Markup {
  return markup`<li>${link}${soft(what)}</li>\n`;
}

function button(id: string, label: string, what: string): Markup {
  return markup`<li class="needs-script"><button type="button" id="${id}">${label}</button>${soft(
    what,
  )}</li>\n`;
}

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
