/** Colour and width for terminals. */

export type Paint = (text: string, style: Style) => string;
export type Style = "held" | "refuted" | "inconclusive" | "bold" | "dim";

const codes: Readonly<Record<Style, string>> = {
  held: "32",
  refuted: "31",
  inconclusive: "33",
  bold: "1",
  dim: "2",
};

export function painter(colour: boolean): Paint {
  return colour ? (text, style) => `\u001b[${codes[style]}m${text}\u001b[0m` : (text) => text;
}

/** Characters, counted as a terminal counts those that we print. */
export function width(text: string): number {
  return [...text].length;
}

export function cut(text: string, columns: number): string {
  const characters = [...text];
  return characters.length <= columns
    ? text
    : `${characters.slice(0, Math.max(0, columns - 1)).join("")}…`;
}

/** Breaks at spaces; a word longer than a line is cut. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && width(last) + 1 + width(word) <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(...chunks(word, columns));
  }
  return lines;
}

function chunks(word: string, columns: number): string[] {
  const characters = [...word];
  const pieces: string[] = [];
  for (let at = 0; at < Math.max(1, characters.length); at += columns)
    pieces.push(characters.slice(at, at + columns).join(""));
  return pieces;
}
