/*
 * The script of the day's page: shows the state of the day, and sends people's decisions. The day
 * never waits for the page.
 */
"use strict";

const at = (id) => document.getElementById(id);
let day = null;
let may = [];
let state = null;
/** The offset of the server's clock from this machine's, in ms. */
let aheadMs = 0;
let charts = null;
/** The newest second, which the figures show. */
let latest = null;

const serverNow = () => Date.now() + aheadMs;

async function open() {
  try {
    const { kind, day: given, role, nowMs, directory } = await ask("/api/day");
    day = { ...given, kind, directory };
    at("day").dataset.kind = kind;
    at("stops").textContent = named(day);
    at("programme-title").textContent = showsRuns(day) ? "Experiments" : "The day";
    may = role.may;
    aheadMs = nowMs - Date.now();
    const what = showsRuns(day) ? "run" : "game day";
    document.title = `${day.title} · ${what}`;
    document.querySelector(".top p").append(`${what} ${day.title}`);
    document.querySelector(".top p.soft").textContent = [
      `${role.name}${may.length === 0 ? ", observing" : ""}`,
      `${day.steps.length} ${isOneStep(day) ? "step" : "steps"}`,
      day.id,
    ].join(" · ");
    at("stop").hidden = !may.includes("stop");
    at("note").hidden = !may.includes("note");
    at("name").value = localStorage.getItem("seawall-name") ?? "";
    at("door").hidden = true;
    at("day").hidden = false;
    charts = new LiveCharts(at("charts"), at("moment"), day.purpose);
    void follow({ event: happened, state: showStatus, connected, over: shut });
    setInterval(tick, 250);
  } catch (error) {
    shut(
      error.status === 401
        ? "This link is invalid or has expired. The terminal of the command shows the links."
        : error.message,
    );
    if (error.status === 0) setTimeout(open, 2_000);
  }
}

function shut(why) {
  at("door").hidden = false;
  at("door-said").textContent = why;
  if (day === null) at("day").hidden = true;
  else connected(false);
}

function connected(on) {
  const place = at("connection");
  if (place.dataset.on === String(on)) return;
  place.dataset.on = String(on);
  const isClosed = state?.status === "closed";
  if (on) place.textContent = "live";
  else if (isClosed) place.textContent = "the server of this page has ended";
  else {
    place.textContent = `connection lost, retrying; ${named(day)} continues`;
    announce(`Connection lost. ${capital(named(day))} continues without this page.`);
  }
}

function showStatus(now) {
  const before = state;
  state = now;
  if (before === null || before.status !== now.status || before.phase !== now.phase) {
    const { word, title } = headline(now, day);
    announce(`${word}: ${title}`);
  }
  schedule();
}

function happened(event) {
  if (event.kind === "began" || (event.kind === "opened" && event.again)) {
    charts.begin(event.kind === "began" ? day.steps[event.step] : null, null, true);
    latest = null;
  }
  if (event.kind === "saw") saw(event);
  if (event.kind === "second") {
    if (!event.held && charts.held) charts.begin(day.steps[event.step], event.runMs);
    charts.second(event);
    latest = event;
  }
  const entry = timelineEntry(event, day);
  if (entry !== null) lines = [{ event, entry }, ...lines].slice(0, linesMax);
  schedule();
}

function saw({ seen, runMs, step }) {
  if (seen.what === "phase") {
    if (seen.phase === "leadIn") charts.begin(day.steps[step], runMs + day.steps[step].leadInMs);
    charts.phase(seen.phase, runMs);
  }
  if (seen.what === "injected")
    charts.injected(seen.index, seen.label, seen.evidence.landed, runMs);
  if (seen.what === "healed") charts.healed(seen.index, runMs);
}

const linesMax = 400;
/** The timeline, newest first. */
let lines = [];

const lineOf = ({ event, entry: { tone, text, by } }) =>
  html`<li key=${event.seq} class=${tone} data-seq=${event.seq}>
    <time datetime=${new Date(event.atMs).toISOString()}>${timeOf(event.atMs)}</time>
    <p>${text}${by === undefined ? null : html`<span class="soft">${` ${by}`}</span>`}</p>
  </li>`;

function announce(text) {
  at("announce").textContent = text;
}

let waiting = false;
/** Many events arrive at once after a reload; the page is then drawn once. */
function schedule() {
  if (waiting) return;
  waiting = true;
  setTimeout(() => {
    waiting = false;
    draw();
  }, 30);
}

function draw() {
  if (state === null) return;
  const { word, title, detail } = headline(state, day);
  at("day").dataset.status = state.status;
  at("day").dataset.broken = String(state.faultsInForce.length > 0);
  at("status").textContent = word;
  at("now-title").textContent = title;
  at("now-detail").textContent = detail;
  at("stop").disabled = state.status === "closed" || state.status === "stopping";
  render(progressOf(state, day), at("progress"));
  render(
    state.faultsInForce.map((fault) => html`<li>${fault.label}</li>`),
    at("in-force"),
  );
  render(decisionOf(state, day, may, answer), at("decision"));
  render(programmeOf(state, day), at("programme"));
  render(claimsOf(state.claims), at("claims"));
  render(lines.map(lineOf), at("timeline"));
  charts.draw();
  gauges();
  tick();
}

