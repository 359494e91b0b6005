/** Colour and width for terminals: all printed text is cut and wrapped here. */
import { styleText } from "node:util";
import stringWidth from "string-width";

export type Paint = (text: string, style: Style) => string;
export type Style = "held" | "refuted" | "inconclusive" | "bold" | "dim";

const formats = {
  held: "green",
  refuted: "red",
  inconclusive: "yellow",
  bold: "bold",
  dim: "dim",
} as const satisfies Readonly<Record<Style, Parameters<typeof styleText>[0]>>;

export function painter(colour: boolean): Paint {
  return colour
    ? (text, style) => styleText(formats[style], text, { validateStream: false })
    : (text) => text;
}

/** The columns of a text in a terminal: two for 漢, none for a combining character. */
export const width = (text: string): number => stringWidth(text);

/**
 * As many of the first characters as fit. The whole is measured, because some combine with the
 * previous one.
 */
function fitting(characters: readonly string[], columns: number): number {
  const fits = (count: number): boolean => width(characters.slice(0, count).join("")) <= columns;
  let count = Math.min(characters.length, columns);
  while (count > 0 && !fits(count)) count--;
  while (count < characters.length && fits(count + 1)) count++;
  return count;
}

/** The beginning, or the end, with a mark for the missing part. */
export function cut(text: string, columns: number, keep: "start" | "end" = "start"): string {
  if (width(text) <= columns) return text;
  if (columns <= 1) return "…";
  const characters = [...text];
  if (keep === "start") return `${characters.slice(0, fitting(characters, columns - 1)).join("")}…`;
  let from = characters.length - fitting(characters.toReversed(), columns - 1);
  while (width(characters.slice(from).join("")) > columns - 1) from++;
  return `…${characters.slice(from).join("")}`;
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
  const pieces: string[] = [];
  let left = [...word];
  do {
    const taken = Math.max(1, fitting(left, columns));
    pieces.push(left.slice(0, taken).join(""));
    left = left.slice(taken);
  } while (left.length > 0);
  return pieces;
}

/** Pads on the right, or on the left if `wide` is negative. */
export function padded(text: string, wide: number): string {
  const room = " ".repeat(Math.max(0, Math.abs(wide) - width(text)));
  return wide < 0 ? room + text : text + room;
}
