/**
 * The closing text of a run for a terminal: verdict, reason, claims, faults, doubts and cleanup.
 */
import type { Status, Verdict } from "../record/verdict.ts";
import { type ClaimRow, claimRows } from "./claim-rows.ts";
import { formatCount } from "../phrases/format.ts";
import { cut, type Paint, padded, painter, width, wrap } from "../system/terminal.ts";
import { familyOf } from "../judge/subjects.ts";
import { oneLine } from "./plain.ts";
import { printable } from "./printable.ts";

export interface TextOptions {
  readonly columns: number;
  readonly colour: boolean;
}

/** Wider lines are hard to read, narrower ones are too short for a table. */
const [columnsMin, columnsMax] = [60, 100];

const marks: Readonly<Record<Status, string>> = { held: "✓", refuted: "✗", inconclusive: "?" };

export function renderVerdictText(verdict: Verdict, { columns, colour }: TextOptions): string {
  const across = Math.min(columnsMax, Math.max(columnsMin, columns));
  const paint = painter(colour);
  const rows = claimRows(verdict);
  const claims = rows.filter((row) => row.kind !== "evidence");
  const evidence = rows.filter((row) => row.kind === "evidence");
  return printable(
    [
      ...heading(verdict, across, paint),
      "",
      ...(claims.length === 0 ? [] : [...table(claims, across, paint), ""]),
      ...doubts(evidence, across, paint),
      ...cleanup(verdict, across, paint),
    ].join("\n"),
    colour,
  );
}

function heading(verdict: Verdict, across: number, paint: Paint): string[] {
  const word = `${marks[verdict.status]} ${verdict.status.toUpperCase()}`;
  const name = oneLine(`${verdict.experiment}, seed ${verdict.seed}`);
  const control =
    verdict.without.length === 0 ? [] : wrap(oneLine(controlLine(verdict)), across - 2);
  return [
    `${paint(paint(word, verdict.status), "bold")}  ${cut(name, across - width(word) - 2)}`,
    ...control.map((line) => `  ${line}`),
    ...wrap(oneLine(verdict.why), across - 2).map((line) => `  ${line}`),
    ...(verdict.aborted === null
      ? []
      : wrap(
          oneLine(`Aborted (${verdict.aborted.reason}): ${verdict.aborted.detail}`),
          across - 2,
        ).map((line) => `  ${paint(line, "refuted")}`)),
  ];
}

/** What a control's verdict means for the defence that was off. */
export function controlLine({ status, without }: Pick<Verdict, "status" | "without">): string {
  const names = without.join(", ");
  const meaning = {
    refuted: "and it was",
    held: "but it held, so the experiment proves nothing about the defence",
    inconclusive: "which this run does not show",
  }[status];
  return `Control without ${names}: expected to be refuted, ${meaning}.`;
}

function table(claims: readonly ClaimRow[], across: number, paint: Paint): string[] {
  const column = (
    head: string,
    of: (row: ClaimRow) => string,
    widthMax: number,
  ): { head: string; cells: string[]; wide: number } => {
    const cells = claims.map((row) => cut(of(row), widthMax));
    return { head, cells, wide: Math.max(width(head), ...cells.map(width)) };
  };
  const phase = column("phase", (row) => row.phase, 9);
  const figures =
    across < 80
      ? [column("observed", (row) => row.observed, 14), column("limit", (row) => row.limit, 14)]
      : [
          column("observed", (row) => row.observed, 18),
          column("limit", (row) => row.limit, 20),
          column("samples", (row) => formatCount(row.samples), 11),
        ];
  const titleWide =
    across - 2 - [phase, ...figures].reduce((total, one) => total + one.wide + 2, 0);
  const line = (title: string, at: (one: { head: string; cells: string[] }) => string): string =>
    [
      padded(title, titleWide),
      padded(at(phase), phase.wide),
      ...figures.map((one) => padded(at(one), -one.wide)),
    ].join("  ");
  return [
    paint(`  ${line("claim", (one) => one.head)}`, "dim"),
    ...claims.flatMap((row, index) => {
      // A claim is named once; the phases that follow belong to it.
      const [first = "", ...more] =
        row.id === claims[index - 1]?.id ? [] : wrap(row.title, titleWide);
      return [
        `${paint(marks[row.status], row.status)} ${line(first, (one) => one.cells[index] ?? "")}`,
        ...more.map((rest) => `  ${rest}`),
        ...(row.status === "held"
          ? []
          : wrap(row.why, across - 4).map((text) => `    ${paint(text, row.status)}`)),
      ];
    }),
  ];
}

/** Held rules are only counted; the others are why a run proves nothing, and are listed. */
function doubts(evidence: readonly ClaimRow[], across: number, paint: Paint): string[] {
  if (evidence.length === 0) return [];
  const open = evidence.filter((row) => row.status !== "held");
  const faults = evidence.filter(
    (row) => row.status === "held" && familyOf(row.id) === "faults" && row.samples > 0,
  );
  return [
    ...faults.map((row) => `${paint(marks.held, "held")} ${cut(row.title, across - 2)}`),
    ...open.flatMap((row) =>
      wrap(`${row.title}: ${row.why}`, across - 2).map((text, index) =>
        index === 0 ? `${paint(marks[row.status], row.status)} ${text}` : `  ${text}`,
      ),
    ),
    paint(`  ${evidence.length - open.length} of ${evidence.length} evidence checks passed`, "dim"),
  ];
}

function cleanup({ cleanup: { status, left } }: Verdict, across: number, paint: Paint): string[] {
  if (status === "clean") return [paint("  Everything was undone; nothing is left behind.", "dim")];
  const text =
    status === "unknown"
      ? "Cleanup was not recorded. Run `seawall recover` to see what is left."
      : `Cleanup is incomplete; left behind: ${left.join(", ")}. Undo it with \`seawall recover\`.`;
  return wrap(oneLine(text), across - 2).map(
    (line, index) => `${index === 0 ? paint("!", "refuted") : " "} ${paint(line, "refuted")}`,
  );
}
