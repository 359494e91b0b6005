/**
 * Text from experiments, services and operating systems is data: bounded, and without characters
 * that act instead of showing.
 */
import { stripVTControlCharacters } from "node:util";

/**
 * Controls, marks with which text can be made to read in another order, halves of characters, and
 * what Unicode says is no character. The rest is safe to print and to put in XML 1.0.
 */
const acting = /[[\p{Cc}--[\t\n]]\p{Bidi_Control}\p{Surrogate}\p{Noncharacter_Code_Point}\ufeff]/gv;

export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?|\u2028|\u2029/g, "\n")
    .replace(acting, "");
}

/** On one line. */
export function oneLine(text: string): string {
  return plain(text).replace(/\s+/g, " ").trim();
}

/** One line of bounded length. */
export function clip(text: string, charactersMax = 400): string {
  // Cutting first keeps a log of gigabytes from being searched; escape sequences can only make it
  // shorter.
  const line = oneLine(text.length > charactersMax * 4 ? text.slice(0, charactersMax * 4) : text);
  const characters = [...line];
  return characters.length <= charactersMax
    ? line
    : `${characters.slice(0, charactersMax - 1).join("")}…`;
}
