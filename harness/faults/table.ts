/** The registry of faults as a Markdown table for `README.md`. */
import type { FaultKind, FaultKinds } from "../target/fault.ts";
import { kinds } from "./faults.ts";

const [begin, end] = ["<!-- faults: from the list, written by `vitest -u` -->", "<!-- /faults -->"];

/** By effect: the substrates that support it. */
export type Doers = Readonly<Record<string, readonly string[]>>;

/** The harness's faults by default; pass a pack's to list those. */
export function faultTable(of: FaultKinds = kinds, doers: Doers = {}): string[] {
  const rows = Object.entries(of).map(([name, kind]) => [
    `\`${name}\``,
    kind.does,
    kind.proof,
    kind.undo,
    needsOf(kind, doers),
    typeof kind.simulate === "string" ? "–" : "✓",
  ]);
  const head = [
    "kind",
    "what happens",
    "landed when",
    "healed by",
    "needs of a substrate",
    "in virtual time",
  ];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

function needsOf({ needs, effect }: FaultKind, doers: Doers): string {
  const on = effect === undefined ? [] : [`effect on ${doers[effect]?.join(", ") ?? "none"}`];
  return [...on, ...needs.map((need) => `\`${need}\``)].join(", ");
}

/** Returns the text with the current table between its marks. */
export function withTable(text: string, of: FaultKinds = kinds, doers: Doers = {}): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error("the text has no marks for the table of faults");
  return `${text.slice(0, from)}${begin}\n${faultTable(of, doers).join("\n")}\n${text.slice(to)}`;
}
