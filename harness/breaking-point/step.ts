/** The result of one judged run of the search, for the load of that run. */
import { failsInBaseline } from "../judge/claims.ts";
import { blamesMeasurement } from "../judge/subjects.ts";
import { gaveOut } from "../phrases/breaking-point.ts";
import type { Finding, Verdict } from "../record/verdict.ts";
import type { StepOutcome } from "./search.ts";

export interface StepReading {
  readonly outcome: StepOutcome;
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
  if (verdict.status === "held") return { outcome: "held", broke: [], why: "" };
  const tired = verdict.findings.find(blamesMeasurement);
  if (tired !== undefined)
    return {
      outcome: "generator",
      broke,
      why: gaveOut(tired),
    };
  if (broke.length > 0 || verdict.aborted?.reason === "claim")
    return { outcome: "broke", broke, why: verdict.why };
  return { outcome: "unclear", broke, why: verdict.why };
}

function isViolated(finding: Finding): boolean {
  return finding.kind !== "evidence" && (finding.status === "refuted" || failsInBaseline(finding));
}
