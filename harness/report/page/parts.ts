/** Parts that pages share: sections, tables that scroll, cells and times. */
import { markup, type Markup } from "../markup.ts";
import { clip } from "../plain.ts";

/** A column's heading; `n` marks a numeric column, which is aligned to the right. */
export type Column = string | Markup | { readonly n: string };

/** The first section of a page: the result, its reason, and what was asked. */
export function verdictHead(head: {
  readonly kind: string;
  readonly shape: Markup;
  readonly heading: string;
  /** Whether the heading needs smaller letters. */
  readonly isLong?: boolean;
  readonly why: Markup | null;
  readonly title: string;
  readonly asked: Markup;
}): Markup {
  const look = head.isLong === true ? markup` class="long"` : null;
  return markup`<section class="verdict ${head.kind}" aria-labelledby="verdict">
<div class="page hero">
${head.shape}
<div class="said"><h1 id="verdict"${look}>${head.heading}</h1>
${head.why}</div>
<div class="asked"><h2>${head.title}</h2>
${head.asked}</div>
</div>
</section>`;
}

/** A section that screen readers name by its heading. */
export function section(
  id: string,
  heading: string | Markup,
  body: readonly (Markup | null)[],
  kind = "page",
): Markup {
  const parts = body.filter((part) => part !== null);
  return markup`<section class="${kind}" aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${parts.map((part) => markup`${part}\n`)}</section>`;
}

/** A table that scrolls by itself if it is wider than the page, also by keyboard. */
export function scrollingTable(
  label: string,
  kind: string,
  columns: readonly Column[],
  body: Markup,
): Markup {
  return scrolling(
    label,
    markup`<table class="${kind}"><thead><tr>${columns.map(headCell)}</tr></thead>
${body}</table>`,
  );
}

export function scrolling(label: string, body: Markup): Markup {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
${body}</div>`;
}

export function headCell(column: Column): Markup {
  return typeof column === "object" && "n" in column
    ? markup`<th scope="col" class="n">${column.n}</th>`
    : markup`<th scope="col">${column}</th>`;
}

export function numberCell(text: string | number): Markup {
  return markup`<td class="n">${text}</td>`;
}

export function quiet(text: string | Markup): Markup {
  return markup`<p class="quiet">${text}</p>`;
}

/** Secondary text, after a space. */
export function soft(text: string): Markup {
  return markup` <span class="soft">${text}</span>`;
}

/** What a reader of a comparison must know first; null if there is nothing. */
export function notesOnFigures(marked: readonly string[]): Markup | null {
  return marked.length === 0
    ? null
    : markup`<div class="notice wary"><h2 class="small">Notes on all figures</h2>
<ul>${marked.map((text) => markup`<li>${clip(text, 600)}</li>`)}</ul></div>`;
}

/** Such as `2026-03-01 12:30`, in UTC. */
export function minuteOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace("T", " ");
}

/** The controls of charts; only a page whose scripts run mentions them. */
export const chartHelp = markup`<span class="needs-script">Drag to zoom all charts,
double-click to see all; on a chart, arrow keys move the cross-hair.</span>`;

export const chartReadout = markup`<p class="readout needs-script"><output id="moment"></output>
<button type="button" id="zoom-out" hidden>Show the whole run</button></p>
<p class="notice wary without-script">The curves need JavaScript.
Each chart’s figures by phase are in its table.</p>`;
