/**
 * The index's parts: totals, filter, runs and broken runs. Everything is readable without a script,
 * except for the filter.
 */
import {
  type BrokenRun,
  type IndexedPage,
  type IndexedRun,
  isAsExpected,
  type RunIndex,
} from "../../record/run-index.ts";
import type { Status } from "../../record/verdict.ts";
import { isVirtual } from "../../record/substrates.ts";
import { formatCount, missing } from "../../phrases/format.ts";
import { markup, type Markup } from "../markup.ts";
import { usedText } from "./claims.ts";
import { mark, shape, words } from "./icons.ts";
import { minuteOf, numberCell, quiet, scrollingTable, section, soft } from "./parts.ts";

/** Older ones are only in their folders. */
const rowsMax = 2_000;

export function indexHead({ runs }: RunIndex): Markup {
  const [experiments, controls] = [
    runs.filter((run) => run.without.length === 0),
    runs.filter((run) => run.without.length > 0),
  ];
  const of = (status: Status): IndexedRun[] => experiments.filter((run) => run.status === status);
  const simulated = (status: Status): Markup | null => {
    const count = of(status).filter(({ substrate }) => isVirtual(substrate)).length;
    return count === 0 ? null : soft(`${formatCount(count)} simulated`);
  };
  const tile = (status: Status): Markup =>
    markup`<div class="tile ${status}"><dt>${words[status]}</dt>
<dd>${shape(status)} ${formatCount(of(status).length)}${simulated(status)}</dd></div>`;
  return markup`<section class="page" aria-labelledby="all"><h1 id="all">Runs</h1>
<dl class="tiles">${(["held", "refuted", "inconclusive"] as const).map(tile)}
<div class="tile"><dt>Controls refuted, as expected</dt>
<dd>${formatCount(controls.filter(isAsExpected).length)}${soft(
    `of ${formatCount(controls.length)}`,
  )}</dd></div></dl></section>`;
}

export function runsSection(runs: readonly IndexedRun[]): Markup {
  if (runs.length === 0)
    return section("runs", "All runs", [
      quiet(markup`There are no runs yet. <code>seawall run origin-storm</code> makes one.`),
    ]);
  const shown = runs.slice(0, rowsMax);
  return section("runs", "All runs", [
    filter(shown),
    runs.length > rowsMax
      ? quiet(`The newest ${formatCount(rowsMax)} of ${formatCount(runs.length)}.`)
      : null,
    scrollingTable(
      "Table of all runs",
      "runs",
      [
        "Verdict",
        "Experiment",
        "Begun, UTC",
        "Substrate, topology",
        "Version",
        "Tightest claim, and how much it used of its allowance",
        { n: "Seed" },
      ],
      markup`<tbody>${shown.map(row)}</tbody>`,
    ),
    markup`<p class="quiet" id="none" hidden>No run is like that.
<button type="button" id="clear-none">Show all</button></p>`,
  ]);
}

export function versionOf({ version, subject, targetVersion }: IndexedRun): string {
  return subject ?? targetVersion ?? version ?? "unknown";
}

function filter(runs: readonly IndexedRun[]): Markup {
  const sorted = (of: (run: IndexedRun) => string): string[] => [...new Set(runs.map(of))].sort();
  const choices = [
    choice(
      "experiment",
      "Experiment",
      "all",
      sorted((run) => run.experiment),
    ),
    choice("status", "Verdict", "any", ["held", "refuted", "inconclusive"]),
    select("by-kind", "Kind", [
      ["", "experiments and controls"],
      ["experiment", "experiments"],
      ["control", "controls"],
      ["unwanted", "not as expected"],
    ]),
    choice("version", "Version", "any", runs.map(versionOf)),
    choice(
      "substrate",
      "Substrate",
      "any",
      sorted((run) => run.substrate),
    ),
  ];
  return markup`<form class="filter needs-script" aria-label="Which runs are shown">
${choices.map((field) => markup`${field}\n`)}
<div class="field"><label for="by-text">Contains</label><input id="by-text" type="search"
  autocomplete="off" placeholder="seed, run, defence, reason"></div>
<p role="status" id="shown">${formatCount(runs.length)} runs</p>
<button type="button" id="clear" hidden>Show all</button>
</form>`;
}

