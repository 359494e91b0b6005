/** The results of several runs as a table for a terminal. */
import { painter } from "../system/terminal.ts";
import type { Status } from "../record/verdict.ts";
import { oneLine } from "./plain.ts";
import { printable } from "./printable.ts";
import { type Cell, table } from "./table.ts";

export interface SuiteRow {
  readonly experiment: string;
  readonly topology: string;
  readonly without: readonly string[];
  /** Null: it was not run. */
  readonly status: Status | null;
  readonly why: string;
  readonly seconds: number;
  readonly runId: string | null;
  readonly directory: string | null;
  readonly exitCode: number;
}

const marks: Readonly<Record<Status, string>> = { held: "✓", refuted: "✗", inconclusive: "?" };

export function renderSuite(
  suite: string | null,
  rows: readonly SuiteRow[],
  { columns, colour }: { readonly columns: number; readonly colour: boolean },
): string {
  const paint = painter(colour);
  const across = Math.min(100, Math.max(60, columns));
  const repeated = new Set(
    rows.map((row) => row.experiment).filter((name, index, all) => all.indexOf(name) !== index),
  );
  const lines = rows.map((row): Cell[] => [
    {
      text: row.status === null ? "- not run" : `${marks[row.status]} ${row.status}`,
      style: row.status ?? "inconclusive",
    },
    {
      text: [
        row.experiment,
        ...(repeated.has(row.experiment) ? [row.topology] : []),
        ...row.without.map((name) => `without ${name}`),
      ].join(", "),
    },
    { text: row.status === null ? "" : `${Math.round(row.seconds)} s`, right: true },
    { text: row.status === "held" ? "" : row.why, style: "dim" },
  ]);
  const count = (status: Status | null): number =>
    rows.filter((row) => row.status === status).length;
  const parts = (["held", "refuted", "inconclusive", null] as const)
    .filter((status) => count(status) > 0)
    .map((status) => `${count(status)} ${status ?? "not run"}`);
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
  const head = paint(suite === null ? "All of them" : `Suite ${oneLine(suite)}`, "bold");
  return printable(
    [head, ...table(lines, across, paint), `${parts.join(", ")}; ${duration(seconds)}`].join("\n"),
    colour,
  );
}

/** Example: `1 min 32 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60
    ? `${whole} s`
    : `${Math.floor(whole / 60)} min${whole % 60 === 0 ? "" : ` ${whole % 60} s`}`;
}
