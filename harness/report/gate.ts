/**
 * The output of a gate for users: a terminal, a pull request, the annotations of GitHub's runner.
 */
import type { Gated } from "../gate/gate.ts";
import type { Status } from "../record/verdict.ts";
import { cut, padded, painter, width, wrap } from "../system/terminal.ts";
import { clip, oneLine } from "./plain.ts";
import { printable } from "./printable.ts";

export interface GateReport {
  readonly format: "seawall-gate/1";
  readonly suite: string;
  /** The baseline of the comparison; null if there was none. */
  readonly baseline: string | null;
  readonly passed: boolean;
  readonly exitCode: number;
  readonly entries: readonly Gated[];
  /**
   * Experiments that were not run, because the gate was interrupted or the machine could not be
   * cleaned up.
   */
  readonly notRun: readonly string[];
  /** Why it did not pass although every experiment did. */
  readonly note?: string;
}

const marks = { passed: "✓", worse: "✗", refuted: "✗", inconclusive: "?", broken: "!" } as const;
/** The look of each outcome. */
export const statusOf: Readonly<Record<Gated["outcome"], Status>> = {
  passed: "held",
  worse: "refuted",
  refuted: "refuted",
  inconclusive: "inconclusive",
  broken: "refuted",
};

export function renderGateText(
  report: GateReport,
  { columns, colour }: { columns: number; colour: boolean },
): string {
  const across = Math.min(100, Math.max(60, columns));
  const paint = painter(colour);
  const wide = Math.max(0, ...report.entries.map(({ experiment }) => width(experiment)));
  const lines = report.entries.flatMap((entry) => {
    const head =
      `${marks[entry.outcome]} ` +
      `${padded(cut(oneLine(entry.experiment), 40), Math.min(40, wide))}  ` +
      `${padded(entry.outcome, 12)}`;
    const clauses = [entry.why, comparisonLine(entry)]
      .filter((text) => text !== "")
      .flatMap((text) => wrap(oneLine(text), across - 4));
    return [
      `${paint(head.trimEnd(), statusOf[entry.outcome])}${runsOf(entry)}`,
      ...clauses.map((line) => `    ${line}`),
    ];
  });
  const closing = paint(paint(summaryLine(report), report.passed ? "held" : "refuted"), "bold");
  return printable(
    [...lines, ...report.notRun.map((name) => `- ${oneLine(name)}  not run`), "", closing].join(
      "\n",
    ),
    colour,
  );
}

function runsOf({ attempts }: Gated): string {
  return attempts.length === 1 ? "" : `  ${attempts.length} runs`;
}

function comparisonLine({ baseline }: Gated): string {
  if (baseline.kind !== "compared")
    return baseline.why === "" ? "" : `Not compared: ${baseline.why}.`;
  const { worse, better, power, baselineRuns } = baseline;
  return [
    `Compared with ${counted(baselineRuns.length, "run")} of the baseline: ` +
      `${worse.length === 0 ? "nothing is shown to be worse" : worse.join("; ")}.`,
    ...(better.length === 0 ? [] : [`Better: ${better.join("; ")}.`]),
    ...power.map((text) => `${text}.`),
  ].join(" ");
}

/** Of all comparisons, each once. */
export function notesOf({ entries }: GateReport): readonly string[] {
  return [
    ...new Set(
      entries.flatMap(({ baseline }) => (baseline.kind === "compared" ? baseline.marked : [])),
    ),
  ];
}

/** The command that repeats the last run of each experiment that did not pass. */
export function rerunsOf({ entries }: GateReport): readonly string[] {
  return entries
    .filter(({ outcome }) => outcome !== "passed")
    .map(({ attempts }) => attempts.at(-1)?.rerun ?? "")
    .filter((line) => line !== "");
}

export function summaryLine({ entries, notRun, passed, baseline, note }: GateReport): string {
  const count = (outcome: Gated["outcome"]): number =>
    entries.filter((entry) => entry.outcome === outcome).length;
  const compared = entries.filter((entry) => entry.baseline.kind === "compared").length;
  const parts = (["passed", "worse", "refuted", "inconclusive", "broken"] as const)
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `${count(outcome)} ${outcome}`);
  return [
    `Gate ${passed ? "passed" : "closed"}: ` +
      `${[...parts, ...(notRun.length === 0 ? [] : [`${notRun.length} not run`])].join(", ")}`,
    ...(note === undefined ? [] : [note]),
    ...(baseline === null
      ? []
      : [`${compared} of ${entries.length} compared with ${oneLine(baseline)}`]),
  ].join("; ");
}

/**
 * Cells of a Markdown table must not end the cell, create a link, or be parsed as HTML. GitHub and
 * GitLab look for URLs and references (@name, #12, !12, ~label) in the rendered text, where a
 * backslash escape is gone. An invisible word joiner separates them.
 */
function cell(text: string, charactersMax = 300): string {
  return clip(text, charactersMax)
    .replace(
      /[\\`*_[\]<>|~#@!$%&]/g,
      (character) => `&#${character.codePointAt(0)};${/[~#@!$%&]/.test(character) ? joiner : ""}`,
    )
    .replace(/:(?=\/\/)/g, `:${joiner}`)
    .replace(/\bwww(?=\.)/gi, (www) => `${www}${joiner}`)
    .replace(/\bGH(?=-\d)/gi, (gh) => `${gh}${joiner}`);
}
const joiner = "&#8288;";

/** For a pull request's comment and for GitHub's step summary. */
export function renderGateMarkdown(report: GateReport): string {
  const rows = report.entries.map(
    (entry) =>
      `| ${marks[entry.outcome]} ${entry.outcome} | ${cell(entry.experiment)} | ` +
      `${entry.attempts.length} | ${cell(entry.why)} | ${cell(comparisonLine(entry), 600)} |`,
  );
  const notes = notesOf(report);
  const reruns = rerunsOf(report);
  return [
    `### ${cell(summaryLine(report))}`,
    "",
    "| outcome | experiment | runs | why | against the baseline |",
    "|---|---|---|---|---|",
    ...rows,
    ...report.notRun.map((name) => `| - not run | ${cell(name)} | 0 | | |`),
    "",
    ...(notes.length === 0
      ? []
      : ["Mind when reading the comparison:", "", ...notes.map((note) => `- ${cell(note)}`), ""]),
    ...(reruns.length === 0
      ? []
      : [
          "To see it again:",
          "",
          "```sh",
          ...reruns.map((line) => oneLine(line).replaceAll("`", "")),
          "```",
          "",
        ]),
  ].join("\n");
}

/**
 * Workflow commands: one per experiment that did not pass. Their text must not start another
 * command.
 */
export function renderAnnotations(report: GateReport): string {
  const property = (text: string): string =>
    data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
  const lines = report.entries
    .filter(({ outcome }) => outcome !== "passed")
    .map((entry) => {
      const level = entry.outcome === "inconclusive" ? "warning" : "error";
      const title = property(`${entry.experiment}: ${entry.outcome}`);
      const text = data(`${entry.why}\n${entry.attempts.at(-1)?.rerun ?? ""}`);
      return `::${level} title=${title}::${text}`;
    });
  return lines.map((line) => `${line}\n`).join("");
}

function data(text: string): string {
  return text
    .split("\n")
    .map((line) => clip(line, 1_000))
    .join("\n")
    .replaceAll("%", "%25")
    .replaceAll("\r", "%0D")
    .replaceAll("\n", "%0A");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
