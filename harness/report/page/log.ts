/** The events in order. */
import { formatOffset } from "../../phrases/format.ts";
import { markup, type Markup } from "../markup.ts";
import type { ReportModel } from "../model.ts";
import type { Section } from "./section.ts";

export const log: Section = {
  id: "log",
  link: "What happened",
  position: 60,
  body: (model) =>
    markup`<section class="page" aria-labelledby="log"><h2 id="log">What happened</h2>${events(model)}</section>`,
};

function events({ log: lines }: ReportModel): Markup {
  if (lines.length === 0) return markup`<p class="quiet">No event was recorded.</p>`;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Table of events"><table class="log"><thead class="heard"><tr><th scope="col">Time since the baseline began</th><th scope="col">Event</th></tr></thead><tbody>
${lines.map(({ atMs, tone, text }) => markup`<tr class="${tone}"><td class="n">${formatOffset(atMs)}</td><td>${tone === "bad" ? markup`<span class="alarm">!</span> ` : null}${text}</td></tr>\n`)}</tbody></table></div>`;
}
