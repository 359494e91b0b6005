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
import {
  chartHelp,
  chartReadout,
  minuteOf,
  notesOnFigures,
  numberCell,
  quiet,
  scrollingTable,
  section,
  verdictHead,
} from "./parts.ts";

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
  const outcomeText =
    others.length === 1 && only !== undefined
      ? outcomeWords[only.outcome]
      : others
          .map(({ side, outcome }) => `${side.name}: ${outcomeWords[outcome].toLowerCase()}`)
          .join("; ");
  const long = others.length > 1 || ["none", "undecided", "mixed"].includes(worst);
  const whys = others.map((against) => why(against, comparison));
  return markup`${verdictHead({
    kind: status ?? "neutral",
    shape: status === null ? neutralShape : shape(status),
    heading: outcomeText,
    isLong: long,
    why: markup`${whys}
${whichIsWhich(comparison)}`,
    title: clip(title),
    asked: highlights(comparison),
  })}
<div class="page">${notesOnFigures(marked)}</div>`;
}

const neutralShape = markup`<svg class="shape neutral" viewBox="0 0 24 24" width="24" height="24"
  fill="#536270" aria-hidden="true"><rect x="1" y="1" width="22" height="22" rx="5"/>
  <path class="sign" d="M7 9.6h10M7 14.4h10"/></svg>`;

function why(against: Against, { others, baseline }: Comparison): Markup {
  const name = others.length > 1 ? `${against.side.name}: ` : "";
  const power = powerSentences({ ...against, baselineRuns: baseline.runs.length });
  return markup`<p class="why">${name}${tallySentence(against)}.</p>
${power.map((text) => markup`<p class="why power">${clip(text, 600)}.</p>`)}`;
}

/** "A, the baseline: version 1.4.0, 3 runs": the user's names of the sides, before any figure. */
function whichIsWhich({ baseline, others }: Comparison): Markup {
  const sides = [baseline, ...others.map(({ side }) => side)];
  const line = (side: Side, index: number): Markup =>
    markup`<span>${sideName(side, index, "b")} ${index === 0 ? "baseline, " : ""}${clip(
      versionsOf(side),
      120,
    )}</span> `;
  return markup`<p class="which">${sides.map(line)}</p>`;
}

function sideName({ name }: Side, index: number, element: "b" | "span"): Markup {
  const kind = `side-name side-${Math.min(index, 7)}`;
  return element === "b"
    ? markup`<b class="${kind}">${name}</b>`
    : markup`<span class="${kind}">${name}</span>`;
}

/** The version that the user gave; without one, the folder of the runs. */
function versionsOf({ runs }: Side): string {
  const given = [
    ...new Set(
      runs
        .map(({ subject, targetVersion }) =>
          subject === null && targetVersion !== null ? `version ${targetVersion}` : subject,
        )
        .filter((words) => words !== null),
    ),
  ];
  const ids = runs.map(({ id }) => id);
  const many =
    runs.length === 1
      ? (ids[0] ?? "")
      : `${runs.length} runs, ${ids[0] ?? ""} to ${ids.at(-1) ?? ""}`;
  return given.length === 0 ? many : `${given.join(" and ")}, ${many}`;
}

/** The most certain relevant differences in words, for the first screen. */
function highlights({ others }: Comparison): Markup {
  const name = (side: Side): string => (others.length > 1 ? `${side.name}: ` : "");
  const turned = others.flatMap(({ side, claims }) =>
    claims.filter((claim) => claim.turned !== null).map((claim) => ({ side, claim })),
  );
  const all = others.flatMap(({ side, changes }) =>
    changes.filter(differs).map((change) => ({ side, change })),
  );
  const first = all
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
  const counts = (side: Side, claim: ClaimOutcome): string =>
    `${name(side)}${clip(claim.title, 160)} (${claim.phase}): ` +
    `A ${tally(claim.a)}, ${side.name} ${tally(claim.b)}`;
  const text = (side: Side, change: Change): string => `${name(side)}${clip(sentence(change))}`;
  if (first.length + turned.length === 0 && looks.length + otherwise.length > 0) {
    const items = [
      ...otherwise
        .slice(0, sentencesMax)
        .map(({ side, claim }) => `${counts(side, claim)}; ${chanceText(claim)}`),
      ...looks.slice(0, sentencesMax).map(({ side, change }) => text(side, change)),
    ];
    return markup`<ul class="changes">${items.map((item) => markup`<li>${item}</li>`)}</ul>`;
  }
  if (first.length + turned.length === 0)
    return markup`<p>A figure differs only if the difference is larger than its floor, its 95 %
interval excludes zero, and a test over whole runs confirms it.</p>`;
  const items = [
    ...turned
      .slice(0, sentencesMax)
      .map(({ side, claim }) => [claim.turned, counts(side, claim)] as const),
    ...first.map(({ side, change }) => [change.outcome, text(side, change)] as const),
  ].map(([kind, item]) => markup`<li class="${kind}">${item}</li>`);
  return markup`<ul class="changes">${items}</ul>`;
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
  const bodies = sides.map(
    (side, index) =>
      markup`<tbody>${side.runs.map((run, at) => sideRow(side, index, at, run, linkTo))}</tbody>`,
  );
  return section("runs", "Compared runs", [
    scrollingTable(
      "Table of the runs compared",
      "sides",
      ["Side", "Run", "Verdict", "Begun", { n: "Seed" }, "Switched off", "Version", "Seawall"],
      markup`${bodies}`,
    ),
  ]);
}

