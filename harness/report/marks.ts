/** Moments that are marked on every chart: proofs of landing and heal, and unplanned events. */
import type { Run } from "../record/run.ts";
import type { RunEvent } from "../record/events.ts";
import { describeFault } from "../faults/faults.ts";
import { clip } from "./plain.ts";

export interface Mark {
  /** Relative to the axis's zero. */
  readonly atMs: number;
  /**
   * `landed` and `healed` are proofs, `bad` must not be overlooked, `note` is a remark of the
   * record.
   */
  readonly tone: "landed" | "healed" | "bad" | "note";
  readonly text: string;
}

const marksMax = 120;

/** Those within the axis; if there are too many, notes are dropped first. */
export function marksOf(
  run: Run,
  {
    zeroMs,
    fromMs,
    untilMs,
  }: { readonly zeroMs: number; readonly fromMs: number; readonly untilMs: number },
): Mark[] {
  const all = run.events.flatMap((event) => {
    const mark = markOf(event);
    const atMs = Math.round((event.atMs - zeroMs) * 10) / 10;
    return mark === null || atMs < fromMs || atMs > untilMs
      ? []
      : [{ atMs, tone: mark[0], text: clip(mark[1], 160) }];
  });
  const grave = all.filter(({ tone }) => tone !== "note");
  const kept =
    all.length <= marksMax
      ? all
      : [
          ...grave,
          ...all
            .filter(({ tone }) => tone === "note")
            .slice(0, Math.max(0, marksMax - grave.length)),
        ].slice(0, marksMax);
  return kept.sort((a, b) => a.atMs - b.atMs);
}

function markOf(event: RunEvent): readonly [Mark["tone"], string] | null {
  switch (event.kind) {
    case "injected":
      return event.evidence.landed
        ? ["landed", `seen to have landed: ${describeFault(event.fault)}`]
        : ["bad", `not shown to have landed: ${describeFault(event.fault)}`];
    case "healed":
      return event.evidence.landed
        ? ["healed", `seen to have healed: ${describeFault(event.fault)}`]
        : ["bad", `not shown to have healed: ${describeFault(event.fault)}`];
    case "exited":
      return event.expected ? null : ["bad", `${event.service} died unexpectedly`];
    case "clockStepped":
      return ["bad", `the clock stepped by ${Math.round(event.byMs)} ms`];
    case "aborted":
      return ["bad", `aborted: ${event.detail}`];
    case "generator":
      return event.expected ? null : ["bad", `the load generator ended: ${event.detail}`];
    case "note":
      return ["note", event.text];
    default:
      return null;
  }
}
