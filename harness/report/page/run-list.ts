/**
 * The index's parts: totals, filter, runs and broken runs. Everything is readable without a script,
 * except for the filter.
 */
import {
  type BrokenRun,
  type IndexedPage,
  type IndexedRun,
  isAsWanted,
  type RunIndex,
} from "../../record/run-index.ts";
import type { Status } from "../../record/verdict.ts";
import { formatCount, missing } from "../../phrases/format.ts";
import { markup, type Markup } from "../markup.ts";
import { usedText } from "./claims.ts";
import { mark, shape, words } from "./icons.ts";

/** Older ones are only in their folders. */
const rowsMax = 2_000;

export function indexHead({ runs }: RunIndex): Markup {
  const [experiments, controls] = [
    runs.filter((run) => run.without.length === 0),
    runs.filter((run) => run.without.length > 0),
  ];
  const count = (status: Status): number =>
    experiments.filter((run) => run.status === status).length;
  const tile = (status: Status): Markup =>
    markup`<div class="${`tile ${status}`}"><dt>${words[status]}</dt><dd>${shape(status)} ${formatCount(count(status))}</dd></div>`;
  return markup`<section class="page" aria-labelledby="all"><h1 id="all">Runs</h1>
<dl class="tiles">${(["held", "refuted", "inconclusive"] as const).map(tile)}<div class="tile"><dt>Controls refuted, as expected</dt><dd>${formatCount(controls.filter(isAsWanted).length)} <span class="soft">of ${formatCount(controls.length)}</span></dd></div></dl></section>`;
}

export function runsSection(runs: readonly IndexedRun[]): Markup {
  if (runs.length === 0)
    return markup`<section class="page" aria-labelledby="runs"><h2 id="runs">All runs</h2><p class="quiet">There are no runs yet. <code>./seawall run origin-storm</code> makes one.</p></section>`;
  const shown = runs.slice(0, rowsMax);
  return markup`<section class="page" aria-labelledby="runs"><h2 id="runs">All runs</h2>
${filter(shown)}
${runs.length > rowsMax ? markup`<p class="quiet">The newest ${formatCount(rowsMax)} of ${formatCount(runs.length)}.</p>` : null}
<div class="scroll" tabindex="0" role="region" aria-label="Table of all runs"><table class="runs"><thead><tr><th scope="col">Verdict</th><th scope="col">Experiment</th><th scope="col">Begun, UTC</th><th scope="col">Substrate, topology</th><th scope="col">Version</th><th scope="col">Tightest claim, and how much it used of its allowance</th><th scope="col" class="n">Seed</th></tr></thead>
<tbody>${shown.map(row)}</tbody></table></div>
<p class="quiet" id="none" hidden>No run is like that. <button type="button" id="clear-none">Show all</button></p></section>`;
}

export function versionOf({ version, targetVersion }: IndexedRun): string {
  return targetVersion ?? version ?? "unknown";
}

function filter(runs: readonly IndexedRun[]): Markup {
  const choice = (id: string, label: string, values: readonly string[], all: string): Markup =>
    markup`<div class="field"><label for="${id}">${label}</label><select id="${id}"><option value="">${all}</option>${[...new Set(values)].map((value) => markup`<option value="${value}">${value}</option>`)}</select></div>`;
  const sorted = (of: (run: IndexedRun) => string): string[] => [...new Set(runs.map(of))].sort();
  return markup`<form class="filter needs-script" aria-label="Which runs are shown">
${choice(
  "by-experiment",
  "Experiment",
  sorted((run) => run.experiment),
  "all",
)}${choice("by-status", "Verdict", ["held", "refuted", "inconclusive"], "any")}
<div class="field"><label for="by-kind">Kind</label><select id="by-kind"><option value="">experiments and controls</option><option value="experiment">experiments</option><option value="control">controls</option><option value="unwanted">not as expected</option></select></div>
${choice("by-version", "Version", runs.map(versionOf), "any")}${choice(
  "by-substrate",
  "Substrate",
  sorted((run) => run.substrate),
  "any",
)}
<div class="field"><label for="by-text">Contains</label><input id="by-text" type="search" autocomplete="off" placeholder="seed, run, defence, reason"></div>
<p role="status" id="shown">${formatCount(runs.length)} runs</p> <button type="button" id="clear" hidden>Show all</button>
</form>`;
}

function row(run: IndexedRun): Markup {
  const { status, without, path, why } = run;
  const control = without.length > 0;
  const wanted = isAsWanted(run);
  const href = `${path.split("/").map(encodeURIComponent).join("/")}/${run.hasReport ? "report.html" : ""}`;
  return markup`<tr class="${wanted ? "" : control ? "inconclusive" : status}" data-experiment="${run.experiment}" data-status="${status}" data-kind="${control ? "control" : "experiment"}" data-wanted="${wanted ? "yes" : "no"}" data-version="${versionOf(run)}" data-substrate="${run.substrate}">
<td class="verdict-cell">${mark(status)} ${status}${control ? markup` <span class="soft">${wanted ? "as it must be" : "; a control should be refuted"}</span>` : null}${run.aborted ? markup` <span class="soft">aborted</span>` : null}</td>
<th scope="row"><a href="${href}">${run.experiment}</a>${control ? markup` <span class="chip">without ${without.join(", ")}</span>` : null}${status === "held" ? null : markup`<span class="because">${why}</span>`}</th>
<td class="when-cell">${run.startedAtMs === null ? missing : new Date(run.startedAtMs).toISOString().slice(0, 16).replace("T", " ")}</td><td>${run.substrate}, ${run.topology}</td><td class="version">${versionOf(run)}</td><td class="tight">${tightest(run)}</td><td class="n">${run.seed}</td></tr>\n`;
}

function tightest({ claims }: IndexedRun): Markup {
  const known = claims.filter((claim) => claim.used !== null);
  const [first] = known.sort((a, b) => (b.used ?? 0) - (a.used ?? 0));
  if (first === undefined || first.used === null)
    return markup`<span class="soft">${missing}</span>`;
  return markup`<span class="n">${usedText(first.used)}</span> <span class="soft">${first.title}${first.phase === "" ? "" : ` (${first.phase})`}</span>`;
}

export function pagesSection(pages: readonly IndexedPage[]): Markup | null {
  if (pages.length === 0) return null;
  return markup`<section class="page" aria-labelledby="pages"><h2 id="pages">Comparisons and other pages</h2><ul class="pages">${pages.slice(0, 200).map((page) => markup`<li><a href="${page.path.split("/").map(encodeURIComponent).join("/")}">${page.title}</a> <span class="soft">${page.path.split("/")[0] ?? ""}, ${new Date(page.writtenAtMs).toISOString().slice(0, 16).replace("T", " ")} UTC</span></li>`)}</ul></section>`;
}

export function brokenSection(broken: readonly BrokenRun[]): Markup | null {
  if (broken.length === 0) return null;
  return markup`<section class="page" aria-labelledby="broken"><h2 id="broken">Folders without a complete run</h2><ul class="pages">${broken.slice(0, 500).map(({ path, why }) => markup`<li><a href="${`${path.split("/").map(encodeURIComponent).join("/")}/`}">${path.slice(0, 200)}</a> <span class="soft">${why}</span></li>`)}</ul></section>`;
}
