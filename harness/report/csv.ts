/** Comma-separated values for spreadsheets (RFC 4180), with untrusted text. */

/** Without it, Excel reads a file in the machine's code page. */
const byteOrderMark = "\ufeff";

/**
 * Numbers stay numbers. Text is quoted, and escaped if a spreadsheet would read it as a formula.
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
