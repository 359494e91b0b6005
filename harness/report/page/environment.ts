/** The circumstances of the run. */
import { markup } from "../markup.ts";
import { section } from "./parts.ts";
import type { Section } from "./section.ts";

export const environment: Section = {
  id: "environment",
  link: "Environment",
  position: 70,
  body: (model) =>
    section("environment", "Environment", [
      markup`<dl class="facts">${model.environment.map(
        ({ label, value }) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>\n`,
      )}</dl>`,
    ]),
};
