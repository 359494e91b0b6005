/** The matrix of an ablation as a page, and for continuous integration. Both link to the runs. */
import type { Ablation, Cell } from "../ablation/ablation.ts";
import { detail, outcomeWords } from "./ablation-text.ts";
import { markup, type Markup } from "./markup.ts";
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
  return renderShell({
    title: `Ablation: ${verdict}`,
    status,
    heading: "ablation",
    subheading,
    skipTo: { id: "matrix", text: "Skip to the matrix" },
    styles: ["ablation.css"],
    scripts: [],
    charts: false,
    data: null,
    body: markup`<section class="page" aria-labelledby="said"><h1 id="said">${verdict}</h1>
<p>Each experiment must hold with all defences. Without a defence that it relies on, a claim that the defence protects must be refuted.</p>
${complaints.length === 0 ? null : markup`<ul class="complaints">${complaints.map(({ text }) => markup`<li>${clip(text, 1000)}</li>`)}</ul>`}</section>
<section class="page" aria-labelledby="matrix"><h2 id="matrix">Experiments and defences</h2>
<div class="scroll"><table class="matrix"><thead><tr><th scope="col">experiment</th><th scope="col">all defences</th>${defences.map((name) => markup`<th scope="col">without ${name}</th>`)}</tr></thead>
<tbody>${rows.map(
      ({
        experiment,
        topology,
        whole,
        controls,
      }) => markup`<tr><th scope="row">${experiment}<br><span class="soft">${topology}</span></th>${field(page, whole)}${defences.map(
        (name) =>
          field(
            page,
            controls.find((cell) => cell.without === name),
          ),
      )}</tr>
`,
    )}</tbody></table></div></section>`,
  });
}

function field(page: AblationPage, cell: Cell | undefined): Markup {
  if (cell === undefined) return markup`<td></td>`;
  const href = page.linkOf(cell);
  const word = outcomeWords[cell.outcome];
  return markup`<td class="${tones[cell.outcome]}">${href === null ? markup`${word}` : markup`<a href="${href}">${word}</a>`}<br><span class="soft">${clip(detail(cell))}${cell.reused ? " (recorded run)" : ""}</span></td>`;
}

export function renderAblationJunit({ rows, complaints }: Ablation): string {
  const cells = rows.flatMap(({ whole, controls }) => [whole, ...controls]);
  const unneeded = complaints.filter(({ kind }) => kind === "unneeded");
  const bad = (cell: Cell): boolean =>
    cell.outcome === "notHeld" || cell.outcome === "green" || cell.outcome === "otherClaim";
  const open = (cell: Cell): boolean => cell.outcome === "undecided" || cell.outcome === "notRun";
  const counts = markup`tests="${cells.length + unneeded.length}" failures="${cells.filter(bad).length + unneeded.length}" errors="${cells.filter(open).length}"`;
  const seconds = cells.reduce((sum, cell) => sum + cell.seconds, 0);
  const one = (cell: Cell): Markup => {
    const said = clip(`${outcomeWords[cell.outcome]}: ${detail(cell)}`, 1000);
    const result = bad(cell)
      ? markup`<failure type="${cell.outcome}" message="${said}"/>`
      : open(cell)
        ? markup`<error type="${cell.outcome}" message="${said}"/>`
        : null;
    return markup`    <testcase classname="seawall.ablation.${cell.experiment}" name="${cell.without === null ? "all defences" : `without ${cell.without}`} [${cell.topology}]" time="${cell.seconds}">${result}</testcase>\n`;
  };
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="seawall" ${counts} time="${seconds}">
  <testsuite name="ablation" ${counts} time="${seconds}">
${cells.map(one)}${unneeded.map(({ text }) => markup`    <testcase classname="seawall.ablation" name="every defence is needed" time="0"><failure type="unneeded" message="${clip(text, 1000)}"/></testcase>\n`)}  </testsuite>
</testsuites>
`.text;
}
