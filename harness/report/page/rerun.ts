/** The command that repeats the run. */
import { markup } from "../markup.ts";
import type { Section } from "./section.ts";

export const rerun: Section = {
  id: "rerun",
  link: "Run it again",
  position: 50,
  body: (
    model,
  ) => markup`<section class="page" aria-labelledby="rerun"><h2 id="rerun">Run it again</h2>
<p class="command"><code id="command">${model.rerun}</code> <button type="button" class="needs-script" id="copy">Copy</button><span role="status" class="heard" id="copied"></span></p></section>`,
};
