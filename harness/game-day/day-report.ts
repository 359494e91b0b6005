/**
 * The report of a day: its result, each step with decisions, events and notes, and the live curves.
 * One file, without scripts.
 */
import type { By, DayEvent, DayStep } from "./day/day.ts";
import { nameOf, type StepResult } from "./day/judge-day.ts";
import { simulatedOf } from "../record/substrates.ts";
import type { Status } from "../record/verdict.ts";
import { formatDuration, withoutText } from "../phrases/format.ts";
import { tierText } from "../experiment/tiers.ts";
import { markup, type Markup } from "../report/markup.ts";
import { clip } from "../report/plain.ts";
import { shape, words } from "../report/page/icons.ts";
import { headCell, minuteOf, section, soft, verdictHead } from "../report/page/parts.ts";
import { renderShell } from "../report/page/shell.ts";
import type { RecordedDay } from "./day-directory.ts";
import { tape } from "./tape.ts";

export function renderDayReport(recorded: RecordedDay): string {
  const { day, events, result } = recorded;
  const startedMs = events[0]?.atMs ?? null;
  const started = startedMs === null ? "never opened" : `${minuteOf(startedMs)} UTC`;
  const steps = result.steps.map((one, index) => step(recorded, index, one));
  return renderShell({
    simulated: simulatedOf(day.steps.map(({ substrate }) => substrate)),
    title: `${words[result.status]}: ${day.title}`,
    status: result.status,
    skipTo: { id: "steps", text: "Skip to the steps" },
    heading: `game day: ${day.title}`,
    subheading: `${started} · ${day.id}`,
    body: markup`${summary(recorded)}
${section("steps", "Steps", steps)}
${aside(recorded)}
${facts(recorded)}`,
    styles: ["../../game-day/page/day-report.css"],
    scripts: [],
    charts: false,
    data: {},
  });
}

function summary({ day, result }: RecordedDay): Markup {
  const undecided = markup`<div class="notice wary"><strong>No one decided.</strong> Every go/no-go
point was answered by <code>--yes</code>.</div>`;
  const steps = result.steps.map((one, index) => {
    const link = markup`<a href="#step-${index + 1}">${index + 1}. ${one.experiment}</a>`;
    return markup`<li class="${toneOf(one)}">${link} <span>${wordOf(one)}</span></li>`;
  });
  return markup`${verdictHead({
    kind: result.status,
    shape: shape(result.status),
    heading: words[result.status],
    why: markup`<p class="why">${result.why}</p>`,
    title: day.title,
    asked: markup`<p>${day.purpose}</p>`,
  })}
<div class="page">${result.answers === "yes" ? undecided : null}
${result.stoppedBy === null ? null : stopNotice(result.stoppedBy)}
<ol class="day-strip">${steps}</ol></div>`;
}

function stopNotice(by: By): Markup {
  return markup`<div class="notice grave"><strong>Stopped by ${nameOf(by)}.</strong></div>`;
}

/** A refuted control is a success. */
function toneOf({ status, asExpected }: StepResult): Status | "left" {
  return status === null
    ? "left"
    : asExpected
      ? "held"
      : status === "inconclusive"
        ? "inconclusive"
        : "refuted";
}

function wordOf({ status, asExpected, expect }: StepResult): string {
  if (status === null) return "did not run";
  const control = asExpected ? ", as a control should be" : ", though it is a control";
  return `${words[status].toLowerCase()}${expect === "refuted" ? control : ""}`;
}

/** The mark from the day's point of view: a held control is a failure. */
function markOf(result: StepResult): Markup | null {
  const tone = toneOf(result);
  const heard = result.asExpected ? "As expected" : "Not as expected";
  return tone === "left" ? null : markup`${shape(tone)}<span class="heard">${heard}</span>`;
}

const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

function step({ day, events }: RecordedDay, index: number, result: StepResult): Markup {
  const planned = day.steps[index] as DayStep;
  const own = eventsOf(events, index);
  const what = [
    `${planned.experiment}${withoutText(planned.without)}`,
    tierText(planned.tier),
    `${planned.topology} on ${planned.substrate}`,
    ...(planned.expect === "refuted" ? ["a control: meant to be refuted"] : []),
  ].join(" · ");
  const outcome =
    result.status !== null && result.expect === "refuted"
      ? markup`<strong>${capitalised(wordOf(result))}.</strong> `
      : null;
  const run = result.run === null ? null : `${result.run}/report.html`;
  const link = run === null ? null : markup`<a href="${run}">The run’s own report</a>`;
  return markup`<article class="day-step" id="step-${index + 1}"
  aria-labelledby="title-${index + 1}">
<h3 id="title-${index + 1}">${markOf(result)} ${index + 1}. ${planned.title}</h3>
<p class="soft">${what}</p>
<p>${outcome}${result.why}</p>
${planned.brief === null ? null : markup`<p class="brief">${planned.brief}</p>`}
${tape(index + 1, planned, own)}
${logTable(own.map(line))}
${link === null ? null : markup`<p>${link}${soft(result.runId ?? "")}</p>`}
</article>\n`;
}