/** A field that offers each value once, and `all` for no choice. */
function choice(of: string, label: string, all: string, values: readonly string[]): Markup {
  return select(`by-${of}`, label, [
    ["", all],
    ...[...new Set(values)].map((value) => [value, value] as const),
  ]);
}

function select(
  id: string,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
): Markup {
  const all = options.map(([value, text]) => markup`<option value="${value}">${text}</option>`);
  return markup`<div class="field"><label for="${id}">${label}</label>
<select id="${id}">${all}</select></div>`;
}

function row(run: IndexedRun): Markup {
  const { status, without, path, why } = run;
  const control = without.length > 0;
  const asExpected = isAsExpected(run);
  const href = hrefOf(path) + (run.hasReport ? "report.html" : "");
  const kind = control ? "control" : "experiment";
  const surprise = control ? "inconclusive" : status;
  const begun = run.startedAtMs === null ? missing : minuteOf(run.startedAtMs);
  const asControl = soft(asExpected ? "as it must be" : "; a control should be refuted");
  const chip = markup` <span class="chip">without ${without.join(", ")}</span>`;
  const because = status === "held" ? null : markup`<span class="because">${why}</span>`;
  return markup`<tr class="${asExpected ? "" : surprise}" data-experiment="${run.experiment}"
  data-status="${status}" data-kind="${kind}" data-wanted="${asExpected ? "yes" : "no"}"
  data-version="${versionOf(run)}" data-substrate="${run.substrate}"
  data-simulated="${isVirtual(run.substrate) ? "yes" : "no"}">
<td class="verdict-cell">${mark(status)} ${status}${control ? asControl : null}${
    run.aborted ? soft("aborted") : null
  }</td>
<th scope="row"><a href="${href}">${run.experiment}</a>${
    isVirtual(run.substrate) ? markup` <span class="chip of-model">simulated</span>` : null
  }${control ? chip : null}${because}</th>
<td class="when-cell">${begun}</td><td>${run.substrate}, ${run.topology}</td>
<td class="version">${versionOf(run)}</td><td class="tight">${tightest(run)}</td>
${numberCell(run.seed)}</tr>\n`;
}

/** A folder's path as a URL, with a final slash. */
function hrefOf(path: string): string {
  return `${addressOf(path)}/`;
}

function addressOf(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function tightest({ claims }: IndexedRun): Markup {
  const known = claims.filter((claim) => claim.used !== null);
  const [first] = known.sort((a, b) => (b.used ?? 0) - (a.used ?? 0));
  if (first === undefined || first.used === null) return soft(missing);
  const phase = first.phase === "" ? "" : ` (${first.phase})`;
  return markup`<span class="n">${usedText(first.used)}</span>${soft(first.title + phase)}`;
}

export function pagesSection(pages: readonly IndexedPage[]): Markup | null {
  if (pages.length === 0) return null;
  const items = pages.slice(0, 200).map(({ path, title, writtenAtMs }) => {
    const about = soft(`${path.split("/")[0] ?? ""}, ${minuteOf(writtenAtMs)} UTC`);
    return markup`<li><a href="${addressOf(path)}">${title}</a>${about}</li>`;
  });
  return section("pages", "Comparisons and other pages", [markup`<ul class="pages">${items}</ul>`]);
}

export function brokenSection(broken: readonly BrokenRun[]): Markup | null {
  if (broken.length === 0) return null;
  const items = broken
    .slice(0, 500)
    .map(
      ({ path, why }) =>
        markup`<li><a href="${hrefOf(path)}">${path.slice(0, 200)}</a>${soft(why)}</li>`,
    );
  return section("broken", "Folders without a complete run", [
    markup`<ul class="pages">${items}</ul>`,
  ]);
}
