/**
 * Sanitises the output for terminals and pipeline logs. Names, reasons and log lines come from
 * services, experiments and records. They must neither control a terminal nor be parsed as a
 * command by the program that reads the log.
 */
import { plain } from "./plain.ts";

/** The colours of `painter` and of Node's `styleText`: nothing else may reach a terminal. */
const introducer = "\u001b";
const colours = new RegExp(`(${introducer}\\[(?:0|1|2|22|31|32|33|39)m)`);

/**
 * Text for users. External colours are kept and end with the text; every other control character is
 * removed.
 */
export function printable(text: string, colour = false): string {
  if (!colour) return withoutCommands(plain(text));
  const parts = text.split(colours).map((part, index) => (index % 2 === 1 ? part : plain(part)));
  const last = parts.length < 2 ? "" : (parts[parts.length - 2] as string);
  const ended = last === "" || /\[(?:0|22|39)m$/.test(last);
  return `${withoutCommands(parts.join(""))}${ended ? "" : "\u001b[0m"}`;
}

/**
 * GitHub's runner trims a line before it looks for `::`, and accepts `##[…]` anywhere
 * (actions/runner, ActionCommand.cs). Azure Pipelines accepts `##vso[…]`, TeamCity `##teamcity[…]`.
 * GitLab's sections need a carriage return and an escape, which `plain` removes. No colour may
 * separate the characters of a command, because some programs remove colours first.
 */
const paint = `(?:${introducer}\\[\\d+m)*`;
const hashes = new RegExp(`#(${paint})#(?=${paint}(?:\\[|vso\\[|teamcity\\[))`, "gi");
const colons = new RegExp(`^((?:\\s|${introducer}\\[\\d+m)*):(${paint}):`, "gm");

export function withoutCommands(text: string): string {
  // Similar-looking characters: the text keeps its width and its meaning.
  return text.replace(hashes, "#$1♯").replace(colons, "$1∶$2:");
}

/**
 * One line of JSON with the same meaning. Active characters are escaped, as JSON allows inside
 * strings.
 */
export function printableJson(
  document: unknown,
  replacer?: (key: string, value: unknown) => unknown,
): string {
  return JSON.stringify(document, replacer)
    .replace(
      /[\p{Cc}\p{Bidi_Control}\p{Noncharacter_Code_Point}\u2028\u2029\ufeff]/gv,
      escapedUnits,
    )
    .replace(hashes, "#\\u0023");
}

function escapedUnits(text: string): string {
  return text
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