/** From a step's first question to its end; a note belongs to the current step. */
function eventsOf(events: readonly DayEvent[], index: number): readonly DayEvent[] {
  const questions = new Set(
    events.flatMap((event) =>
      event.kind === "asked" && event.step === index ? [event.question] : [],
    ),
  );
  return events.filter(
    (event) =>
      ("step" in event && event.step === index) ||
      (event.kind === "answered" && questions.has(event.question)),
  );
}

function line(event: DayEvent): Markup | null {
  const entry = timelineEntry(event);
  return entry === null ? null : logRow(event.atMs, entry.text, entry.tone);
}

function logRow(atMs: number, text: string | Markup, tone: string | null = null): Markup {
  const kind = tone === null ? null : markup` class="${tone}"`;
  const time = new Date(atMs).toISOString().slice(11, 19);
  return markup`<tr${kind}><td>${time}</td><td>${text}</td></tr>\n`;
}

function logTable(rows: readonly (Markup | null)[]): Markup {
  return markup`<table class="log"><thead><tr>${["Time", "What"].map(headCell)}</tr></thead>
<tbody>${rows.filter((row) => row !== null)}</tbody></table>`;
}

const answerText = (by: By, answer: string): string =>
  by.role === "nobody" ? `${answer}: no answer in time` : `${answer} by ${nameOf(by)}`;

function timelineEntry(event: DayEvent): { tone: string; text: string | Markup } | null {
  switch (event.kind) {
    case "asked":
      return {
        tone: "",
        text:
          event.point === "hold"
            ? "Asked: break it, now that it is up under everyday load?"
            : "Asked: go or no-go?",
      };
    case "answered":
      return {
        tone: event.answer === "go" ? "good" : "bad",
        text: answerText(event.by, event.answer === "go" ? "Go" : "No-go"),
      };
    case "note":
      return {
        tone: "note",
        text: markup`<strong>${clip(event.text, 1_000)}</strong>${soft(nameOf(event.by))}`,
      };
    case "stopped":
      return { tone: "bad", text: `Stopped by ${nameOf(event.by)}` };
    case "ended":
      return {
        tone: "phase",
        text: event.outcome.result === null ? event.outcome.why : words[event.outcome.result],
      };
    case "saw":
      break;
    default:
      return null;
  }
  const { seen } = event;
  if (seen.what === "phase")
    return { tone: "phase", text: seen.phase === "leadIn" ? "lead-in" : seen.phase };
  if (seen.what === "injected")
    return {
      tone: seen.evidence.landed ? "" : "bad",
      text:
        `${seen.evidence.landed ? "Landed" : "Did not land"}: ${seen.label}; ` +
        `${clip(seen.evidence.observation)}`,
    };
  if (seen.what === "healed")
    return {
      tone: seen.evidence.landed ? "good" : "bad",
      text:
        `${seen.evidence.landed ? "Healed" : "Not healed"}: ${seen.label}; ` +
        `${clip(seen.evidence.observation)}`,
    };
  return seen.what === "trouble"
    ? { tone: "bad", text: clip(seen.text) }
    : seen.what === "deployed"
      ? { tone: "", text: "the target is up" }
      : null;
}

/** Events outside any step. */
function aside({ events }: RecordedDay): Markup | null {
  const notes = events.filter(
    (event) =>
      (event.kind === "note" && event.step === null) ||
      event.kind === "stopped" ||
      event.kind === "closed" ||
      event.kind === "opened",
  );
  const rows = notes.map((event) =>
    event.kind === "opened"
      ? logRow(event.atMs, event.again ? "The day was resumed" : "The day was opened")
      : event.kind === "closed"
        ? logRow(event.atMs, `The day ended: ${clip(event.why)}`)
        : line(event),
  );
  return section("between", "Beside the steps", [logTable(rows)]);
}

function facts({ day, events }: RecordedDay): Markup {
  const lastMs = events.at(-1)?.atMs ?? null;
  const rows: readonly (readonly [string, string])[] = [
    ["File", day.file],
    [
      "Roles",
      day.roles.map((role) => `${role.name}: ${role.may.join(", ") || "observes"}`).join("; "),
    ],
    ["Took", lastMs === null ? "—" : formatDuration(lastMs - (events[0]?.atMs ?? lastMs))],
    ["Seed", String(day.seed)],
    ["Seawall", day.version],
    ["Machine", `${day.machine.cpuModel}, ${day.machine.cores} cores, ${day.machine.platform}`],
    ...day.steps.map((one, index) => [`Again, step ${index + 1}`, one.rerun] as const),
  ];
  const items = rows.map(
    ([term, text]) => markup`<div><dt>${term}</dt><dd>${clip(text, 1_000)}</dd></div>`,
  );
  return section("facts", "How it was made", [markup`<dl class="facts">${items}</dl>`]);
}
