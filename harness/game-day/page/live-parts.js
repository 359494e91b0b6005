/* The parts of the page that are words: each is made from the day, its state and what has happened, and says everything as text. */
"use strict";

const two = (value) => String(Math.floor(value)).padStart(2, "0");
const timeOf = (epochMs) => new Date(epochMs).toLocaleTimeString("en-GB");
const nameOf = ({ role, name }) => (name === null ? { nobody: "nobody", "--yes": "--yes", terminal: "the terminal" }[role] ?? role : `${name} (${role})`);
const span = (ms) => { const s = Math.max(0, Math.ceil(ms / 1000)); return s >= 3600 ? `${Math.floor(s / 3600)}:${two((s % 3600) / 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`; };
const length = (ms) => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 6_000) / 10} min`);
const statusWords = { held: "held", refuted: "refuted", inconclusive: "inconclusive" };
const signs = { held: "✓", refuted: "✗", inconclusive: "?" };

const headlines = {
  between: ["Between steps", () => "Getting ready"],
  waiting: ["Decision wanted", (state, day) => (state.question.point === "hold" ? "Up under everyday load: break it?" : `Go for step ${state.question.step + 1} of ${day.steps.length}?`)],
  running: ["Running", (state) => state.phase ?? "starting"],
  stopping: ["Stopping", () => "Healing everything"],
  closed: ["The day is over", (state) => state.closedWhy],
};

function headline(state, day) {
  const [word, title] = headlines[state.status];
  const step = state.step === null ? null : day.steps[state.step];
  const detail = state.status === "waiting" || state.status === "closed" || step === null ? day.title : `Step ${state.step + 1} of ${day.steps.length}: ${step.title}`;
  return { word, title: title(state, day), detail };
}

/** Segments as wide as their phases are long; how far the run has come is told by what is filled. */
function progressOf(state, day) {
  const step = state.status === "running" || state.status === "stopping" ? day.steps[state.step] : undefined;
  if (step === undefined) return [];
  const parts = [["lead-in", step.leadInMs], ...Object.entries(step.phasesMs)];
  const at = parts.findIndex(([name]) => name === state.phase);
  const over = state.phase === "drain" || state.phase === "judging";
  return parts.map(([name, ms], index) => element("div", { class: `part ${name} ${over || index < at ? "done" : index === at ? "on" : ""}`, "data-ms": String(ms), "data-name": name }, element("i", {}), element("span", {}, name)));
}

function decisionOf(state, day, may, answer) {
  if (state.question === null) return [element("h2", { id: "decision-title", tabindex: "-1" }, nextTitle(state, day)), ...nextSteps(state, day)];
  const { question, step: index, point } = state.question;
  const step = day.steps[index];
  const button = (word, label, help) => {
    const made = element("button", { type: "button", class: word }, element("b", {}, label), element("span", {}, help));
    made.addEventListener("click", () => answer(question, word));
    return made;
  };
  return [
    element("h2", { id: "decision-title", tabindex: "-1" }, point === "hold" ? `Break it now? Step ${index + 1}` : `Next, step ${index + 1} of ${day.steps.length}`),
    ...stepWords(step),
    ...(may.includes("decide") ? [element("div", { class: "answers" },
      button("go", "Go", point === "hold" ? "starts the record and the faults" : step.holdMsMax === null ? "starts the target and runs the step" : "starts the target and holds it"),
      button("no-go", "No-go", point === "hold" ? "stops the target" : "skips this step"))] : [element("p", { class: "notice" }, "Your role cannot decide; another role does.")]),
    element("p", { class: "deadline" }, "No answer means no-go in ", element("b", { id: "deadline" }), "."),
  ];
}

function nextTitle(state, day) {
  if (state.status === "closed") return "The day is over";
  return state.step === null ? "No decision is pending" : `Step ${state.step + 1} of ${day.steps.length}`;
}

function nextSteps(state, day) {
  if (state.status === "closed") return [element("p", {}, state.closedWhy, "."), element("p", { class: "soft" }, "The report of the day, with its notes, is in ", element("code", {}, `${day.directory}/report.html`), ".")];
  return state.step === null ? [] : stepWords(day.steps[state.step]);
}

/** What somebody must know before saying go. */
function stepWords(step) {
  const { blast } = step;
  const facts = [
    ["Strikes", blast.services.length === 0 && blast.links.length === 0 ? "nothing: load alone" : [blast.services.length > 0 ? `${blast.services.length} of ${blast.servicesInAll} services: ${blast.services.join(", ")}` : null, blast.links.length > 0 ? `${blast.links.length === 1 ? "the link" : `${blast.links.length} links:`} ${blast.links.join(", ")}` : null].filter((one) => one !== null).join("; ")],
    ...(blast.zones.length > 0 ? [["Zones", `${blast.zones.length} of ${blast.zonesInAll}: ${blast.zones.join(", ")}`]] : []),
    ["Load", `${Number(blast.loadTimes.toPrecision(2))} × the everyday`],
    ["Takes", `${length(step.leadInMs + Object.values(step.phasesMs).reduce((sum, ms) => sum + ms, 0))} once the target is up`],
    ["Target", `${step.target}, ${step.topology}, on ${step.substrate}${step.without.length > 0 ? `; without ${step.without.join(", ")}` : ""}`],
    ...(step.expect === "refuted" ? [["Expected", "refuted: it is a control"]] : []),
  ];
  return [
    element("p", { class: "step-title" }, step.title),
    ...(step.brief === null ? [] : [element("p", { class: "brief" }, step.brief)]),
    element("dl", { class: "blast" }, ...facts.map(([term, text]) => element("div", {}, element("dt", {}, term), element("dd", {}, text)))),
    step.faults.length === 0 ? null : element("ul", { class: "to-come" }, ...step.faults.map((fault) => element("li", {}, element("b", {}, fault.label), ` ${length(fault.atMs)} into the fault phase, for ${length(fault.forMs)}. Undo: ${fault.undo}.`))),
    element("details", {}, element("summary", {}, `${step.claims.length} claims, and the story`), element("ul", { class: "claims-said" }, ...step.claims.map((claim) => element("li", {}, claim))), element("p", { class: "soft" }, step.story)),
  ].filter((one) => one !== null);
}

function programmeOf(state, day) {
  return day.steps.map((step, index) => {
    const outcome = state.outcomes[index];
    const [tone, word] = outcome === null ? (index === state.step && state.status !== "closed" ? ["on", state.status === "waiting" ? "asked" : "now"] : ["", state.status === "closed" ? "not run" : "to come"])
      : outcome.result === null ? ["left", "skipped"] : [outcome.result === step.expect && outcome.aborted === null ? "good" : outcome.result === "inconclusive" ? "unsure" : "bad", `${signs[outcome.result]} ${statusWords[outcome.result]}`];
    return element("li", { class: tone, "aria-current": tone === "on" ? "step" : null }, element("b", {}, step.experiment), step.without.length > 0 ? ` without ${step.without.join(", ")}` : null, element("span", { class: "word" }, word), outcome === null ? null : element("p", { class: "soft" }, outcome.why));
  });
}

/** One row a claim, one column a phase: what holds so far, and what cannot any more. */
function claimsOf(claims) {
  if (claims.length === 0) return [element("p", { class: "quiet" }, "Judged as soon as the baseline runs.")];
  const phases = ["baseline", "fault", "recovery"].filter((phase) => claims.some((claim) => claim.phase === phase));
  const idOf = (claim) => claim.id ?? claim.title;
  const cell = (id, phase) => {
    const claim = claims.find((one) => idOf(one) === id && one.phase === phase);
    if (claim === undefined) return element("td", { class: "n" }, "");
    const word = claim.status === "inconclusive" ? "cannot say yet" : claim.open ? (claim.status === "held" ? "holds so far" : "violated so far") : claim.status;
    return element("td", { class: `n ${claim.status}${claim.open ? " open" : ""}` }, element("span", { class: "sign", "aria-hidden": "true" }, signs[claim.status]), element("span", { class: "heard" }, word), ` ${claim.observed}`);
  };
  const named = new Map(claims.map((claim) => [idOf(claim), claim]));
  return [element("table", { class: "live-claims" },
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Claim"), element("th", { scope: "col", class: "n" }, "Limit"), ...phases.map((phase) => element("th", { scope: "col", class: "n" }, phase)))),
    element("tbody", {}, ...[...named].map(([id, { title, limit }]) => element("tr", {}, element("th", { scope: "row" }, title), element("td", { class: "n" }, limit), ...phases.map((phase) => cell(id, phase))))))];
}

/** One line of the timeline; null for what is not shown there. */
function lineOf(event, day) {
  const step = event.step === undefined || event.step === null ? "" : day.steps[event.step]?.experiment ?? "";
  const say = (tone, text) => ({ tone, text });
  switch (event.kind) {
    case "opened": return say("soft", event.again ? "The day was taken up again" : "The day was opened");
    case "asked": return say("question", event.point === "hold" ? `${step}: up and held, go or no-go?` : `Step ${event.step + 1}, ${step}: go or no-go?`);
    case "answered": return say(event.answer === "go" ? "go" : "no-go", event.by.role === "nobody" ? "No answer: no-go" : `${event.answer === "go" ? "Go" : "No-go"}, says ${nameOf(event.by)}`);
    case "recording": return say("soft", `Run ${event.runId}`);
    case "saw": return seenTold(event.seen, say);
    case "note": return { tone: "note", text: event.text, by: nameOf(event.by) };
    case "stopped": return say("halt", `Stopped by ${nameOf(event.by)}`);
    case "ended": return say(event.outcome.result ?? "soft", `${step}: ${event.outcome.result === null ? "" : `${statusWords[event.outcome.result]}. `}${event.outcome.why}`);
    case "closed": return say("soft", `The day is over: ${event.why}`);
    default: return null;
  }
}

function seenTold(seen, say) {
  switch (seen.what) {
    case "deploying": return say("soft", "Bringing the target up");
    case "deployed": return say("soft", "The target is up");
    case "phase": return say("phase", seen.phase === "leadIn" ? "Lead-in" : seen.phase[0].toUpperCase() + seen.phase.slice(1));
    case "injected": return say(seen.evidence.landed ? "fault" : "trouble", `${seen.evidence.landed ? "Landed" : "Did not land"}: ${seen.label}; ${seen.evidence.observation}`);
    case "healed": return say(seen.evidence.landed ? "go" : "trouble", `${seen.evidence.landed ? "Healed" : "Not healed"}: ${seen.label}; ${seen.evidence.observation}`);
    case "trouble": return say("trouble", seen.text);
    default: return null;
  }
}
