/**
 * The matrix of an ablation for a terminal: each experiment, and below it the result without each
 * defence.
 */
import type { Ablation, Cell, Outcome } from "../ablation/ablation.ts";
import { painter, type Style, wrap } from "../system/terminal.ts";
import { oneLine } from "./plain.ts";
import { printable } from "./printable.ts";
import { duration } from "./suite-text.ts";
import { type Cell as Field, table } from "./table.ts";

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  held: "✓ held",
  refuted: "✓ refuted",
  notHeld: "✗ not held",
  green: "✗ stays green",
  otherClaim: "✗ other claim",
  undecided: "? undecided",
  notRun: "- not run",
};
const styles: Readonly<Record<Outcome, Style>> = {
  held: "held",
  refuted: "held",
  notHeld: "refuted",
  green: "refuted",
  otherClaim: "refuted",
  undecided: "inconclusive",
  notRun: "inconclusive",
};

export function renderAblation(
  { rows, complaints }: Ablation,
  { columns, colour }: { readonly columns: number; readonly colour: boolean },
): string {
  const paint = painter(colour);
  const across = Math.min(100, Math.max(60, columns));
  const cells = rows.flatMap(({ whole, controls }) => [whole, ...controls]);
  const lines = cells.map((cell): Field[] => [
    { text: outcomeWords[cell.outcome], style: styles[cell.outcome] },
    { text: cell.without === null ? named(cell, rows) : `└ without ${cell.without}` },
    {
      text: cell.reused ? "recorded" : cell.status === null ? "" : `${Math.round(cell.seconds)} s`,
      right: true,
    },
    { text: detail(cell), style: "dim" },
  ]);
  const seconds = cells.reduce((sum, cell) => sum + cell.seconds, 0);
  const good = cells.filter((cell) => cell.outcome === "held" || cell.outcome === "refuted").length;
  const result =
    complaints.length === 0
      ? "every tested defence matters"
      : `${complaints.length} ${complaints.length === 1 ? "complaint" : "complaints"}`;
  return printable(
    [
      paint("Ablation of defences", "bold"),
      ...table(lines, across, paint),
      "",
      ...complaints.flatMap(({ text }) =>
        wrap(oneLine(text), across - 2).map(
          (line, index) => `${index === 0 ? paint("✗", "refuted") : " "} ${line}`,
        ),
      ),
      `${good} of ${cells.length} runs as expected; ${result}; ${duration(seconds)}`,
    ].join("\n"),
    colour,
  );
}

function named(cell: Cell, rows: Ablation["rows"]): string {
  return rows.filter((row) => row.experiment === cell.experiment).length > 1
    ? `${cell.experiment}, ${cell.topology}`
    : cell.experiment;
}

/** The refuted claims, or the reason why none was; and other notes for the reader. */
export function detail(cell: Cell): string {
  const summary =
    cell.outcome === "refuted"
      ? cell.as.map(({ title }) => `"${title}"`).join(", ")
      : cell.outcome === "held"
        ? ""
        : cell.why;
  return [
    summary,
    ...(cell.attempts > 1 ? [`${cell.attempts} runs until one was conclusive`] : []),
    ...(cell.without !== null && cell.status === "refuted" && cell.doubts.length > 0
      ? [`evidence checks failed: ${cell.doubts.join(", ")}`]
      : []),
  ]
    .filter((text) => text !== "")
    .join("; ");
}
