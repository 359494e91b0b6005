/**
 * The report of one run as a page: the verdict, then each section for which the record has data.
 */
import { markup, type Markup } from "./markup.ts";
import type { ReportModel } from "./model.ts";
import { dashes } from "./page/chart-figures.ts";
import { startOfRunId } from "../record/run-index.ts";
import { isVirtual, simulatedOf } from "../record/substrates.ts";
import { withoutText } from "../phrases/format.ts";
import { words } from "./page/icons.ts";
import { minuteOf } from "./page/parts.ts";
import type { Section } from "./page/section.ts";
import * as listed from "./page/sections.ts";
import { renderShell } from "./page/shell.ts";
import { summary } from "./page/summary.ts";

const sections = Object.values<Section>(listed).sort((a, b) => a.position - b.position);

interface Shown extends Omit<Section, "body"> {
  readonly body: Markup;
}

export function renderHtml(model: ReportModel): string {
  // Virtual time begins at the same moment in every run; the id tells when it was simulated.
  const startedAtMs = isVirtual(model.substrate)
    ? (startOfRunId(model.runId) ?? model.startedAtMs)
    : model.startedAtMs;
  const when = startedAtMs === null ? "start not recorded" : `${minuteOf(startedAtMs)} UTC`;
  const shown = sections.flatMap((section): Shown[] => {
    const body = section.body(model);
    return body === null ? [] : [{ ...section, body }];
  });
  return renderShell({
    simulated: simulatedOf([model.substrate]),
    title: `${words[model.status]}: ${model.experiment}${withoutText(model.without)}`,
    status: model.status,
    skipTo: { id: "claims", text: "Skip to the claims" },
    heading: model.experiment,
    subheading: [
      `${model.topology} topology on ${model.substrate}`,
      when,
      model.runId,
      ...(model.subject === null ? [] : [model.subject]),
    ].join(" · "),
    body: markup`${summary(model)}
${contents(shown)}${shown.map(({ body }) => markup`\n${body}`)}`,
    styles: [...new Set(sections.flatMap(({ styles }) => styles ?? []))],
    scripts: ["report.js"],
    charts: true,
    data: { ...model, dashes },
  });
}

/** The table of contents. */
function contents(shown: readonly Shown[]): Markup {
  const items = shown.map(({ id, link }) => markup`<li><a href="#${id}">${link}</a></li>`);
  return markup`<nav class="page contents" aria-label="On this page"><ul>${items}</ul></nav>`;
}
