/** The events of a run as sentences. */
import { describeFault } from "../faults/faults.ts";
import type { Run } from "../record/run.ts";
import type { RunEvent } from "../record/events.ts";
import { formatCount, formatDuration, formatValue } from "../phrases/format.ts";
import { clip } from "./plain.ts";
import type { Fact } from "../target/bodies.ts";

export interface LogLine {
  readonly atMs: number;
  /** `bad` marks what a reader must not overlook. */
  readonly tone: "plain" | "phase" | "fault" | "bad";
  readonly text: string;
}

const headLines = 400;
const tailLines = 200;

/**
 * The beginning and the end of a long log. The lines in between are counted, and are in the run's
 * own folder.
 */
export function logOf(run: Run, zeroMs: number): LogLine[] {
  const lines = (groups: readonly Together[]): LogLine[] =>
    groups.map((group) => ({
      atMs: Math.round((group[0].atMs - zeroMs) * 10) / 10,
      ...linesFor(group),
    }));
  const groups = together(run.events);
  if (groups.length <= headLines + tailLines) return lines(groups);
  const head = lines(groups.slice(0, headLines));
  const left: LogLine = {
    atMs: head.at(-1)?.atMs ?? 0,
    tone: "plain",
    text:
      `… ${formatCount(groups.length - headLines - tailLines)} more lines are in ` +
      "events.ndjson …",
  };
  return [...head, left, ...lines(groups.slice(-tailLines))];
}

type Together = [RunEvent, ...RunEvent[]];

/** Planned exits of several services in a row are combined into one line. */
function together(events: readonly RunEvent[]): Together[] {
  const groups: Together[] = [];
  const isPlannedExit = (event: RunEvent | undefined): boolean =>
    event?.kind === "exited" && event.expected;
  for (const event of events) {
    const last = groups.at(-1);
    if (last !== undefined && isPlannedExit(event) && isPlannedExit(last[0])) last.push(event);
    else groups.push([event]);
  }
  return groups;
}

function linesFor(events: Together): { tone: LogLine["tone"]; text: string } {
  if (events.length === 1) return lineFor(events[0]);
  const names = events.flatMap((event) => (event.kind === "exited" ? [event.service] : []));
  return {
    tone: "plain",
    text: clip(`${names.length} services stopped as planned: ${names.join(", ")}.`, 1000),
  };
}

function lineFor(event: RunEvent): { tone: LogLine["tone"]; text: string } {
  const say = (
    text: string,
    tone: LogLine["tone"] = "plain",
  ): { tone: LogLine["tone"]; text: string } => ({ tone, text: clip(text) });
  switch (event.kind) {
    case "started":
      return say(`Run ${event.runId} started.`);
    case "deploying":
      return say("Deploying the target.");
    case "deployed":
      return say(`The target is up after ${formatDuration(event.tookMs)}.`);
    case "contentRead":
      return say(`Read from the target: ${factsText(event.facts)}.`);
    case "loadStarted":
      return say(`Load started: ${event.generator}.`);
    case "phase":
      return say(phaseSentences[event.phase] ?? `Phase ${event.phase} began.`, "phase");
    case "injecting":
      return say(`Injecting: ${describeFault(event.fault)}.`, "fault");
    case "injected":
      return event.evidence.landed
        ? say(`Landed: ${describeFault(event.fault)}. ${event.evidence.observation}`, "fault")
        : say(
            `Not shown to have landed: ${describeFault(event.fault)}. ` +
              `${event.evidence.observation}`,
            "bad",
          );
    case "observed":
      return event.evidence.landed
        ? say(
            `Still in force when checked ${event.looks} ` +
              `${event.looks === 1 ? "time" : "times"}: ${describeFault(event.fault)}. ` +
              `${event.evidence.observation}`,
            "fault",
          )
        : say(
            `Not in force any more: ${describeFault(event.fault)}. ${event.evidence.observation}`,
            "bad",
          );
    case "healing":
      return say(`Healing: ${describeFault(event.fault)}.`, "fault");
    case "healed":
      return event.evidence.landed
        ? say(`Healed: ${describeFault(event.fault)}. ${event.evidence.observation}`, "fault")
        : say(
            `Not shown to have healed: ${describeFault(event.fault)}. ` +
              `${event.evidence.observation}`,
            "bad",
          );
    case "exited":
      return event.expected
        ? say(`${event.service} stopped as planned: ${event.detail}`)
        : say(`${event.service} died unexpectedly: ${event.detail}`, "bad");
    case "generator":
      return say(
        `The load generator ${event.expected ? "ended as planned" : "ended unexpectedly"}: ` +
          `${event.detail}${spent(event)}`,
        event.expected ? "plain" : "bad",
      );
    case "clockStepped":
      return say(
        `The clock stepped by ${formatValue(event.byMs, "ms")} against the monotonic one.`,
        "bad",
      );
    case "aborted":
      return say(`Aborted (${event.reason}): ${event.detail}`, "bad");
    case "note":
      return say(event.text);
    case "cleaned":
      return event.status === "clean"
        ? say(`Everything was undone in ${formatDuration(event.tookMs)}; nothing is left behind.`)
        : say(
            `Cleanup is incomplete after ${formatDuration(event.tookMs)}; left behind: ` +
              `${event.left.join(", ")}.`,
            "bad",
          );
    case "finished":
      return say("Run finished.");
  }
}

const phaseSentences: Readonly<Record<string, string>> = {
  leadIn: "Lead-in: caches fill and virtual users settle; not judged.",
  baseline: "Baseline: the steady state is measured.",
  fault: "Fault phase: the hypothesis is tested.",
  recovery: "Recovery: goodput must come back and stay.",
  drain: "Drain: requests in flight finish.",
};

function spent(event: RunEvent & { kind: "generator" }): string {
  const own = `the harness ${formatDuration(event.harnessCpuSeconds * 1000)}`;
  const both =
    event.generatorCpuSeconds === null
      ? own
      : `it used ${formatDuration(event.generatorCpuSeconds * 1000)} of processor time, ${own}`;
  return event.seconds > 0 ? `; ${both}, over ${formatDuration(event.seconds * 1000)}.` : ".";
}

function factsText(facts: readonly Fact[] = []): string {
  return facts.length === 0
    ? "its content"
    : facts.map(({ label, value }) => `${label}: ${value}`).join("; ");
}
