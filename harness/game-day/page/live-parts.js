/*
 * The textual parts of the page: each is rendered from the day, its state and its events. Preact
 * updates the differences.
 */
"use strict";

const { html, render } = htmPreact;

const two = (value) => String(Math.floor(value)).padStart(2, "0");
const timeOf = (epochMs) => new Date(epochMs).toLocaleTimeString("en-GB");
const nameOf = ({ role, name }) =>
  name === null
    ? ({ nobody: "nobody", "--yes": "--yes", terminal: "the terminal" }[role] ?? role)
    : `${name} (${role})`;
const span = (ms) => {
  const s = Math.max(0, Math.ceil(ms / 1000));
  return s >= 3600
    ? `${Math.floor(s / 3600)}:${two((s % 3600) / 60)}:${two(s % 60)}`
    : `${Math.floor(s / 60)}:${two(s % 60)}`;
};
const length = (ms) =>
  ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 6_000) / 10} min`;
const statusWords = { held: "held", refuted: "refuted", inconclusive: "inconclusive" };
const signs = { held: "✓", refuted: "✗", inconclusive: "?" };

/** A page shows a game day, or runs without decisions. */
const showsRuns = (day) => day?.kind === "run";
const isOneStep = (day) => day.steps.length === 1;
const named = (day) => {
  if (!showsRuns(day)) return "the day";
  return isOneStep(day) ? "the run" : "the runs";
};
const over = (day) =>
  `${capital(named(day))} ${showsRuns(day) && !isOneStep(day) ? "are" : "is"} over`;
const capital = (text) => text[0].toUpperCase() + text.slice(1);

const headlines = {
  between: ["Between steps", () => "Getting ready"],
  waiting: [
    "Decision wanted",
    (state, day) =>
      state.question.point === "hold"
        ? "Up under everyday load: break it?"
        : `Go for step ${state.question.step + 1} of ${day.steps.length}?`,
  ],
  running: ["Running", (state) => state.phase ?? "starting"],
  stopping: ["Stopping", () => "Healing everything"],
  closed: [(_state, day) => over(day), (state) => state.closedWhy],
};

function headline(state, day) {
  const [word, title] = headlines[state.status];
  const step = state.step === null ? null : day.steps[state.step];
  const detail =
    state.status === "waiting" || state.status === "closed" || step === null
      ? day.title
      : `Step ${state.step + 1} of ${day.steps.length}: ${step.title}`;
  return {
    word: typeof word === "string" ? word : word(state, day),
    title: title(state, day),
    detail,
  };
}

/**
 * One section per phase, proportional to its length; the filled part is the progress of the run.
 */
function progressOf(state, day) {
  const step =
    state.status === "running" || state.status === "stopping" ? day.steps[state.step] : undefined;
  if (step === undefined) return [];
  const parts = [["lead-in", step.leadInMs], ...Object.entries(step.phasesMs)];
  const at = parts.findIndex(([name]) => name === state.phase);
  const over = state.phase === "drain" || state.phase === "judging";
  const tone = (index) => (over || index < at ? "done" : index === at ? "on" : "");
  return parts.map(
    ([name, ms], index) =>
      html`<div key=${name} class="part ${name} ${tone(index)}" data-ms=${ms} data-name=${name}>
        <i></i><span>${name}</span>
      </div>`,
  );
}

function decisionOf(state, day, may, answer) {
  const title = (text) => html`<h2 id="decision-title" tabindex="-1">${text}</h2>`;
  if (state.question === null) return html`${title(nextTitle(state, day))}${nextSteps(state, day)}`;
  const { question, step: index, point } = state.question;
  const step = day.steps[index];
  // Each question has its own buttons, so that a late click cannot answer the next one.
  const button = (word, label, help) =>
    html`<button key=${`${question} ${word}`} type="button" class=${word}
      onClick=${() => answer(question, word)}><b>${label}</b><span>${help}</span></button>`;
  const hold = point === "hold";
  const asked = hold
    ? `Break it now? Step ${index + 1}`
    : `Next, step ${index + 1} of ${day.steps.length}`;
  const runs = step.holdMsMax === null ? "runs the step" : "holds it";
  const starts = hold ? "starts the record and the faults" : `starts the target and ${runs}`;
  return html`
    ${title(asked)}
    ${stepWords(step)}
    ${
      may.includes("decide")
        ? html`<div class="answers">
          ${button("go", "Go", starts)}
          ${button("no-go", "No-go", hold ? "stops the target" : "skips this step")}
        </div>`
        : html`<p class="notice">Your role cannot decide; another role does.</p>`
    }
    <p class="deadline">No answer means no-go in <b id="deadline"></b>.</p>`;
}

function nextTitle(state, day) {
  if (state.status === "closed") return over(day);
  return state.step === null
    ? "No decision is pending"
    : `Step ${state.step + 1} of ${day.steps.length}`;
}

function nextSteps(state, day) {
  if (state.status === "closed")
    return html`<p>${state.closedWhy}.</p><p class="soft">${
      showsRuns(day)
        ? "Each report is beside its record"
        : "The report of the day, with its notes, is in"
    } ${reportsOf(state, day).map((path) => html`<code>${`${path}/report.html`}</code> `)}</p>`;
  return state.step === null ? null : stepWords(day.steps[state.step]);
}

const reportsOf = (state, day) =>
  showsRuns(day) ? state.runs.filter((path) => path !== null) : [day.directory];

/** What a person must know before saying go. */
function stepWords(step) {
  const { zones } = step.blast;
  const lastsMs = Object.values(step.phasesMs).reduce((sum, ms) => sum + ms, step.leadInMs);
  const without = step.without.length > 0 ? `; without ${step.without.join(", ")}` : "";
  const facts = [
    ["Strikes", strikes(step.blast)],
    ...(zones.length > 0
      ? [["Zones", `${zones.length} of ${step.blast.zonesInAll}: ${zones.join(", ")}`]]
      : []),
    ["Load", `${Number(step.blast.loadTimes.toPrecision(2))} × the everyday`],
    ["Takes", `${length(lastsMs)} once the target is up`],
    ["Target", `${step.target}, ${step.topology}, on ${step.substrate}${without}`],
    ...(step.expect === "refuted" ? [["Expected", "refuted: it is a control"]] : []),
  ];
  const coming = (fault) =>
    html`<li><b>${fault.label}</b>${` ${length(fault.atMs)} into the fault phase, for ${length(
      fault.forMs,
    )}. Undo: ${fault.undo}.`}</li>`;
  return html`
    <p class="step-title">${step.title}</p>
    ${step.brief === null ? null : html`<p class="brief">${step.brief}</p>`}
    <dl class="blast">${facts.map(
      ([term, text]) => html`<div key=${term}><dt>${term}</dt><dd>${text}</dd></div>`,
    )}</dl>
    ${step.faults.length === 0 ? null : html`<ul class="to-come">${step.faults.map(coming)}</ul>`}
    <details key=${step.experiment + step.without}>
      <summary>${`${step.claims.length} claims, and the story`}</summary>
      <ul class="claims-said">${step.claims.map((claim) => html`<li>${claim}</li>`)}</ul>
      <p class="soft">${step.story}</p>
    </details>`;
}

function strikes({ services, servicesInAll, links }) {
  const clauses = [
    services.length > 0
      ? `${services.length} of ${servicesInAll} services: ${services.join(", ")}`
      : null,
    links.length > 0
      ? `${links.length === 1 ? "the link" : `${links.length} links:`} ${links.join(", ")}`
      : null,
  ].filter((one) => one !== null);
  return clauses.length === 0 ? "no fault: load only" : clauses.join("; ");
}

function programmeOf(state, day) {
  return day.steps.map((step, index) => {
    const outcome = state.outcomes[index];
    const [tone, word] = toneOf(state, step, index, outcome);
    const without = step.without.length > 0 ? ` without ${step.without.join(", ")}` : null;
    return html`<li class=${tone} aria-current=${tone === "on" ? "step" : null}>
      <b>${step.experiment}</b>${without}<span class="word">${word}</span>
      ${outcome === null ? null : html`<p class="soft">${outcome.why}</p>`}
    </li>`;
  });
}

function toneOf(state, step, index, outcome) {
  if (outcome === null) {
    if (index === state.step && state.status !== "closed")
      return ["on", state.status === "waiting" ? "asked" : "now"];
    return ["", state.status === "closed" ? "not run" : "to come"];
  }
  if (outcome.result === null) return ["left", "skipped"];
  const tone =
    outcome.result === step.expect && outcome.aborted === null
      ? "good"
      : outcome.result === "inconclusive"
        ? "unsure"
        : "bad";
  return [tone, `${signs[outcome.result]} ${statusWords[outcome.result]}`];
}

/** One row per claim, one column per phase: what holds so far, and what can no longer hold. */
function claimsOf(claims) {
  if (claims.length === 0) return html`<p class="quiet">Judged as soon as the baseline runs.</p>`;
  const phases = ["baseline", "fault", "recovery"].filter((phase) =>
    claims.some((claim) => claim.phase === phase),
  );
  const idOf = (claim) => claim.id ?? claim.title;
  const ids = [...new Set(claims.map(idOf))];
  const row = (id) => {
    const own = claims.filter((claim) => idOf(claim) === id);
    return html`<tr key=${id}>
      <th scope="row">${own[0].title}</th><td class="n">${own[0].limit}</td>
      ${phases.map((phase) => claimCell(own.find((claim) => claim.phase === phase)))}
    </tr>`;
  };
  return html`<table class="live-claims">
    <thead><tr>
      <th scope="col">Claim</th><th scope="col" class="n">Limit</th>
      ${phases.map((phase) => html`<th scope="col" class="n">${phase}</th>`)}
    </tr></thead>
    <tbody>${ids.map(row)}</tbody>
  </table>`;
}

function claimCell(claim) {
  if (claim === undefined) return html`<td class="n"></td>`;
  const word =
    claim.status === "inconclusive"
      ? "cannot say yet"
      : claim.open
        ? claim.status === "held"
          ? "holds so far"
          : "violated so far"
        : claim.status;
  return html`<td class=${`n ${claim.status}${claim.open ? " open" : ""}`}>
    <span class="sign" aria-hidden="true">${signs[claim.status]}</span>
    <span class="heard">${word}</span>${` ${claim.observed}`}
  </td>`;
}

/** One line of the timeline; null for an event that is not shown. */
function timelineEntry(event, day) {
  const step =
    event.step === undefined || event.step === null
      ? ""
      : (day.steps[event.step]?.experiment ?? "");
  const say = (tone, text) => ({ tone, text });
  switch (event.kind) {
    case "opened":
      if (event.again) return say("soft", `${capital(named(day))} was resumed`);
      return say("soft", showsRuns(day) ? "The page was opened" : "The day was opened");
    case "asked":
      return say(
        "question",
        event.point === "hold"
          ? `${step}: up and held, go or no-go?`
          : `Step ${event.step + 1}, ${step}: go or no-go?`,
      );
    case "answered":
      return say(
        event.answer === "go" ? "go" : "no-go",
        event.by.role === "nobody"
          ? "No answer: no-go"
          : `${event.answer === "go" ? "Go" : "No-go"}, says ${nameOf(event.by)}`,
      );
    case "recording":
      return say("soft", `Run ${event.runId}`);
    case "saw":
      return seenLine(event.seen, say);
    case "note":
      return { tone: "note", text: event.text, by: nameOf(event.by) };
    case "stopped":
      return say("halt", `Stopped by ${nameOf(event.by)}`);
    case "ended": {
      const { result, why } = event.outcome;
      const word = result === null ? "" : `${statusWords[result]}. `;
      return say(result ?? "soft", `${step}: ${word}${why}`);
    }
    case "closed":
      return say("soft", `${over(day)}: ${event.why}`);
    default:
      return null;
  }
}

const proved = (seen) => `${seen.label}; ${seen.evidence.observation}`;

function seenLine(seen, say) {
  switch (seen.what) {
    case "deploying":
      return say("soft", "Bringing the target up");
    case "deployed":
      return say("soft", "The target is up");
    case "phase":
      return say(
        "phase",
        seen.phase === "leadIn" ? "Lead-in" : seen.phase[0].toUpperCase() + seen.phase.slice(1),
      );
    case "injected":
      return say(
        seen.evidence.landed ? "fault" : "trouble",
        `${seen.evidence.landed ? "Landed" : "Did not land"}: ${proved(seen)}`,
      );
    case "healed":
      return say(
        seen.evidence.landed ? "go" : "trouble",
        `${seen.evidence.landed ? "Healed" : "Not healed"}: ${proved(seen)}`,
      );
    case "trouble":
      return say("trouble", seen.text);
    default:
      return null;
  }
}
