/**
 * The day's page: an empty frame that may be sent to any client. Its script fetches the content
 * with a role's token.
 */
import { markup, type Markup } from "../report/markup.ts";
import { policyOf, renderShell, type Shell } from "../report/page/shell.ts";

let made: { readonly html: string; readonly policy: string } | undefined;

export function livePage(): { readonly html: string; readonly policy: string } {
  const shell: Shell = {
    title: "Live",
    status: null,
    skipTo: { id: "decision-title", text: "Skip to the decision" },
    heading: "",
    subheading: "",
    body: body(),
    styles: ["../../game-day/page/live.css", "../../game-day/page/live-parts.css"],
    scripts: ["stream.js", "live-charts.js", "live-parts.js", "live.js"].map(
      (name) => `../../game-day/page/${name}`,
    ),
    charts: true,
    preact: true,
    data: {},
    asksItsServer: true,
  };
  made ??= { html: renderShell(shell), policy: policyOf(shell) };
  return made;
}

function body(): Markup {
  return markup`<p class="heard" role="status" id="announce"></p>
<div id="day" data-status="between" hidden>
<section class="now" aria-labelledby="now-title"><div class="page">
<div class="where"><p class="status"><span id="status"></span>
<span id="connection" class="connection"></span></p>
<h1 id="now-title"></h1><p id="now-detail" class="soft"></p></div>
<div class="when"><p class="soft" id="clock-label"></p><p class="clock" id="clock"></p></div>
<button type="button" id="stop" class="stop"><b>Stop</b>
<span>heals all faults and ends <span id="stops">the day</span></span></button>
<div class="progress" id="progress" aria-hidden="true"></div>
<ul id="in-force" class="in-force" aria-label="Faults in force"></ul>
</div></section>
<div class="page columns">
<div class="main">
<section class="impact" aria-label="User impact"><dl class="gauges" id="gauges"></dl></section>
<section class="charts" aria-labelledby="charts-title">
<h2 id="charts-title">Now <span class="soft" id="charts-note"></span></h2>
<div id="charts"><p class="quiet">Nothing has run yet.</p></div>
<p class="readout" hidden><output id="moment"></output></p></section>
<section class="so-far" aria-labelledby="claims-title"><h2 id="claims-title">Claims so far</h2>
<div id="claims" class="scroll" tabindex="0" role="region" aria-label="Each claim by phase">
<p class="quiet">Judged as soon as a baseline runs.</p></div></section>
</div>
<div class="side">
<section class="decision" id="decision" aria-labelledby="decision-title"></section>
<section class="programme" aria-labelledby="programme-title">
<h2 id="programme-title">The day</h2><ol id="programme"></ol></section>
<section class="timeline" aria-labelledby="timeline-title"><h2 id="timeline-title">Timeline</h2>
<form id="note"><label for="note-text">Note</label>
<textarea id="note-text" rows="2" maxlength="1000" required
  placeholder="What do you see?"></textarea>
<label for="name">Your name</label><input id="name" maxlength="60" autocomplete="name">
<button type="submit">Add to the timeline</button><p id="note-said" role="status"></p></form>
<div class="scroll lines" tabindex="0" role="region" aria-label="What happened, newest first">
<ol id="timeline"></ol></div></section>
</div>
</div></div>
<div class="page" id="door"><p class="notice" id="door-said">Opening the day…</p></div>`;
}
