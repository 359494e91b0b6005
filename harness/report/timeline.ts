/**
 * The timeline of a run, from recorded events and never from the plan: the axis, the phases, and
 * the faults with their proof.
 */
import { describeFault } from "../faults/faults.ts";
import type { Run } from "../record/run.ts";
import type { RunEvent } from "../record/events.ts";
import { clip } from "./plain.ts";

/**
 * A phase of the run. `untilMs` is open if the record ends first. All times are relative to
 * `Timeline.zeroMs`.
 */
export interface PhaseBand {
  readonly phase: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface FaultBand {
  readonly step: number;
  readonly label: string;
  readonly fromMs: number;
  /** Null if no heal is recorded. */
  readonly healedMs: number | null;
  readonly landed: boolean;
  /** The observation that shows whether it landed. */
  readonly evidence: string;
  readonly healEvidence: string | null;
  readonly healLanded: boolean | null;
}

export interface Timeline {
  /** Epoch ms of the axis's zero: the start of the baseline, or the first known moment. */
  readonly zeroMs: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly phases: readonly PhaseBand[];
  readonly faults: readonly FaultBand[];
  /** Planned faults without any event. */
  readonly faultsMissing: readonly string[];
}

const faultsMax = 200;
/** A zone of twenty services, each with its own observation. */
const evidenceMax = 4_000;

export function timelineOf(run: Run): Timeline {
  const { events } = run;
  const at = (wanted: (event: RunEvent) => boolean): number | undefined =>
    events.find(wanted)?.atMs;
  const firstMs = events[0]?.atMs ?? firstSampleMs(run) ?? 0;
  const loadMs =
    at((event) => event.kind === "loadStarted") ?? at((event) => event.kind === "phase") ?? firstMs;
  const zeroMs = at((event) => event.kind === "phase" && event.phase === "baseline") ?? loadMs;
  const untilMs = Math.max(endOf(run) ?? loadMs, loadMs + 1);
  const faults = faultsOf(events, zeroMs);
  return {
    zeroMs,
    fromMs: loadMs - zeroMs,
    untilMs: untilMs - zeroMs,
    phases: phasesOf(events, zeroMs, untilMs),
    faults: faults.slice(0, faultsMax),
    faultsMissing: run.plan.steps.flatMap((step, index) =>
      faults.some((fault) => fault.step === index) ? [] : [describeFault(step.fault)],
    ),
  };
}

/** The load ends with its generator; a truncated record ends with its last sample. */
function endOf(run: Run): number | undefined {
  const generator = run.events.findLast((event) => event.kind === "generator");
  if (generator !== undefined) return generator.atMs;
  const lastEvent = run.events.at(-1);
  if (lastEvent?.kind === "finished" || lastEvent?.kind === "cleaned")
    return run.events.findLast((event) => event.kind === "phase")?.atMs ?? lastEvent.atMs;
  const sampleMs = run.series.reduce((last, series) => Math.max(last, series.atMs.at(-1) ?? 0), 0);
  return Math.max(sampleMs, lastEvent?.atMs ?? 0) || undefined;
}

function firstSampleMs(run: Run): number | undefined {
  const first = run.series.reduce(
    (least, series) => Math.min(least, series.atMs[0] ?? Number.POSITIVE_INFINITY),
    Number.POSITIVE_INFINITY,
  );
  return Number.isFinite(first) ? first : undefined;
}

function phasesOf(events: readonly RunEvent[], zeroMs: number, endMs: number): PhaseBand[] {
  const bounds = events.filter(
    (event) => event.kind === "phase" || event.kind === "aborted" || event.kind === "generator",
  );
  return bounds.flatMap((event, index) => {
    if (event.kind !== "phase") return [];
    const untilMs = bounds[index + 1]?.atMs ?? endMs;
    return untilMs > event.atMs
      ? [
          {
            phase: event.phase === "leadIn" ? "lead-in" : event.phase,
            fromMs: event.atMs - zeroMs,
            untilMs: untilMs - zeroMs,
          },
        ]
      : [];
  });
}

function faultsOf(events: readonly RunEvent[], zeroMs: number): FaultBand[] {
  return events.flatMap((event) => {
    if (event.kind !== "injecting" && event.kind !== "injected") return [];
    const injected = events.find((other) => other.kind === "injected" && other.step === event.step);
    if (event.kind === "injecting" && injected !== undefined) return [];
    const healed = events.find((other) => other.kind === "healed" && other.step === event.step);
    const proof =
      injected?.kind === "injected"
        ? injected.evidence
        : {
            landed: false,
            observation: "The injection began; the record does not show that it took effect.",
          };
    return [
      {
        step: event.step,
        label: clip(describeFault(event.fault), 120),
        fromMs: (event.kind === "injected" ? (event.actedMs ?? event.atMs) : event.atMs) - zeroMs,
        healedMs: healed === undefined ? null : healed.atMs - zeroMs,
        landed: proof.landed,
        evidence: clip(proof.observation, evidenceMax),
        healEvidence:
          healed?.kind === "healed" ? clip(healed.evidence.observation, evidenceMax) : null,
        healLanded: healed?.kind === "healed" ? healed.evidence.landed : null,
      },
    ];
  });
}
