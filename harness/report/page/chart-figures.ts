/**
 * The frames of the charts: title, note, legend and table are in the page; the script only draws
 * the curves.
 */
import type { Chart, ChartLine } from "../chart.ts";
import type { Tone } from "../../target/charts.ts";
import type { Heat } from "../heat.ts";
import { formatCount, formatDuration, formatValue } from "../../phrases/format.ts";
import { markup, type Markup } from "../markup.ts";
import type { ReportModel } from "../model.ts";
import { chartHelp, chartReadout, quiet, section } from "./parts.ts";
import type { Section } from "./section.ts";
import { table } from "./table.ts";

/** Lines differ in dash as well as in colour. */
export const dashes: Readonly<Partial<Record<Tone, readonly number[]>>> = {
  p95: [6, 3],
  p50: [2, 3],
  audience: [7, 4],
  two: [7, 3],
  three: [2, 2],
  four: [9, 3, 2, 3],
  five: [4, 2],
  six: [12, 3],
  seven: [2, 4],
  eight: [6, 2, 2, 2],
  lost: [3, 2],
};

/** The part of a model that charts need; a comparison has it, too. */
export type Charted = Pick<ReportModel, "charts" | "axis" | "uncharted" | "judgedPhases">;

export const charts: Section = { id: "charts", link: "Over time", position: 30, body };

function body(model: Charted): Markup {
  const { charts: drawn, axis, uncharted } = model;
  const bucket = formatDuration(axis.bucketMs);
  return section(
    "charts",
    "Over time",
    [
      quiet(markup`Seconds count from the start of the baseline; each point covers ${bucket}.
${chartHelp}`),
      markKey,
      chartReadout,
      drawn.length === 0
        ? quiet("There is nothing to draw.")
        : markup`${drawn.map((chart, index) => figure(chart, index, model))}`,
      uncharted.length === 0
        ? null
        : quiet(`Not charted, as the record has no samples: ${uncharted.join(", ")}.`),
    ],
    "page charts",
  );
}

const markKey = markup`<ul class="mark-key needs-script">
${[
  keyMark(12, 10, "landed", "M1 0h10L6 10z", "seen to have landed"),
  keyMark(12, 10, "healed", "M1 10h10L6 0z", "seen to have healed"),
  keyMark(12, 12, "bad", "M6 0l6 6-6 6-6-6z", "not as planned"),
  keyMark(8, 8, "note", "M1 1h6v6H1z", "remark in the log"),
]}</ul>`;

function keyMark(width: number, height: number, of: string, path: string, means: string): Markup {
  return markup`<li><svg width="${width}" height="${height}" aria-hidden="true">
<path class="mark ${of}" d="${path}"/></svg> ${means}</li>`;
}

export function figure(chart: Chart, index: number, model: Pick<Charted, "judgedPhases">): Markup {
  const scale = chart.logarithmic ? " Logarithmic scale." : null;
  const legend =
    chart.heat === undefined
      ? markup`<ul class="legend">${chart.lines.map((line) => entry(line, chart.stacked))}</ul>`
      : heatLegend(chart.heat);
  const label = `${chart.title}. The table below holds the same figures.`;
  return markup`<figure class="chart" data-chart="${index}" aria-labelledby="chart-${chart.id}">
<figcaption><h3 id="chart-${chart.id}">${chart.title}</h3>
<p>${chart.note}${scale}</p></figcaption>
${legend}
<div class="plot needs-script" tabindex="0" role="img" aria-label="${label}"></div>
<details class="figures-table"><summary>Table</summary>${phaseTable(chart, model)}
<button type="button" class="needs-script all-intervals">Show every interval</button></details>
</figure>\n`;
}

function entry(line: ChartLine, stacked: boolean): Markup {
  const filled = stacked && line.axis === "left";
  const dash = (dashes[line.tone] ?? []).join(" ");
  const drawn = filled
    ? markup`<rect class="fills ${line.tone}" width="14" height="10" rx="2"/>`
    : markup`<path class="strokes ${line.tone}" stroke="#536270" d="M0 5h22"
  stroke-dasharray="${dash}"/>`;
  return markup`<li><svg width="${filled ? 14 : 22}" height="10" aria-hidden="true">${drawn}</svg>
${line.label}<output></output></li>`;
}

/** The least and the greatest count of a cell, at the ends of the scale. */
function heatLegend({ rows }: Heat): Markup {
  const most = rows.reduce((a, row) => row.reduce((b, value) => Math.max(b, value), a), 0);
  const shades = [0.15, 0.35, 0.55, 0.75, 1].map(
    (opacity, index) =>
      markup`<rect class="fills heat" fill="#536270" x="${index * 16}" width="16" height="10"
  opacity="${opacity}"/>`,
  );
  return markup`<ul class="legend"><li>1
<svg width="80" height="10" aria-hidden="true">${shades}</svg>
${formatCount(most)} requests<output></output></li></ul>`;
}

function phaseTable(
  { title, lines, heat }: Chart,
  { judgedPhases }: Pick<Charted, "judgedPhases">,
): Markup {
  if (judgedPhases.length === 0)
    return markup`<p class="quiet">The record has no judged phase.</p>`;
  const figures = judgedPhases.map((_, index) => index + 1);
  if (heat !== undefined) {
    return table({
      label: `${title}, by phase`,
      head: ["Took", ...judgedPhases],
      numeric: figures,
      rows: heat.byPhase.map((counts, index) => [
        `${formatValue(heat.boundsMs[index] ?? null, "")}–` +
          formatValue(heat.boundsMs[index + 1] ?? null, "ms"),
        ...counts.map(formatCount),
      ]),
    });
  }
  return table({
    label: `${title}, by phase`,
    head: ["Over the whole phase", ...judgedPhases],
    numeric: figures,
    rows: lines.map((line) => [
      line.label,
      ...line.byPhase.map((value) => formatValue(value, line.unit)),
    ]),
  });
}
