/**
 * The parts of a comparison's page: the result, the runs, the claims, the differences, and the
 * overlaid curves.
 */
import type { ClaimOutcome } from "../../compare/claims-changed.ts";
import type { Change } from "../../compare/compare.ts";
import type { Against, Comparison, Outcome, Side } from "../../compare/comparison.ts";
import {
  chanceText,
  limitText,
  observedText,
  outcomeWords,
  powerSentences,
  sentence,
  smallestText,
  span,
  suspects,
  tally,
  tallySentence,
} from "../../compare/words.ts";
import type { Status } from "../../record/verdict.ts";
import type { OverlayModel } from "../compare-charts.ts";
import { formatDuration, formatValue, missing } from "../../phrases/format.ts";
import { markup, type Markup } from "../markup.ts";
import { clip } from "../plain.ts";
import { figure } from "./chart-figures.ts";
import { forest, forestReach, forestScale } from "./forest.ts";
import { mark, shape } from "./icons.ts";

/** The look of the page for each outcome; no difference is neutral. */
export const statusOf: Readonly<Record<Outcome, Status | null>> = {
  worse: "refuted",
  mixed: "refuted",
  better: "held",
  different: "inconclusive",
  none: null,
  undecided: "inconclusive",
};
const severity: readonly Outcome[] = ["none", "undecided", "different", "better", "mixed", "worse"];
const differs = ({ outcome }: Change): boolean =>
  outcome === "worse" || outcome === "better" || outcome === "different";
/** On the first screen. */
const sentencesMax = 4;

export function worstOutcome({ others }: Comparison): Outcome {
  return others
    .map(({ outcome }) => outcome)
    .reduce<Outcome>(
      (worst, one) => (severity.indexOf(one) > severity.indexOf(worst) ? one : worst),
      "none",
    );
}

export function comparisonHead(comparison: Comparison): Markup {
  const { others, title, marked } = comparison;
  const worst = worstOutcome(comparison);
  const status = statusOf[worst];
  const [only] = others;
  return markup`<section class="${`verdict ${status ?? "neutral"}`}" aria-labelledby="verdict">
  <div class="page hero">
    ${status === null ? markup`<svg class="shape neutral" viewBox="0 0 24 24" width="24" height="24" fill="#536270" aria-hidden="true"><rect x="1" y="1" width="22" height="22" rx="5"/><path class="sign" d="M7 9.6h10M7 14.4h10"/></svg>` : shape(status)}
    <div class="said">
      <h1 id="verdict" class="${others.length > 1 || worst === "none" || worst === "undecided" || worst === "mixed" ? "long" : ""}">${others.length === 1 && only !== undefined ? outcomeWords[only.outcome] : others.map(({ side, outcome }) => `${side.name}: ${outcomeWords[outcome].toLowerCase()}`).join("; ")}</h1>
      ${others.map((against) => markup`<p class="why">${others.length > 1 ? `${against.side.name}: ` : ""}${tallySentence(against)}.</p>${powerSentences({ ...against, baselineRuns: comparison.baseline.runs.length }).map((text) => markup`<p class="why power">${clip(text, 600)}.</p>`)}`)}
      ${whichIsWhich(comparison)}
    </div>
    <div class="asked"><h2>${clip(title)}</h2>${highlights(comparison)}</div>
  </div>
</section>
<div class="page">${marked.length === 0 ? null : markup`<div class="notice wary"><h2 class="small">Notes on all figures</h2><ul>${marked.map((text) => markup`<li>${clip(text, 600)}</li>`)}</ul></div>`}</div>`;
}

/** "A, the baseline: version 1.4.0, 3 runs": the user's names of the sides, before any figure. */
function whichIsWhich({ baseline, others }: Comparison): Markup {
  const sides = [baseline, ...others.map(({ side }) => side)];
  return markup`<p class="which">${sides.map((side, index) => markup`<span><b class="${`side-name side-${Math.min(index, 7)}`}">${side.name}</b> ${index === 0 ? "baseline, " : ""}${clip(versionsOf(side), 120)}</span> `)}</p>`;
}

