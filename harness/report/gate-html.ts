/**
 * A gate as a page: the decision, each experiment with its runs, and the comparison with the
 * baseline. It states the smallest change that the runs could have shown. It needs no script.
 */
import type { AgainstBaseline, Attempt, Gated } from "../gate/gate.ts";
import { simulatedOf } from "../record/substrates.ts";
import type { Status } from "../record/verdict.ts";
import { type GateReport, notesOf, rerunsOf, statusOf, summaryLine } from "./gate.ts";
import { markup, type Markup } from "./markup.ts";
import { mark, shape } from "./page/icons.ts";
import {
  notesOnFigures,
  numberCell,
  quiet,
  scrollingTable,
  section,
  verdictHead,
} from "./page/parts.ts";
import { renderShell } from "./page/shell.ts";
import { clip } from "./plain.ts";

export interface GateLinks {
  /** The report of a run, relative to the page; null if there is none. */
  reportOf(attempt: Attempt): string | null;
  /** The page of the comparison with the baseline. */
  comparisonOf(entry: Gated): string | null;
}

type Compared = Extract<AgainstBaseline, { readonly kind: "compared" }>;

export function renderGateHtml(report: GateReport, links: GateLinks, subheading: string): string {
  const status = statusOfGate(report);
  const heading = `Gate ${report.passed ? "passed" : "closed"}`;
  const attempts = report.entries.flatMap((entry) => entry.attempts);
  return renderShell({
    simulated: simulatedOf(attempts.map(({ substrate }) => substrate)),
    title: `${heading}: ${report.suite === "" ? namesOf(report) : report.suite}`,
    status,
    skipTo: { id: "experiments", text: "Skip to the experiments" },
    heading: "gate",
    subheading,
    styles: ["changes.css", "gate.css"],
    scripts: [],
    charts: false,
    data: null,
    body: markup`${[
      head(report, status, heading),
      experiments(report, links),
      ...report.entries.flatMap((entry) => against(entry, links)),
      reruns(report),
    ].map((part) => markup`${part}\n`)}`,
  });
}

function namesOf({ entries }: GateReport): string {
  return clip(entries.map(({ experiment }) => experiment).join(", "), 120);
}

function statusOfGate({ passed, entries }: GateReport): Status {
  if (passed) return "held";
  return entries.some(({ outcome }) => statusOf[outcome] === "refuted")
    ? "refuted"
    : "inconclusive";
}

function head(report: GateReport, status: Status, heading: string): Markup {
  // The heading already says the first word of the line.
  const line = summaryLine(report).replace(/^Gate \w+: /, "");
  const baseline =
    report.baseline === null
      ? "The runs were judged, and compared with nothing."
      : `The baseline is ${clip(report.baseline, 200)}.`;
  return markup`${verdictHead({
    kind: status,
    shape: shape(status),
    heading,
    why: markup`<p class="why">${clip(line, 600)}.</p>`,
    title: report.suite === "" ? namesOf(report) : `Suite ${report.suite}`,
    asked: markup`<p>${baseline}</p>
${highlights(report)}`,
  })}
<div class="page">${notesOnFigures(notesOf(report))}</div>`;
}

/** What closed the gate; where nothing did, what its runs could have shown at all. */
function highlights({ entries }: GateReport): Markup {
  const several = entries.length > 1;
  const named = ({ experiment }: Gated, text: string): string =>
    clip(several ? `${experiment}: ${text}` : text, 600);
  const closed = entries.filter(({ outcome }) => outcome !== "passed");
  const items =
    closed.length > 0
      ? closed.map((entry) => [statusOf[entry.outcome], named(entry, entry.why)] as const)
      : entries.flatMap((entry) =>
          comparedOf(entry).flatMap(({ power }) =>
            power.map((text) => ["", named(entry, text)] as const),
          ),
        );
  return markup`<ul class="changes">${items
    .slice(0, 5)
    .map(([kind, text]) => markup`<li class="${kind}">${text}</li>`)}</ul>`;
}

function comparedOf({ baseline }: Gated): readonly Compared[] {
  return baseline.kind === "compared" ? [baseline] : [];
}

function experiments({ entries, notRun }: GateReport, links: GateLinks): Markup {
  const left = notRun.map(
    (name) => markup`<tr><td>not run</td><th scope="row">${clip(name, 120)}</th>
${numberCell(0)}<td>The gate was stopped first.</td></tr>`,
  );
  return section("experiments", "Experiments", [
    scrollingTable(
      "Table of the experiments",
      "gated",
      ["Outcome", "Experiment", { n: "Runs" }, "Why, and the runs in their order"],
      markup`<tbody>${entries.map((entry) => row(entry, links))}${left}</tbody>`,
    ),
  ]);
}

function row(entry: Gated, { reportOf }: GateLinks): Markup {
  const { outcome, experiment, title, attempts, why } = entry;
  const runs = attempts.map((attempt) => {
    const href = reportOf(attempt);
    const name = attempt.runId === "" ? "not run" : clip(attempt.runId, 80);
    return markup`<li>${mark(attempt.status)} ${
      href === null ? name : markup`<a href="${href}">${name}</a>`
    }</li>`;
  });
  return markup`<tr class="${statusOf[outcome]}">
<td class="verdict-cell">${shape(statusOf[outcome])} ${outcome}</td>
<th scope="row">${clip(experiment, 120)}<span class="because">${clip(title, 200)}</span></th>
${numberCell(attempts.length)}<td>${clip(why, 600)}<ul class="attempts">${runs}</ul></td></tr>\n`;
}

function against(entry: Gated, { comparisonOf }: GateLinks): Markup[] {
  const { baseline, experiment } = entry;
  const heading = `${clip(experiment, 120)}, against the baseline`;
  const id = `against-${experiment.replace(/[^\w-]+/g, "_")}`;
  if (baseline.kind !== "compared")
    return baseline.why === ""
      ? []
      : [section(id, heading, [quiet(`Not compared: ${clip(baseline.why, 600)}.`)])];
  const { baselineRuns, runs, worse, better, suspected, power } = baseline;
  const page = comparisonOf(entry);
  const differing = [
    ...worse.map((text) => ["worse", text] as const),
    ...better.map((text) => ["better", text] as const),
    ...suspected.map((text) => ["", text] as const),
  ];
  return [
    section(id, heading, [
      markup`<p>${runs.length} new ${runs.length === 1 ? "run" : "runs"} against
${baselineRuns.length} of the baseline. ${
        worse.length + suspected.length === 0 ? "Nothing is shown to be worse." : ""
      }</p>`,
      differing.length === 0
        ? null
        : markup`<ul class="changes">${differing.map(
            ([kind, text]) => markup`<li class="${kind}">${clip(text, 600)}</li>`,
          )}</ul>`,
      ...power.map((text) => markup`<p class="power">${clip(text, 600)}.</p>`),
      page === null
        ? null
        : markup`<p><a href="${page}">Every figure and the curves of both sides</a></p>`,
    ]),
  ];
}

function reruns(report: GateReport): Markup | null {
  const lines = rerunsOf(report);
  if (lines.length === 0) return null;
  const commands = lines.map(
    (line) => markup`<p class="command"><code>${clip(line, 600)}</code></p>\n`,
  );
  return section("reruns", "To see it again", [markup`${commands}`]);
}
