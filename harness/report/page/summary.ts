/**
 * The first screen: the verdict, its reason, the faults and the impact on users. It needs no
 * script.
 */
import type { Phase } from "../../base/phases.ts";
import {
  formatCount,
  formatDuration,
  formatOffset,
  formatValue,
  missing,
} from "../../phrases/format.ts";
import type { PhaseImpact, LaneImpact } from "../user-impact.ts";
import { markup, type Markup } from "../markup.ts";
import type { ReportModel } from "../model.ts";
import type { FaultBand } from "../timeline.ts";
import { shape, words } from "./icons.ts";
import { decidingSection } from "./deciding.ts";
import { verdictHead } from "./parts.ts";
import { timelineStrip } from "./timeline-strip.ts";

const faultsShown = 3;

export function summary(model: ReportModel): Markup {
  const head = verdictHead({
    kind: model.status,
    shape: shape(model.status),
    heading: words[model.status],
    why: markup`<p class="why">${model.why}</p>`,
    title: model.title,
    asked: markup`<p>${model.story}</p>`,
  });
  return markup`${control(model)}${head}
<div class="page">
  ${notices(model)}
  ${decidingSection(model)}
  <div class="twofold">
    <section aria-labelledby="broken"><h2 id="broken">Faults</h2>${faults(model)}</section>
    <section aria-labelledby="impact"><h2 id="impact">${impactTitle(model)}</h2>
${impact(model)}</section>
  </div>
  ${timelineStrip(model)}
</div>`;
}

/** At the top: for a control, "refuted" is a success and "held" is not. */
function control({ without, status }: ReportModel): Markup | null {
  if (without.length === 0) return null;
  const meaning = {
    refuted: "and it was",
    held: "yet it held: this experiment proves nothing about the disabled defence",
    inconclusive: "which this run does not show",
  }[status];
  return markup`<p class="control ${status}"><span class="page">
<strong>Control: without ${without.join(", ")}.</strong>
Expected to be refuted, ${meaning}.</span></p>\n`;
}

/** What a reader must know before trusting the rest of the page. */
function notices({ aborted, cleanup, notes, damage, lacking }: ReportModel): Markup {
  const notice = (tone: string, title: string, text: readonly string[]): Markup => {
    const list = markup`<ul>${text.map((one) => markup`<li>${one}</li>`)}</ul>`;
    return markup`<div class="notice ${tone}"><strong>${title}</strong>
${text.length === 1 ? text.join("") : list}</div>\n`;
  };
  return markup`${[
    ...(aborted === null
      ? []
      : [notice("grave", `Aborted (${aborted.reason}):`, [aborted.detail])]),
    ...(cleanup.status === "incomplete"
      ? [
          notice("grave", "Cleanup is incomplete.", [
            `Left behind: ${cleanup.left.join(", ")}. Undo it with seawall recover.`,
          ]),
        ]
      : []),
    ...(cleanup.status === "unknown"
      ? [notice("wary", "Cleanup was not recorded.", ["Run seawall recover to see what is left."])]
      : []),
    ...(notes.length === 0 ? [] : [notice("wary", "Note:", notes)]),
    ...(damage.length === 0 ? [] : [notice("grave", "The record is damaged:", damage)]),
    ...(lacking.length === 0 ? [] : [notice("wary", "Missing from the record:", lacking)]),
  ]}`;
}

function faults({ faults: all }: ReportModel): Markup {
  if (all.length === 0) return markup`<p class="quiet">The record has no fault.</p>`;
  const more = all.slice(faultsShown);
  const rest = markup`<details><summary>${more.length} more</summary>
<ol class="faults" start="${faultsShown + 1}">${more.map(fault)}</ol></details>`;
  return markup`<ol class="faults">${all.slice(0, faultsShown).map(fault)}</ol>
${more.length === 0 ? null : rest}`;
}