/** The version that the user gave; without one, the folder of the runs. */
function versionsOf({ runs }: Side): string {
  const given = [
    ...new Set(
      runs.map(({ targetVersion }) => targetVersion).filter((version) => version !== null),
    ),
  ];
  const ids = runs.map(({ id }) => id);
  const many =
    runs.length === 1
      ? (ids[0] ?? "")
      : `${runs.length} runs, ${ids[0] ?? ""} to ${ids.at(-1) ?? ""}`;
  return given.length === 0 ? many : `version ${given.join(" and ")}, ${many}`;
}

/** The most certain relevant differences in words, for the first screen. */
function highlights({ others }: Comparison): Markup {
  const name = (side: Side): string => (others.length > 1 ? `${side.name}: ` : "");
  const turned = others.flatMap(({ side, claims }) =>
    claims.filter((claim) => claim.turned !== null).map((claim) => ({ side, claim })),
  );
  const told = others.flatMap(({ side, changes }) =>
    changes.filter(differs).map((change) => ({ side, change })),
  );
  const first = told
    .sort((x, y) => rank(x.change) - rank(y.change))
    .slice(0, Math.max(1, sentencesMax - turned.length));
  const looks = others.flatMap(({ side, changes }) =>
    suspects(changes)
      .slice(0, sentencesMax)
      .map((change) => ({ side, change })),
  );
  const otherwise = others.flatMap(({ side, claims }) =>
    claims
      .filter((claim) => claim.changed && claim.turned === null)
      .map((claim) => ({ side, claim })),
  );
  if (first.length + turned.length === 0 && looks.length + otherwise.length > 0) {
    return markup`<ul class="changes">${otherwise.slice(0, sentencesMax).map(({ side, claim }) => markup`<li>${name(side)}${clip(claim.title, 160)} (${claim.phase}): A ${tally(claim.a)}, ${side.name} ${tally(claim.b)}; ${chanceText(claim)}</li>`)}${looks.slice(0, sentencesMax).map(({ side, change }) => markup`<li>${name(side)}${clip(sentence(change))}</li>`)}</ul>`;
  }
  if (first.length + turned.length === 0)
    return markup`<p>A figure differs only if the difference is larger than its floor, its 95 % interval excludes zero, and a test over whole runs confirms it.</p>`;
  return markup`<ul class="changes">${turned.slice(0, sentencesMax).map(({ side, claim }) => markup`<li class="${claim.turned}">${name(side)}${clip(claim.title, 160)} (${claim.phase}): A ${tally(claim.a)}, ${side.name} ${tally(claim.b)}</li>`)}${first.map(({ side, change }) => markup`<li class="${change.outcome}">${name(side)}${clip(sentence(change))}</li>`)}</ul>`;
}

/** The most protected class first, then what is worse, then what is most certain. */
function rank({ quantity, outcome, p, phase }: Change): number {
  return (
    (quantity.first === true ? 0 : 8) +
    (outcome === "worse" ? 0 : 4) +
    (phase === "fault" ? 0 : phase === "all" ? 1 : 2) +
    p
  );
}

export function sidesTable(
  { baseline, others }: Comparison,
  linkTo: (directory: string) => string | null,
): Markup {
  const sides = [baseline, ...others.map(({ side }) => side)];
  return markup`<section class="page" aria-labelledby="runs"><h2 id="runs">Compared runs</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Table of the runs compared"><table class="sides"><thead><tr><th scope="col">Side</th><th scope="col">Run</th><th scope="col">Verdict</th><th scope="col">Begun</th><th scope="col" class="n">Seed</th><th scope="col">Switched off</th><th scope="col">Version</th><th scope="col">Seawall</th></tr></thead>
${sides.map((side, index) => markup`<tbody>${side.runs.map((run, at) => sideRow(side, index, at, run, linkTo))}</tbody>`)}</table></div></section>`;
}

