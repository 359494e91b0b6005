/** Parts of a reference page: headings, paragraphs of 100 columns, tables and code. */
const columnsMax = 100;

/** What opens each page. */
export const mark =
  "<!-- Made from the sources by `vitest run test/reference -u`. Edit them, not this page. -->";

export function page(title: string, ...parts: readonly (string | readonly string[])[]): string {
  return `${[mark, `# ${title}`, ...parts.flat()].filter((part) => part !== "").join("\n\n")}\n`;
}

/** Each paragraph is wrapped. A list item keeps its indent. */
export function prose(text: string): string {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) =>
      paragraph
        .split(/\n(?=- )/)
        .map((part) => wrapped(part.replaceAll(/\s+/g, " ").trim()))
        .join("\n"),
    )
    .join("\n\n");
}

/** A code span stays in one line. */
function wrapped(text: string): string {
  const indent = text.startsWith("- ") ? "  " : "";
  const words = text.match(/(?:`[^`]*`|\[[^\]]*\]\([^)]*\)|\S)+/g) ?? [];
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    const longer = line === "" ? word : `${line} ${word}`;
    if ([...longer].length <= columnsMax || line === "") line = longer;
    else {
      lines.push(line);
      line = `${indent}${word}`;
    }
  }
  return [...lines, line].join("\n");
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function cell(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/(?<!\\)\|/g, "\\|")
    .trim();
}

export function code(text: string, language = "ts"): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

export function span(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

/** As GitHub makes it of a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}
