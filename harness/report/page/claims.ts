/**
 * Every claim with its observation, its limit and the used part of the allowance; then the rules of
 * evidence.
 */
import type { ClaimRow } from "../claim-rows.ts";
import { formatCount, missing } from "../../phrases/format.ts";
import { markup, type Markup } from "../markup.ts";
import type { ReportModel } from "../model.ts";
import { mark } from "./icons.ts";
import { numberCell, scrollingTable, soft } from "./parts.ts";
import type { Section } from "./section.ts";

export const claims: Section = { id: "claims", link: "Claims", position: 10, body };

function body({ claims: rows, evidence }: ReportModel): Markup {
  return markup`<section class="page" aria-labelledby="claims">
<h2 id="claims">Claims</h2>
${rows.length === 0 ? markup`<p class="quiet">No claim was judged.</p>` : claimTable(rows)}
${evidence.length === 0 ? null : evidenceTable(evidence)}
</section>`;
}

function claimTable(rows: readonly ClaimRow[]): Markup {
  const groups = [...Map.groupBy(rows, (row) => row.id).values()];
  const bodies = groups.map((group) => {
    const rows = group.map((row, index) => claimLine(row, index === 0 ? group.length : 0));
    return markup`<tbody>${rows}</tbody>\n`;
  });
  return scrollingTable(
    "Table of claims",
    "claims",
    ["Claim", "Phase", { n: "Observed" }, { n: "Limit" }, "Allowance used", { n: "Samples" }],
    markup`${bodies}`,
  );
}

function claimLine(row: ClaimRow, span: number): Markup {
  const title =
    span === 0 ? null : markup`<th scope="rowgroup" rowspan="${span}">${row.title}</th>`;
  const why = row.status === "held" ? null : markup` <span class="because">${row.why}</span>`;
  return markup`<tr class="${row.status}">${title}
<td class="phase">${mark(row.status)} ${row.phase}${why}</td>
<td class="n strong">${row.observed}</td>${numberCell(row.limit)}
<td class="margin">${margin(row)}</td>
<td class="n samples">${formatCount(row.samples)}</td></tr>\n`;
}

/** The bar's tick is the limit; everything beyond the tick is a violation. */
function margin({ used, status }: ClaimRow): Markup {
  if (used === null) return markup`<span class="soft">${missing}</span>`;
  const wide = Math.max(used > 0 ? 1 : 0, Math.min(used, 1.5) * 64);
  const fill = Math.round(wide * 10) / 10;
  return markup`<svg class="margin-bar ${status}" viewBox="0 0 96 10" width="96" height="10"
  aria-hidden="true"><rect class="track" fill="#d5dbe0" y="2" width="64" height="6" rx="1"/>
<rect class="fill" fill="#536270" y="2" width="${fill}" height="6" rx="1"/>
<path class="tick" stroke="#111" d="M64 0v10"/></svg> <span class="n">${usedText(used)}</span>`;
}

/** Rounded towards the limit, never in the claim's favour. */
export function usedText(used: number): string {
  if (used >= 2)
    return `${used < 10 ? Math.floor(used * 10) / 10 : formatCount(Math.floor(used))} ×`;
  if (used > 0.99 && used < 1) return "> 99 %";
  return `${Math.ceil(Number((used * 100).toPrecision(12)))} %`;
}

function evidenceTable(rows: readonly ClaimRow[]): Markup {
  const open = rows.filter((row) => row.status !== "held").length;
  const passed = `${rows.length - open} of ${rows.length} evidence checks passed`;
  return markup`<details class="evidence"${open > 0 ? markup` open` : null}>
<summary><h3>Evidence: is the record good enough to judge?</h3>${soft(passed)}</summary>
<ul class="rules">${rows.map(rule)}</ul></details>`;
}

/** An evidence check with its result. */
export function rule({ status, title, why }: ClaimRow): Markup {
  const because = why === "" ? null : markup`: <span class="because">${why}</span>`;
  return markup`<li class="${status}">${mark(status)} <span>${title}${because}</span></li>\n`;
}