function sideRow(
  side: Side,
  index: number,
  at: number,
  run: Side["runs"][number],
  linkTo: (directory: string) => string | null,
): Markup {
  const link = linkTo(run.directory);
  const when = run.startedAtMs === null ? missing : `${minuteOf(run.startedAtMs)} UTC`;
  const head = markup`<th scope="rowgroup" rowspan="${side.runs.length}">${sideName(
    side,
    index,
    "span",
  )}${index === 0 ? " baseline" : ""}</th>`;
  const name = clip(run.id, 80);
  return markup`<tr>${at > 0 ? null : head}
<td>${link === null ? name : markup`<a href="${link}">${name}</a>`}</td>
<td>${mark(run.status)} ${run.status}</td><td>${when}</td>${numberCell(run.seed)}
<td>${run.without.length === 0 ? "nothing" : clip(run.without.join(", "))}</td>
<td>${clip(run.subject ?? run.targetVersion ?? missing, 90)}</td>
<td>${run.version === null ? missing : clip(run.version, 60)}</td></tr>`;
}

export function againstSections(comparison: Comparison): readonly Markup[] {
  const several = comparison.others.length > 1;
  return comparison.others.map(
    (against) => markup`${claimSection(against, several)}\n${changeSection(against, several)}`,
  );
}

function claimSection({ side, claims }: Against, several: boolean): Markup {
  const otherwise = (claim: ClaimOutcome): boolean => claim.changed || claim.turned !== null;
  const [changed, same] = [claims.filter(otherwise), claims.filter((claim) => !otherwise(claim))];
  const id = `claims-${side.name}`;
  return section(id, `Claims${several ? `: ${side.name} against A` : ""}`, [
    changed.length === 0
      ? quiet("No claim changed its verdict.")
      : claimTable(changed, side, `${id}-changed`),
    same.length === 0
      ? null
      : folded(
          `${same.length} with the same verdict on both sides`,
          claimTable(same, side, `${id}-same`),
        ),
  ]);
}

function folded(summary: string, body: Markup): Markup {
  return markup`<details class="more"><summary>${summary}</summary>${body}</details>`;
}

function claimTable(claims: readonly ClaimOutcome[], { name }: Side, id: string): Markup {
  return scrollingTable(
    `Claims of A and ${name}, ${id}`,
    "compared",
    [
      "Claim",
      "Phase",
      "A",
      name,
      { n: "Observed, A" },
      { n: `Observed, ${name}` },
      { n: "Limit" },
      "Turned",
    ],
    markup`<tbody>
${claims.map(claimRow)}
</tbody>`,
  );
}

function claimRow(claim: ClaimOutcome): Markup {
  const turned = { worse: "refuted", better: "held", "": claim.changed ? "inconclusive" : "" };
  return markup`<tr class="${turned[claim.turned ?? ""]}">
<th scope="row">${clip(claim.title, 300)}</th><td>${claim.phase}</td>
<td>${tally(claim.a)}</td><td>${tally(claim.b)}</td>
${numberCell(observedText(claim.observed[0], claim))}
${numberCell(observedText(claim.observed[1], claim))}
${numberCell(limitText(claim))}<td>${claim.turned ?? chanceText(claim)}</td></tr>`;
}

