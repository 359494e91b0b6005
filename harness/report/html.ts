/** The report of one run, as a page. */
import { markup } from "./markup.ts";
import type { ReportModel } from "./model.ts";
import { chartFigures, dashes } from "./page/chart-figures.ts";
import { claims } from "./page/claims.ts";
import { words } from "./page/icons.ts";
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
    body: markup`${summary(model)}\n${claims(model)}\n${chartFigures(model)}\n${record(model)}`,
    styles: [], scripts: ["report.js"], charts: true, data: { ...model, dashes },
  });
}
