/** The rest of the record: what happened in order, where it was run, how to run it again, and the data itself. */
import { formatOffset } from "../../core/format.ts";
import { csvOf } from "../csv.ts";
import { markup, type Markup } from "../markup.ts";
import type { ReportModel } from "../model.ts";

const files: readonly (readonly [string, string])[] = [
  ["verdict.json", "the verdict and every finding"], ["plan.json", "what was decided before anything was touched"],
  ["events.ndjson", "every event, one a line"], ["junit.xml", "for continuous integration"], ["./", "the run’s folder, with samples and logs"],
];

export function record(model: ReportModel): Markup {
  return markup`<section class="page" aria-labelledby="rerun"><h2 id="rerun">Run it again</h2>
<p class="command"><code id="command">${model.rerun}</code> <button type="button" class="needs-script" id="copy">Copy</button><span role="status" class="heard" id="copied"></span></p></section>
<section class="page" aria-labelledby="log"><h2 id="log">What happened</h2>${log(model)}</section>
<section class="page" aria-labelledby="environment"><h2 id="environment">Environment</h2>
<dl class="facts">${model.environment.map(({ label, value }) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>\n`)}</dl></section>
<section class="page" aria-labelledby="data"><h2 id="data">Data</h2>
<ul class="files">${files.map(([name, what]) => markup`<li><a href="${name}">${name === "./" ? "folder" : name}</a> <span class="soft">${what}</span></li>`)}
<li><a href="${claimsCsv(model)}" download="claims.csv">claims.csv</a> <span class="soft">every claim with observed value, limit and margin; embedded here</span></li>
<li class="needs-script"><button type="button" id="download-csv">Download the charts’ figures</button> <span class="soft">as CSV: one line for each interval, one column for each curve</span></li>
<li class="needs-script"><button type="button" id="download">Download what this page shows</button> <span class="soft">as JSON; both are embedded here and need no other file</span></li></ul></section>`;
}

function log({ log: lines }: ReportModel): Markup {
  if (lines.length === 0) return markup`<p class="quiet">No event was recorded.</p>`;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Table of events"><table class="log"><thead class="heard"><tr><th scope="col">Time since the baseline began</th><th scope="col">Event</th></tr></thead><tbody>
${lines.map(({ atMs, tone, text }) => markup`<tr class="${tone}"><td class="n">${formatOffset(atMs)}</td><td>${tone === "bad" ? markup`<span class="alarm">!</span> ` : null}${text}</td></tr>\n`)}</tbody></table></div>`;
}

/** Embedded in its link, so that it needs neither another file nor a script. */
function claimsCsv({ claims, evidence }: ReportModel): string {
  const rows = [...claims, ...evidence].map(({ figures, ...row }) => [
    row.kind, row.id, row.title, row.phase, row.status, figures.observed, figures.comparison, figures.limit, figures.unit,
    row.used === null ? null : Number(row.used.toPrecision(4)), row.samples, row.why,
  ]);
  const head = ["kind", "id", "claim", "phase", "status", "observed", "comparison", "limit", "unit", "part of the allowance used", "samples", "why"];
  return `data:text/csv;charset=utf-8,${encodeURIComponent(csvOf(head, rows))}`;
}
