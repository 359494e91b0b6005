/**
 * A plain table: its first column names the rows. It scrolls by itself if it is too wide, also by
 * keyboard.
 */
import { markup, type Markup } from "../markup.ts";
import { scrolling } from "./parts.ts";

export interface Table {
  /** For screen readers. */
  readonly label: string;
  readonly head: readonly string[];
  /** Numeric columns, counted from 0. */
  readonly numeric: readonly number[];
  /** As many cells as the head has; strings are escaped. */
  readonly rows: readonly (readonly (string | Markup)[])[];
}

export function table({ label, head, numeric, rows }: Table): Markup {
  const figures = new Set(numeric);
  const of = (index: number): Markup | null => (figures.has(index) ? markup` class="n"` : null);
  const headCell = (text: string, index: number): Markup =>
    text === "" ? markup`<td></td>` : markup`<th scope="col"${of(index)}>${text}</th>`;
  const bodyCell = (cell: string | Markup, index: number): Markup =>
    index === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td${of(index)}>${cell}</td>`;
  return scrolling(
    label,
    markup`<table><thead><tr>${head.map(headCell)}</tr></thead>
<tbody>${rows.map((cells) => markup`<tr>${cells.map(bodyCell)}</tr>\n`)}</tbody></table>`,
  );
}