function fault({
  label,
  fromMs,
  healedMs,
  landed,
  evidence,
  healEvidence,
  healLanded,
}: FaultBand): Markup {
  const span =
    healedMs === null
      ? `from ${formatOffset(fromMs)}, no heal is recorded`
      : `${formatOffset(fromMs)} to ${formatOffset(healedMs)} ` +
        `(${formatDuration(healedMs - fromMs)})`;
  const healed = healLanded === true;
  const heal = (seen: string): Markup =>
    proof(healed, healed ? "Healed" : "Not shown to have healed", seen);
  return markup`<li><strong>${label}</strong> <span class="when">${span}</span>
${proof(landed, landed ? "Landed" : "Not shown to have landed", evidence)}
${healEvidence === null ? null : heal(healEvidence)}</li>`;
}

/**
 * A zone has many services, each with its own observation: the first shows the kind of proof, the
 * others are one click away.
 */
function proof(shown: boolean, word: string, evidence: string): Markup {
  const [first = "", ...others] = evidence.split("; ");
  const rest =
    others.length < 2
      ? markup`${evidence}`
      : markup`${first} <details><summary>and ${others.length} more</summary>
${others.join("; ")}</details>`;
  const sign = shown ? "✓" : "✗";
  return markup`<div class="proof ${shown ? "shown" : "unshown"}"><b>${sign} ${word}:</b>
${rest}</div>`;
}

/** The pack's own words, where what it says was measured. */
function impactTitle({ impact: all, effectsTitle }: ReportModel): string {
  return all.some(({ effects }) => effects.length > 0) ? effectsTitle : "User impact";
}

function impact({ impact: all }: ReportModel): Markup {
  const main = all.find((one) => one.phase === "fault") ?? all.at(-1);
  const asked = ({ classes }: PhaseImpact): number =>
    classes.reduce((total, one) => total + one.asked, 0);
  const hasEffects = main !== undefined && main.effects.length > 0;
  if (main === undefined || (!hasEffects && all.every((one) => asked(one) === 0)))
    return markup`<p class="quiet">Unknown: no judged phase has a recorded request of a user.</p>`;
  const effects = main.effects.map(({ label, unit, value }, index) =>
    figure(
      label,
      main.phase,
      formatValue(value, unit),
      "",
      all
        .filter((one) => one !== main)
        .map((one) => `${one.phase} ${formatValue(one.effects[index]?.value ?? null, unit)}`),
    ),
  );
  // Requests are shown beside it only where there were some of that metric.
  if (hasEffects && all.every((one) => asked(one) === 0))
    return markup`<dl class="figures">\n${effects}\n</dl>`;
  const others = all.filter((one) => one !== main && asked(one) > 0);
  const share = (value: number | null): string => formatValue(value, "share");
  const figures = main.classes.flatMap((one, index) => {
    const beside = (of: (one: LaneImpact) => string): string[] =>
      others.flatMap(({ phase, classes }) =>
        classes[index] === undefined ? [] : [`${phase} ${of(classes[index])}`],
      );
    const served = (detail: string): Markup =>
      figure(
        `${one.title} served`,
        main.phase,
        share(one.servedShare),
        detail,
        beside((other) => share(other.servedShare)),
      );
    if (index > 0)
      return [
        served(
          one.asked === 0
            ? "no requests"
            : `${formatCount(one.shed)} shed of ${formatCount(one.asked)}`,
        ),
      ];
    const longest = one.worstP99Ms === null ? missing : formatValue(one.worstP99Ms, "ms");
    return [
      served(`of ${formatCount(one.asked)}`),
      figure(
        `Longest ${one.lane} wait, p99`,
        main.phase,
        longest,
        "in the worst interval",
        beside((other) => formatValue(other.worstP99Ms, "ms")),
      ),
    ];
  });
  return markup`<dl class="figures">
${effects}${figures}
</dl>`;
}

function figure(
  label: string,
  phase: Phase,
  value: string,
  detail: string,
  beside: readonly string[],
): Markup {
  return markup`<div><dt>${label} <span class="phase-name">in ${phase}</span></dt>
<dd class="big">${value}</dd><dd>${detail}</dd>
${beside.map((text) => markup`<dd>${text}</dd>`)}</div>`;
}
