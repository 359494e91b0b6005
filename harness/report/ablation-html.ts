/** The matrix of an ablation as a page, and for continuous integration. Both link to the runs. */
import type { Ablation, Cell } from "../ablation/ablation.ts";
import { detail, outcomeWords } from "./ablation-text.ts";
import { simulatedOf } from "../record/substrates.ts";
import { markup, type Markup } from "./markup.ts";
import { shape } from "./page/icons.ts";
import { headCell, section, verdictHead } from "./page/parts.ts";
import { renderShell } from "./page/shell.ts";
import { clip } from "./plain.ts";

export interface AblationPage extends Ablation {
  /** The time and the version. */
  readonly subheading: string;
  /** The link from the page to a run's report. */
  linkOf(cell: Cell): string | null;
}

const tones = {
  held: "held",
  refuted: "held",
  notHeld: "refuted",
  green: "refuted",
  otherClaim: "refuted",
  undecided: "inconclusive",
  notRun: "inconclusive",
} as const;

export function renderAblationHtml(page: AblationPage): string {
  const { rows, complaints, subheading } = page;
  const status =
    complaints.length === 0
      ? "held"
      : complaints.every(({ kind }) => kind === "undecided" || kind === "notRun")
        ? "inconclusive"
        : "refuted";
  const verdict =
    complaints.length === 0
      ? "Every tested defence matters"
      : `${complaints.length} ${complaints.length === 1 ? "complaint" : "complaints"}`;
  const defences = [
    ...new Set(rows.flatMap(({ controls }) => controls.map((cell) => cell.without ?? ""))),
  ];
  const cells = rows.flatMap(({ whole, controls }) => [whole, ...controls]);
  return renderShell({
    simulated: simulatedOf(cells.map(({ substrate }) => substrate)),
    title: `Ablation: ${verdict}`,
    status,
    heading: "ablation",
    subheading,
    skipTo: { id: "matrix", text: "Skip to the matrix" },
    styles: ["ablation.css"],
    scripts: [],
    charts: false,
    data: null,
    body: markup`${verdictHead({
      kind: status,
      shape: shape(status),
      heading: verdict,
      isLong: true,
      why: complaintList(complaints),
      title: "Defences",
      asked: markup`<p>Each experiment must hold with all defences. Without a defence that it
relies on, a claim that the defence protects must be refuted.</p>`,
    })}
${section("matrix", "Experiments and defences", [matrix(page, defences)])}`,
  });
}

function complaintList(complaints: Ablation["complaints"]): Markup | null {
  if (complaints.length === 0) return null;
  const items = complaints.map(({ text }) => markup`<li>${clip(text, 1000)}</li>`);
  return markup`<ul class="complaints">${items}</ul>`;
}

function matrix(page: AblationPage, defences: readonly string[]): Markup {
  const head = ["experiment", "all defences", ...defences.map((name) => `without ${name}`)];
  const rows = page.rows.map(({ experiment, topology, whole, controls }) => {
    const cells = defences.map((name) => controls.find((cell) => cell.without === name));
    return markup`<tr><th scope="row">${experiment}<br><span class="soft">${topology}</span></th>
${[whole, ...cells].map((cell) => field(page, cell))}</tr>\n`;
  });
  return markup`<div class="scroll">
<table class="matrix"><thead><tr>${head.map(headCell)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function field(page: AblationPage, cell: Cell | undefined): Markup {
  if (cell === undefined) return markup`<td></td>`;
  const href = page.linkOf(cell);
  const word = outcomeWords[cell.outcome];
  const about = `${clip(detail(cell))}${cell.reused ? " (recorded run)" : ""}`;
  return markup`<td class="${tones[cell.outcome]}">
${href === null ? markup`${word}` : markup`<a href="${href}">${word}</a>`}
<br><span class="soft">${about}</span></td>`;
}

export function renderAblationJunit({ rows, complaints }: Ablation): string {
  const cells = rows.flatMap(({ whole, controls }) => [whole, ...controls]);
  const unneeded = complaints.filter(({ kind }) => kind === "unneeded");
  const bad = (cell: Cell): boolean =>
    cell.outcome === "notHeld" || cell.outcome === "green" || cell.outcome === "otherClaim";
  const open = (cell: Cell): boolean => cell.outcome === "undecided" || cell.outcome === "notRun";
  const counts = markup`tests="${cells.length + unneeded.length}" failures="${
    cells.filter(bad).length + unneeded.length
  }" errors="${cells.filter(open).length}"`;
  const seconds = cells.reduce((sum, cell) => sum + cell.seconds, 0);
  const one = (cell: Cell): Markup => {
    const clipped = clip(`${outcomeWords[cell.outcome]}: ${detail(cell)}`, 1000);
    const result = bad(cell)
      ? markup`<failure type="${cell.outcome}" message="${clipped}"/>`
      : open(cell)
        ? markup`<error type="${cell.outcome}" message="${clipped}"/>`
        : null;
    const name = cell.without === null ? "all defences" : `without ${cell.without}`;
    return testCase(cell.experiment, `${name} [${cell.topology}]`, cell.seconds, result);
  };
  const needless = unneeded.map(({ text }) =>
    testCase(
      null,
      "every defence is needed",
      0,
      markup`<failure type="unneeded" message="${clip(text, 1000)}"/>`,
    ),
  );
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="seawall" ${counts} time="${seconds}">
  <testsuite name="ablation" ${counts} time="${seconds}">
${[...cells.map(one), ...needless]}  </testsuite>
</testsuites>
`.text;
}

function testCase(
  experiment: string | null,
  name: string,
  seconds: number,
  result: Markup | null,
): Markup {
  const suite = experiment === null ? "" : `.${experiment}`;
  const attributes = markup`classname="seawall.ablation${suite}" name="${name}" time="${seconds}"`;
  return markup`    <testcase ${attributes}>${result}</testcase>\n`;
}