function sideRow(
  side: Side,
  index: number,
  at: number,
  run: Side["runs"][number],
  linkTo: (directory: string) => string | null,
): Markup {
  const link = linkTo(run.directory);
  const when =
    run.startedAtMs === null
      ? missing
      : `${new Date(run.startedAtMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return markup`<tr>${at > 0 ? null : markup`<th scope="rowgroup" rowspan="${side.runs.length}"><span class="${`side-name side-${Math.min(index, 7)}`}">${side.name}</span>${index === 0 ? " baseline" : ""}</th>`}<td>${link === null ? clip(run.id, 80) : markup`<a href="${link}">${clip(run.id, 80)}</a>`}</td><td>${mark(run.status)} ${run.status}</td><td>${when}</td><td class="n">${run.seed}</td><td>${run.without.length === 0 ? "nothing" : clip(run.without.join(", "))}</td><td>${run.targetVersion === null ? missing : clip(run.targetVersion, 60)}</td><td>${run.version === null ? missing : clip(run.version, 60)}</td></tr>`;
}

export function againstSections(comparison: Comparison): readonly Markup[] {
  return comparison.others.map(
    (against) =>
      markup`${claimSection(against, comparison.others.length > 1)}\n${changeSection(against, comparison.others.length > 1)}`,
  );
}

function claimSection({ side, claims }: Against, several: boolean): Markup {
  const otherwise = (claim: ClaimOutcome): boolean => claim.changed || claim.turned !== null;
  const [changed, same] = [claims.filter(otherwise), claims.filter((claim) => !otherwise(claim))];
  const id = `claims-${side.name}`;
  return markup`<section class="page" aria-labelledby="${id}"><h2 id="${id}">Claims${several ? `: ${side.name} against A` : ""}</h2>
${changed.length === 0 ? markup`<p class="quiet">No claim changed its verdict.</p>` : claimTable(changed, side, `${id}-changed`)}
${same.length === 0 ? null : markup`<details class="more"><summary>${same.length} with the same verdict on both sides</summary>${claimTable(same, side, `${id}-same`)}</details>`}</section>`;
}

function claimTable(claims: readonly ClaimOutcome[], { name }: Side, id: string): Markup {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${`Claims of A and ${name}, ${id}`}"><table class="compared"><thead><tr><th scope="col">Claim</th><th scope="col">Phase</th><th scope="col">A</th><th scope="col">${name}</th><th scope="col" class="n">Observed, A</th><th scope="col" class="n">${`Observed, ${name}`}</th><th scope="col" class="n">Limit</th><th scope="col">Turned</th></tr></thead><tbody>
${claims.map((claim) => markup`<tr class="${claim.turned === "worse" ? "refuted" : claim.turned === "better" ? "held" : claim.changed ? "inconclusive" : ""}"><th scope="row">${clip(claim.title, 300)}</th><td>${claim.phase}</td><td>${tally(claim.a)}</td><td>${tally(claim.b)}</td><td class="n">${observedText(claim.observed[0], claim)}</td><td class="n">${observedText(claim.observed[1], claim)}</td><td class="n">${limitText(claim)}</td><td>${claim.turned ?? chanceText(claim)}</td></tr>`)}
</tbody></table></div>`;
}

function changeSection({ side, changes }: Against, several: boolean): Markup {
  const of = (...outcomes: readonly Change["outcome"][]): Change[] =>
    changes.filter(({ outcome }) => outcomes.includes(outcome));
  const id = `figures-${side.name}`;
  const shown = changes.filter(differs).sort((x, y) => rank(x) - rank(y));
  const more = (title: string, rows: readonly Change[]): Markup | null =>
    rows.length === 0
      ? null
      : markup`<details class="more"><summary>${`${rows.length} ${title}`}</summary>${changeTable(rows, side, title)}</details>`;
  return markup`<section class="page" aria-labelledby="${id}"><h2 id="${id}">Figures${several ? `: ${side.name} against A` : ""}</h2>
${shown.length === 0 ? markup`<p class="quiet">No figure is shown to differ.</p>` : changeTable(shown, side, "shown to differ")}
${more("shown to be the same", of("alike"))}${more("of which these runs cannot tell", of("unclear"))}</section>`;
}

