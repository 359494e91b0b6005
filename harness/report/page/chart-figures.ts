/** The charts' frames: title, how to read it, legend and table stand in the page; the script only draws the curves. */
import type { Chart, ChartLine, Tone } from "../chart.ts";
import { formatDuration, formatValue } from "../format.ts";
import { markup, type Markup } from "../markup.ts";
import { type ReportModel, unchartedPrefix } from "../model.ts";

/** Lines differ in dash as well as in colour. */
export const dashes: Readonly<Partial<Record<Tone, readonly number[]>>> = {
  p95: [6, 3], p50: [2, 3], audience: [7, 4], two: [7, 3], three: [2, 2], four: [9, 3, 2, 3], five: [4, 2], six: [12, 3], seven: [2, 4], eight: [6, 2, 2, 2], lost: [3, 2],
};

/** What the charts need of a model; a comparison has these too. */
export type Charted = Pick<ReportModel, "charts" | "axis" | "lacking" | "judgedPhases">;

export function chartFigures(model: Charted): Markup {
  const { charts, axis, lacking } = model;
  const uncharted = lacking.filter((text) => text.startsWith(unchartedPrefix));
  return markup`<section class="page charts" aria-labelledby="charts">
<h2 id="charts">Over time</h2>
<p class="quiet">Seconds count from the start of the baseline; each point covers ${formatDuration(axis.bucketMs)}. <span class="needs-script">Drag to zoom all charts, double-click to see all; on a chart, arrow keys move the cross-hair.</span></p>
<p class="readout needs-script"><output id="moment"></output> <button type="button" id="zoom-out" hidden>Show the whole run</button></p>
<p class="notice wary without-script">The curves need JavaScript. Each chart’s figures by phase are in its table.</p>
${charts.length === 0 ? markup`<p class="quiet">There is nothing to draw.</p>` : charts.map((chart, index) => figure(chart, index, model))}
${uncharted.map((text) => markup`<p class="quiet">${text}</p>`)}
</section>`;
}

export function figure(chart: Chart, index: number, model: Pick<Charted, "judgedPhases">): Markup {
  return markup`<figure class="chart" data-chart="${index}" aria-labelledby="chart-${chart.id}">
<figcaption><h3 id="chart-${chart.id}">${chart.title}</h3><p>${chart.note}${chart.logarithmic ? " Logarithmic scale." : null}</p></figcaption>
<ul class="legend">${chart.lines.map((line) => entry(line, chart.stacked))}</ul>
<div class="plot needs-script" tabindex="0" role="img" aria-label="${`${chart.title}. The table below holds the same figures.`}"></div>
<details class="figures-table"><summary>Table</summary>${phaseTable(chart, model)}
<button type="button" class="needs-script all-intervals">Show every interval</button></details>
</figure>\n`;
}

function entry(line: ChartLine, stacked: boolean): Markup {
  const drawn = stacked && line.axis === "left" ? markup`<rect class="fills ${line.tone}" width="14" height="10" rx="2"/>`
    : markup`<path class="strokes ${line.tone}" d="M0 5h22" stroke-dasharray="${(dashes[line.tone] ?? []).join(" ")}"/>`;
  return markup`<li><svg width="${stacked && line.axis === "left" ? 14 : 22}" height="10" aria-hidden="true">${drawn}</svg> ${line.label}<output></output></li>`;
}

function phaseTable({ title, lines }: Chart, { judgedPhases }: Pick<Charted, "judgedPhases">): Markup {
  if (judgedPhases.length === 0) return markup`<p class="quiet">No judged phase was recorded.</p>`;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${`${title}, by phase`}"><table><thead><tr><th scope="col">Over the whole phase</th>${judgedPhases.map((phase) => markup`<th scope="col" class="n">${phase}</th>`)}</tr></thead>
<tbody>${lines.map((line) => markup`<tr><th scope="row">${line.label}</th>${line.byPhase.map((value) => markup`<td class="n">${formatValue(value, line.unit)}</td>`)}</tr>`)}</tbody></table></div>`;
}
