/** The result of one judged run of the search, for the load of that run. */
import { failsInBaseline } from "../judge/claims.ts";
import { blamesMeasurement } from "../judge/subjects.ts";
import { gaveOut } from "../phrases/breaking-point.ts";
import { allowanceUsed } from "../record/run-index.ts";
import type { Finding, Verdict } from "../record/verdict.ts";
import type { StepOutcome } from "./search.ts";

/** A claim's used part of its allowance in its worst phase: 1 is at the limit. */
export interface Margin {
  readonly title: string;
  readonly used: number;
}

export interface StepReading {
  readonly outcome: StepOutcome;
  readonly margins: readonly Margin[];
  /** Violated claims, with their phase. */
  readonly broke: readonly string[];
  readonly why: string;
}

/**
 * If the generator was overloaded, it may have caused any violation, and a load that was not
 * offered shows no headroom. Beyond the breaking point, even the baseline may be violated. That
 * proves nothing for an experiment, but is the answer here.
 */
export function readStep(verdict: Verdict): StepReading {
  const violated = verdict.findings.filter(isViolated);
  const broke = [
    ...new Set(
      violated.map(({ title, phase }) => (phase === null ? title : `${title} (${phase})`)),
    ),
  ];
  const margins = marginsOf(verdict);
  if (verdict.status === "held") return { outcome: "held", margins, broke: [], why: "" };
  const tired = verdict.findings.find(blamesMeasurement);
  if (tired !== undefined)
    return {
      outcome: "generator",
      margins,
      broke,
      why: gaveOut(tired),
    };
  if (broke.length > 0 || verdict.aborted?.reason === "claim")
    return { outcome: "broke", margins, broke, why: verdict.why };
  return { outcome: "unclear", margins, broke, why: verdict.why };
}

function marginsOf({ findings }: Verdict): Margin[] {
  const most = new Map<string, Margin>();
  for (const finding of findings) {
    const used = finding.kind === "evidence" ? null : allowanceUsed(finding);
    const known = most.get(finding.id)?.used ?? Number.NEGATIVE_INFINITY;
    if (used !== null && Number.isFinite(used) && used > known)
      most.set(finding.id, { title: finding.title, used });
  }
  return [...most.values()];
}

function isViolated(finding: Finding): boolean {
  return finding.kind !== "evidence" && (finding.status === "refuted" || failsInBaseline(finding));
}
