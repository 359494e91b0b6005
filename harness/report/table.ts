/**
 * Tables for terminals: every column as wide as its content, the last one wrapped into the rest.
 */
import { cut, type Paint, padded, type Style, width, wrap } from "../system/terminal.ts";
import { oneLine } from "./plain.ts";

export interface Cell {
  readonly text: string;
  readonly style?: Style;
  readonly right?: boolean;
}

/** Cells before the last are cut to `cellMax` characters. Lines are at most `across` wide. */
export function table(
  rows: readonly (readonly (Cell | string)[])[],
  across: number,
  paint: Paint,
  cellMax = 44,
): string[] {
  const cells = rows.map((row) =>
    row.map((cell): Cell => (typeof cell === "string" ? { text: cell } : cell)),
  );
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const clipped = cells.map((row) =>
    row.map((cell, column) => ({
      ...cell,
      text: column === columns - 1 ? oneLine(cell.text) : cut(oneLine(cell.text), cellMax),
    })),
  );
  const widths = Array.from({ length: Math.max(0, columns - 1) }, (_, column) =>
    Math.max(0, ...clipped.map((row) => width(row[column]?.text ?? ""))),
  );
  const indent = widths.reduce((sum, each) => sum + each + 2, 0);
  const widest = Math.max(0, ...clipped.map((row) => width(row[columns - 1]?.text ?? "")));
  return clipped.flatMap((row) => {
    const last = row[columns - 1];
    const lines =
      last === undefined
        ? [""]
        : last.right === true
          ? [padded(last.text, -widest)]
          : wrap(last.text, Math.max(20, across - indent));
    const head = widths
      .map((wide, column) => {
        const { text, style, right } = row[column] ?? { text: "" };
        return padded(
          style === undefined ? text : paint(text, style),
          right === true ? -wide : wide,
        );
      })
      .join("  ");
    const gap = widths.length === 0 ? "" : "  ";
    const style = last?.style;
    return lines.map((line, index) => {
      const before = index === 0 ? head : " ".repeat(Math.max(0, indent - 2));
      return `${before}${gap}${style === undefined ? line : paint(line, style)}`.trimEnd();
    });
  });
}
