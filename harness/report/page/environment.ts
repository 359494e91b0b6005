/** The circumstances of the run. */
import { markup } from "../markup.ts";
import type { Section } from "./section.ts";

export const environment: Section = {
  id: "environment",
  link: "Environment",
  position: 70,
  body: (
    model,
  ) => markup`<section class="page" aria-labelledby="environment"><h2 id="environment">Environment</h2>
<dl class="facts">${model.environment.map(({ label, value }) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>\n`)}</dl></section>`,
};
