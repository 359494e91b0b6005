/** Comma-separated values as spreadsheets take them (RFC 4180), of text that may be anybody's. */

/** Excel takes a file without it for one in the code page of its machine. */
const byteOrderMark = "\ufeff";

/**
 * Numbers stay numbers; text is quoted, and text that a spreadsheet would take for a formula is
 * made to be none.
 */
export function csvOf(
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const cell = (value: string | number | null): string =>
    value === null
      ? ""
      : typeof value === "number"
        ? String(value)
        : `"${value.replace(/^(?=[=+\-@\t\r])/, "'").replaceAll('"', '""')}"`;
  return byteOrderMark + [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
