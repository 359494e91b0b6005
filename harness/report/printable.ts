/**
 * What goes to a terminal and to a pipeline's log. Names, reasons and log lines come from others:
 * from services, experiments and recorded runs. They may neither act on a terminal nor be taken for
 * a command by the program that reads the log.
 */
import { plain } from "./plain.ts";

/** The colours of `painter` and of Node's `styleText`: nothing else may reach a terminal. */
const introducer = "\u001b";
const colours = new RegExp(`(${introducer}\\[(?:0|1|2|22|31|32|33|39)m)`);

/**
 * Text for people. Other people's colours count as ours and end with the text; every other control
 * is taken out.
 */
export function printable(text: string, colour = false): string {
  if (!colour) return withoutCommands(plain(text));
  const parts = text.split(colours).map((part, index) => (index % 2 === 1 ? part : plain(part)));
  const last = parts.length < 2 ? "" : (parts[parts.length - 2] as string);
  const ended = last === "" || /\[(?:0|22|39)m$/.test(last);
  return `${withoutCommands(parts.join(""))}${ended ? "" : "\u001b[0m"}`;
}

/**
 * GitHub's runner trims a line before it looks for `::`, and takes `##[…]` anywhere
 * (actions/runner, ActionCommand.cs); Azure Pipelines takes `##vso[…]`, TeamCity `##teamcity[…]`.
 * GitLab's sections need a carriage return and an escape, which `plain` takes out. Colours stand
 * between no two signs of a command: some programs take them out before they look.
 */
const paint = `(?:${introducer}\\[\\d+m)*`;
const hashes = new RegExp(`#(${paint})#(?=${paint}(?:\\[|vso\\[|teamcity\\[))`, "gi");
const colons = new RegExp(`^((?:\\s|${introducer}\\[\\d+m)*):(${paint}):`, "gm");

export function withoutCommands(text: string): string {
  // Signs that look alike: the text stays as wide as it was, and is read as it was meant.
  return text.replace(hashes, "#$1♯").replace(colons, "$1∶$2:");
}

/**
 * One line of JSON with the same meaning, in which nothing acts: such characters are escaped, as
 * JSON allows inside its strings.
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
