/** The events in order. */
import { formatOffset } from "../../phrases/format.ts";
import { markup, type Markup } from "../markup.ts";
import type { ReportModel } from "../model.ts";
import { numberCell, quiet, scrolling, section } from "./parts.ts";
import type { Section } from "./section.ts";

export const log: Section = {
  id: "log",
  link: "What happened",
  position: 60,
  body: (model) => section("log", "What happened", [events(model)]),
};

function events({ log: lines }: ReportModel): Markup {
  if (lines.length === 0) return quiet("No event was recorded.");
  const rows = lines.map(({ atMs, tone, text }) => {
    const alarm = tone === "bad" ? markup`<span class="alarm">!</span> ` : null;
    return markup`<tr class="${tone}">${numberCell(formatOffset(atMs))}
<td>${alarm}${text}</td></tr>\n`;
  });
  return scrolling(
    "Table of events",
    markup`<table class="log"><thead class="heard"><tr><th scope="col">Time since the baseline
began</th><th scope="col">Event</th></tr></thead><tbody>
${rows}</tbody></table>`,
  );
}