/** Large figures for a wall display. */
function gauges() {
  const step = charts.step;
  at("charts-title").firstChild.textContent =
    state.phase !== null ? "Now " : step === null ? "What for " : "Last ";
  at("charts-note").textContent =
    step === null
      ? ""
      : charts.held
        ? `${step.experiment}, held under everyday load: nothing is recorded`
        : step.experiment;
  // Figures of a target that is gone must not look good.
  if (latest === null || step === null || state.phase === null) return render(null, at("gauges"));
  const window = charts.seconds.slice(-Math.max(1, Math.round(step.rhythmMs / 1000)));
  const sum = (lane, outcome) =>
    window.reduce((total, second) => total + (second.lanes[lane]?.[outcome] ?? 0), 0);
  const all = (lane) =>
    ["served", "late", "shed", "lost"].reduce((total, outcome) => total + sum(lane, outcome), 0);
  const share = (lane, outcome) =>
    all(lane) === 0
      ? "—"
      : `${(Math.floor((sum(lane, outcome) / all(lane)) * 1000) / 10).toFixed(1)} %`;
  const lanes = charts.inOrder(Object.keys(latest.lanes)).slice(0, 2);
  const gauge = (label, value, tone) =>
    html`<div key=${label} class=${tone}><dt>${label}</dt><dd>${value}</dd></div>`;
  const titleOf = (lane) => charts.titleOf(lane);
  const answers = Object.keys(latest.lanes).reduce((total, lane) => total + all(lane), 0);
  render(
    [
      ...lanes.map((lane) =>
        gauge(
          `${titleOf(lane)} served`,
          share(lane, "served"),
          all(lane) > 0 && sum(lane, "served") < 0.999 * all(lane) ? "less" : "",
        ),
      ),
      ...(lanes[0] === undefined
        ? []
        : [gauge(`${titleOf(lanes[0])} p99`, spelled(latest.lanes[lanes[0]].p99Ms, "ms"), "")]),
      gauge("Answers per second", spelled(answers / window.length, ""), ""),
    ],
    at("gauges"),
  );
}

/** Clocks: the time left for a decision or a phase. */
function tick() {
  if (state === null) return;
  const deadline = at("deadline");
  if (deadline !== null && state.question !== null)
    deadline.textContent = span(state.question.untilMs - serverNow());
  const step = state.step === null ? undefined : day.steps[state.step];
  const lengthMs =
    step === undefined ? undefined : { "lead-in": step.leadInMs, ...step.phasesMs }[state.phase];
  const goneMs = state.phaseSinceMs === null ? 0 : serverNow() - state.phaseSinceMs;
  const counting = state.status === "running" && lengthMs !== undefined;
  const asked = state.status === "waiting";
  at("clock-label").textContent = asked
    ? "no-go in"
    : counting
      ? "left"
      : state.phaseSinceMs === null
        ? ""
        : "for";
  at("clock").textContent = asked
    ? span(state.question.untilMs - serverNow())
    : counting
      ? span(lengthMs - goneMs)
      : state.phaseSinceMs === null
        ? timeOf(serverNow())
        : span(goneMs);
  for (const part of at("progress").children) {
    part.style.flexGrow = part.dataset.ms;
    part.firstChild.style.width = part.classList.contains("done")
      ? "100%"
      : part.classList.contains("on")
        ? `${Math.min(100, (100 * goneMs) / part.dataset.ms)}%`
        : "0";
  }
}

const myName = () => at("name").value.trim() || null;

/** Reports next to the button that a request failed. */
async function say(path, body, button) {
  if (button !== null) button.disabled = true;
  try {
    await ask(path, { ...body, name: myName() });
    return null;
  } catch (error) {
    return error.message;
  } finally {
    if (button !== null) button.disabled = false;
  }
}

async function answer(question, word) {
  const problem = await say("/api/answer", { question, answer: word }, null);
  if (problem !== null) {
    const said = `Rejected: ${problem}`;
    at("note-said").textContent = said;
    announce(said);
  }
  // The pressed button disappears; the focus must not be lost for keyboard users.
  else at("decision-title").focus({ preventScroll: true });
}

at("stop").addEventListener("click", async () => {
  // A stop must arrive: it is retried until the server confirms it.
  for (
    let times = 0;
    times < 20 && state?.status !== "closed" && state?.status !== "stopping";
    times++
  ) {
    const problem = await say("/api/stop", {}, null);
    if (problem === null) return;
    at("now-detail").textContent =
      `Stop is being sent: ${problem}. Ctrl-C in the terminal stops as well.`;
    await new Promise((wake) => setTimeout(wake, 500));
  }
});

let noteKey = null;
at("note").addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  const text = at("note-text").value.trim();
  if (text === "") return;
  localStorage.setItem("seawall-name", at("name").value.trim());
  // The key stays the same until the server confirms the note, so that a retry does not duplicate
  // it.
  noteKey ??= crypto.randomUUID();
  const problem = await say(
    "/api/note",
    { text, key: noteKey },
    at("note").querySelector("button"),
  );
  at("note-said").textContent =
    problem === null
      ? ""
      : `Not yet in the timeline: ${problem}. Your text is still here; try again.`;
  if (problem === null) {
    noteKey = null;
    at("note-text").value = "";
  }
});
at("note-text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) at("note").requestSubmit();
});
at("note-text").addEventListener("input", () => {
  noteKey = null;
});

void open();
