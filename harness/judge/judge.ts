/**
 * The verdict as a pure function of the recorded run: refuted beats inconclusive beats held. Of the
 * judge's files, only this one uses phrases: it words the findings of all rules.
 */
import { verdictSentence, worded } from "../phrases/verdict.ts";
import type { Finding, Status, Verdict } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import { failsInBaseline, judgeClaim } from "./claims.ts";
import { judgeEvidence } from "./evidence.ts";
import { faultsInForce } from "./faults-in-force.ts";
import { judgeRecovery } from "./recovery.ts";
import { confirmedByRequests } from "./refusals.ts";
import { stallsOf, standstillsOf } from "./stalls.ts";
import { windowsOf } from "./windows.ts";

export function judge(run: Run): Verdict {
  const windows = windowsOf(run.events);
  const series = [...run.series, faultsInForce(run.events)];
  const stalls = { any: stallsOf(run.series), standstills: standstillsOf(run.series) };
  const claims = run.plan.hypothesis.flatMap((claim) =>
    claim.during.map((phase) =>
      confirmedByRequests(run.plan, claim, (one) =>
        judgeClaim(one, phase, windows, series, run.plan.metrics, stalls),
      ),
    ),
  );
  const recovery =
    run.plan.recovery === null
      ? []
      : [
          judgeRecovery(
            run.plan.recovery,
            windows,
            run.events,
            run.series,
            run.plan.metrics,
            stalls,
          ),
        ];
  const findings = [...claims, ...recovery, ...judgeEvidence(run, windows)].map(worded);
  const status = worst(findings);
  const aborted = run.events.find((event) => event.kind === "aborted");
  const cleaned = run.events.findLast((event) => event.kind === "cleaned");
  return {
    format: "seawall-verdict/1",
    runId: run.id,
    experiment: run.plan.experiment,
    without: run.plan.without,
    seed: run.plan.seed,
    status,
    why: verdictSentence({
      status,
      findings,
      breaks: run.plan.steps.length > 0,
      aborted: aborted?.kind === "aborted" ? aborted.detail : null,
      failedBefore: (finding) => failedBefore(finding, findings),
    }),
    aborted:
      aborted?.kind === "aborted" ? { reason: aborted.reason, detail: aborted.detail } : null,
    cleanup:
      cleaned?.kind === "cleaned"
        ? { status: cleaned.status, left: cleaned.left }
        : { status: "unknown", left: [] },
    findings,
    rerun: run.plan.rerun,
  };
}

/** Without findings, or without any of the experiment's own, the verdict is inconclusive. */
export function worst(findings: readonly Finding[]): Status {
  if (findings.some((finding) => finding.status === "refuted")) return "refuted";
  if (findings.some((finding) => finding.status === "inconclusive")) return "inconclusive";
  return findings.some((finding) => finding.kind !== "evidence") ? "held" : "inconclusive";
}

/**
 * If a claim was already violated before the fault, the target or the machine is too slow, whatever
 * the fault.
 */
function failedBefore({ id }: Finding, findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.id === id && failsInBaseline(finding));
}
