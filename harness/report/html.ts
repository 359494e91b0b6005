/** The report of one run, as a page. */
import { markup, type Markup } from "./markup.ts";
import type { ReportModel } from "./model.ts";
import { chartFigures, dashes } from "./page/chart-figures.ts";
import { claims } from "./page/claims.ts";
import { words } from "./page/icons.ts";
import { health } from "./page/health.ts";
import { maps } from "./page/map-figure.ts";
import { record } from "./page/record.ts";
import { renderShell } from "./page/shell.ts";
import { summary } from "./page/summary.ts";

export function renderHtml(model: ReportModel): string {
  const when = model.startedAtMs === null ? "start not recorded" : `${new Date(model.startedAtMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return renderShell({
    title: `${words[model.status]}: ${model.experiment}${model.without.length === 0 ? "" : ` without ${model.without.join(", ")}`}`,
    status: model.status,
    skipTo: { id: "claims", text: "Skip to the claims" },
    heading: model.experiment, subheading: `${model.topology} topology on ${model.substrate} · ${when} · ${model.runId}`,
    body: markup`${summary(model)}\n${contents(model)}\n${claims(model)}\n${maps(model)}\n${chartFigures(model)}\n${health(model)}\n${record(model)}`,
    styles: ["map.css"], scripts: ["report.js"], charts: true, data: { ...model, dashes },
  });
}

/** The way to each part of a long page. */
function contents({ maps: drawn, generator }: ReportModel): Markup {
  const parts = [["claims", "Claims"], ...(drawn.length === 0 ? [] : [["where", "Where it struck"]]), ["charts", "Over time"], ...(generator.length === 0 ? [] : [["generator", "Load generator"]]),
    ["rerun", "Run it again"], ["log", "What happened"], ["environment", "Environment"], ["data", "Data"]];
  return markup`<nav class="page contents" aria-label="On this page"><ul>${parts.map(([id = "", text = ""]) => markup`<li><a href="${`#${id}`}">${text}</a></li>`)}</ul></nav>`;
}
