/** Progress of a run on standard error: one live line on a terminal, plain lines elsewhere. */
import type { LoadProgress } from "../load/generator.ts";
import type { Plan } from "../record/plan.ts";
import type { RunEvent } from "../record/events.ts";
import { describeFault } from "../faults/faults.ts";
import { renderLiveLine } from "../report/live-line.ts";
import { oneLine } from "../report/plain.ts";
import type { Output } from "./context.ts";
import { rhythmMsOf } from "../target/rhythm.ts";
import { goodOf } from "../target/harm.ts";

const terminalEveryMs = 500;
const plainEveryMs = 5_000;

export class Progress implements Disposable {
  readonly #output: Output;
  readonly #plan: Plan;
  readonly #nowMs: () => number;
  readonly #timer: NodeJS.Timeout;
  #phase = "starting";
  #phaseEndsMs: number | null = null;
  #note = "";
  #load: (() => LoadProgress) | null = null;
  /**
   * Readings of the last period and one before. Users arrive in bursts, so a shorter span would
   * only show whether one is in progress.
   */
  #readings: { readonly atMs: number; readonly requests: number; readonly good: number }[] = [];

  constructor(output: Output, plan: Plan, nowMs: () => number) {
    this.#output = output;
    this.#plan = plan;
    this.#nowMs = nowMs;
    this.#timer = setInterval(
      () => this.#tick(),
      output.isTerminal ? terminalEveryMs : plainEveryMs,
    );
  }

  /** A step of the deployment. */
  note(text: string): void {
    this.#note = text;
    if (this.#output.isTerminal) this.#tick();
    else this.say(text);
  }

  watch(load: () => LoadProgress): void {
    this.#load = load;
  }

  /** A permanent line. */
  say(text: string): void {
    this.#output.erase();
    this.#output.write(`${oneLineOf(text)}\n`);
  }

  event(event: RunEvent): void {
    const text = this.#sentence(event);
    if (text !== null) this.say(text);
  }

  #sentence(event: RunEvent): string | null {
    switch (event.kind) {
      case "deploying":
        this.#enter("deploying", null);
        return "deploying the target";
      case "deployed":
        return `target is up after ${seconds(event.tookMs)}`;
      case "contentRead":
        return (event.facts ?? []).map(({ label, value }) => `${label}: ${value}`).join("; ");
      case "phase": {
        const lengths: Readonly<Record<string, number | undefined>> = {
          leadIn: this.#plan.leadInMs,
          ...this.#plan.phasesMs,
        };
        const length = lengths[event.phase];
        const name = event.phase === "leadIn" ? "lead-in" : event.phase;
        this.#enter(name, length === undefined ? null : event.atMs + length);
        return `${name}${length === undefined ? "" : ` for ${seconds(length)}`}`;
      }
      case "injected":
        return (
          `  ${event.evidence.landed ? "landed" : "DID NOT LAND"}: ` +
          `${describeFault(event.fault)}: ${event.evidence.observation}`
        );
      case "healed":
        return (
          `  ${event.evidence.landed ? "healed" : "NOT HEALED"}: ` +
          `${describeFault(event.fault)}: ${event.evidence.observation}`
        );
      case "exited":
        return event.expected ? null : `  ${event.service} died: ${event.detail}`;
      case "generator":
        return event.expected ? null : `  load generator: ${event.detail}`;
      case "clockStepped":
        return `  the clock stepped by ${Math.round(event.byMs)} ms`;
      case "aborted":
        this.#enter("stopping", null);
        return `aborted (${event.reason}): ${event.detail}`;
      case "cleaned":
        return event.status === "clean" ? null : `cleanup incomplete: ${event.left.join("; ")}`;
      default:
        return null;
    }
  }

  #enter(phase: string, endsMs: number | null): void {
    this.#phase = phase;
    this.#phaseEndsMs = endsMs;
    this.#note = "";
  }

  #tick(): void {
    const nowMs = this.#nowMs();
    const load = this.#load?.() ?? { requests: 0, good: 0, shed: {}, failed: 0 };
    if (!this.#output.isTerminal && this.#load === null) return;
    this.#readings.push({ atMs: nowMs, requests: load.requests, good: load.good });
    while ((this.#readings[1]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs - rhythmMsOf(this.#plan))
      this.#readings.shift();
    const last = this.#readings[0] ?? { atMs: nowMs, requests: 0, good: 0 };
    const spanS = nowMs === last.atMs ? Number.POSITIVE_INFINITY : (nowMs - last.atMs) / 1000;
    const line = renderLiveLine(
      {
        phase: this.#phase,
        phaseLeftMs: this.#phaseEndsMs === null ? null : this.#phaseEndsMs - nowMs,
        requestsPerSecond: (load.requests - last.requests) / spanS,
        goodPerSecond:
          this.#plan.harm === undefined
            ? null
            : { what: goodOf(this.#plan.harm), value: (load.good - last.good) / spanS },
        shedByLane: load.shed,
        failed: load.failed,
        note: this.#note,
      },
      this.#output,
    );
    this.#output.erase();
    this.#output.write(line);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#output.erase();
  }
}

/** Names and observations stay on one line; its indentation is kept. */
function oneLineOf(text: string): string {
  return `${/^ */.exec(text)?.[0] ?? ""}${oneLine(text)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
