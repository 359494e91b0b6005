/** The command that repeats the run. */
import { markup } from "../markup.ts";
import { section } from "./parts.ts";
import type { Section } from "./section.ts";

export const rerun: Section = {
  id: "rerun",
  link: "Run it again",
  position: 50,
  body: (model) =>
    section("rerun", "Run it again", [
      markup`<p class="command"><code id="command">${model.rerun}</code>
<button type="button" class="needs-script" id="copy">Copy</button>
<span role="status" class="heard" id="copied"></span></p>`,
    ]),
};
