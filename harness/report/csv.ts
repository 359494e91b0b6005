/** Comma-separated values as spreadsheets take them (RFC 4180), of text that may be anybody's. */

/** Numbers stay numbers; text is quoted, and text that a spreadsheet would take for a formula is made to be none. */
export function csvOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number): string => (typeof value === "number" ? String(value) : `"${value.replace(/^(?=[=+\-@\t\r])/, "'").replaceAll('"', '""')}"`);
  return [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