/** What users see comes first; what the machine spends is apart, and last. */
const families = [
  ["felt", "What users see"],
  ["inside", "Inside the target"],
  ["resources", "What the machine spends"],
] as const;

function changeSection({ side, changes }: Against, several: boolean): Markup {
  const parts = families.flatMap(([family, title]) => {
    const own = changes.filter(({ quantity }) => quantity.family === family);
    return own.length === 0 ? [] : changesOf(own, side, title);
  });
  const heading = `Figures${several ? `: ${side.name} against A` : ""}`;
  const none = quiet("Not one figure was recorded on both sides.");
  return section(`figures-${side.name}`, heading, parts.length === 0 ? [none] : parts);
}

function changesOf(changes: readonly Change[], side: Side, title: string): (Markup | null)[] {
  const of = (outcome: Change["outcome"]): Change[] =>
    changes.filter((change) => change.outcome === outcome);
  const shown = changes.filter(differs).sort((x, y) => rank(x) - rank(y));
  const table = (rows: readonly Change[], what: string): Markup =>
    changeTable(rows, side, `${what}: ${title.toLowerCase()}`);
  const more = (what: string, rows: readonly Change[]): Markup | null =>
    rows.length === 0 ? null : folded(`${rows.length} ${what}`, table(rows, what));
  return [
    markup`<h3 class="family">${title}</h3>`,
    shown.length === 0 ? quiet("No figure is shown to differ.") : table(shown, "shown to differ"),
    more("shown to be the same", of("alike")),
    more("undecided by these runs", of("unclear")),
  ];
}

function changeTable(rows: readonly Change[], { name }: Side, what: string): Markup {
  const reach = forestReach(rows);
  return scrollingTable(
    `Figures ${what}, A and ${name}`,
    "compared",
    [
      "Figure",
      "Phase",
      { n: "A" },
      { n: name },
      "Difference, 95 % interval",
      { n: "Least shown" },
      forestScale(reach),
    ],
    markup`<tbody>
${rows.map((change) => changeRow(change, reach))}
</tbody>`,
  );
}

function changeRow(change: Change, reach: ReturnType<typeof forestReach>): Markup {
  const { quantity, phase, outcome, interval, a, b } = change;
  const difference =
    interval === null ? "too little was recorded" : `${signOf(change)}${span(change)}`;
  return markup`<tr class="${outcome}"><th scope="row">${clip(quantity.title, 200)}</th>
<td>${phase}</td>
${numberCell(formatValue(a, shownUnit(change)))}${numberCell(formatValue(b, shownUnit(change)))}
<td class="said-${outcome}">${difference} <span class="outcome">${words[outcome]}</span></td>
${numberCell(smallestText(change))}<td>${forest(change, reach)}</td></tr>`;
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
    return section("charts", "Overlaid", [
      quiet("There is nothing to draw: no run reached its fault phase."),
    ]);
  const bucket = formatDuration(overlay.axis.bucketMs);
  const figures = overlay.charts.map((chart, index) => figure(chart, index, overlay));
  return section(
    "charts",
    "Overlaid",
    [
      quiet(markup`Seconds count from the start of the baseline; each point covers ${bucket} and
all runs of a side together. The shading is that of the first run of A. ${chartHelp}`),
      chartReadout,
      markup`<div class="small-charts">${figures}</div>`,
    ],
    "page charts",
  );
}

export function method(): Markup {
  return section("method", "How this was computed", [
    markup`<p class="prose">Each phase is divided into windows as long as one period of the target.
A figure differs only if three conditions hold. The difference is larger than its
floor (5 %, 2 ms, or a tenth of a percentage point). Its 95 % interval excludes zero. A test over
whole runs confirms it after correction for all comparisons. The test uses one number per run,
because what is special about a run affects all its windows. All figures of a family are tested
together: by permutation of the runs where there are enough, else by rotation, which assumes
normally distributed runs. Between runs of the same version, the chance of any false difference is
at most 5 %. “Least shown” is the smallest difference that these runs could show. A claim has
changed if Fisher’s exact test of its counts, or the test of its observed values, says so. Intervals
come from a bootstrap of runs, then of blocks of consecutive windows. With several runs per side
they are at least as wide as Student’s t over the runs’ figures. “No difference shown” is not “the
same”: a figure is the same only if its whole interval lies within the floor.</p>`,
  ]);
}
