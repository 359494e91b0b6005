/**
 * Sanitises text from experiments, services and operating systems: bounded, and without control
 * characters.
 */
import { stripVTControlCharacters } from "node:util";

/**
 * Control characters, bidirectional marks, lone surrogates and Unicode noncharacters. The rest is
 * safe to print and to use in XML 1.0.
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
  // Cutting first avoids scanning a log of gigabytes; removing escape sequences only shortens it.
  const line = oneLine(text.length > charactersMax * 4 ? text.slice(0, charactersMax * 4) : text);
  const characters = [...line];
  return characters.length <= charactersMax
    ? line
    : `${characters.slice(0, charactersMax - 1).join("")}…`;
}