function changeTable(rows: readonly Change[], { name }: Side, what: string): Markup {
  const reach = forestReach(rows);
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${`Figures ${what}, A and ${name}`}"><table class="compared"><thead><tr><th scope="col">Figure</th><th scope="col">Phase</th><th scope="col" class="n">A</th><th scope="col" class="n">${name}</th><th scope="col">Difference, 95 % interval</th><th scope="col" class="n">Least shown</th><th scope="col">${forestScale(reach)}</th></tr></thead><tbody>
${rows.map((change) => markup`<tr class="${change.outcome}"><th scope="row">${clip(change.quantity.title, 200)}</th><td>${change.phase === "all" ? "all" : change.phase}</td><td class="n">${formatValue(change.a, shownUnit(change))}</td><td class="n">${formatValue(change.b, shownUnit(change))}</td><td class="${`said-${change.outcome}`}">${change.interval === null ? "too little was recorded" : `${signOf(change)}${span(change)}`} <span class="outcome">${words[change.outcome]}</span></td><td class="n">${smallestText(change)}</td><td>${forest(change, reach)}</td></tr>`)}
</tbody></table></div>`;
}

const words: Readonly<Record<Change["outcome"], string>> = {
  worse: "worse",
  better: "better",
  different: "different",
  alike: "the same",
  unclear: "not shown",
};

/** In a column without words, the interval needs its sign. */
function signOf({ interval, outcome }: Change): string {
  if (outcome === "alike" || outcome === "unclear" || interval === null) return "";
  return interval.low > 0 ? "+" : "−";
}

function shownUnit({ quantity }: Change): string {
  return quantity.scale === "points" ? "share" : quantity.unit;
}

export function overlaySection(overlay: OverlayModel | null): Markup {
  if (overlay === null || overlay.charts.length === 0)
    return markup`<section class="page" aria-labelledby="charts"><h2 id="charts">Overlaid</h2><p class="quiet">There is nothing to draw: no run reached its fault phase.</p></section>`;
  return markup`<section class="page charts" aria-labelledby="charts">
<h2 id="charts">Overlaid</h2>
<p class="quiet">Seconds count from the start of the fault phase; each point covers ${formatDuration(overlay.axis.bucketMs)} and all runs of a side together. The shading is that of the first run of A. <span class="needs-script">Drag to zoom all charts, double-click to see all; on a chart, arrow keys move the cross-hair.</span></p>
<p class="readout needs-script"><output id="moment"></output> <button type="button" id="zoom-out" hidden>Show the whole run</button></p>
<p class="notice wary without-script">The curves need JavaScript. Each chart’s figures by phase are in its table.</p>
<div class="small-charts">${overlay.charts.map((chart, index) => figure(chart, index, overlay))}</div>
</section>`;
}

export function method(): Markup {
  return markup`<section class="page" aria-labelledby="method"><h2 id="method">How this was computed</h2>
<p class="prose">Each phase is divided into windows as long as one period of the target. A figure differs only if three conditions hold. The difference is larger than its floor (5 %, 2 ms, or a tenth of a percentage point). Its 95 % interval excludes zero. A test over whole runs confirms it after correction for all comparisons. The test uses one number per run, because what is special about a run affects all its windows. All figures of a family are tested together: by permutation of the runs where there are enough, else by rotation, which assumes normally distributed runs. Between runs of the same version, the chance of any false difference is at most 5 %. “Least shown” is the smallest difference that these runs could show. A claim has changed if Fisher’s exact test of its counts, or the test of its observed values, says so. Intervals come from a bootstrap of runs, then of blocks of consecutive windows. With several runs per side they are at least as wide as Student’s t over the runs’ figures. “No difference shown” is not “the same”: a figure is the same only if its whole interval lies within the floor.</p></section>`;
}
