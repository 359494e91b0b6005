/** The verdict as a pure function of the recorded run: refuted beats inconclusive beats held. */
import { formatViolation } from "../phrases/format.ts";
import type { Finding, Status, Verdict } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import type { Plan } from "../record/plan.ts";
import { failsInBaseline, judgeClaim } from "./claims.ts";
import { judgeEvidence } from "./evidence.ts";
import { judgeRecovery } from "./recovery.ts";
import { stallsOf, standstillsOf } from "./stalls.ts";
import { windowsOf } from "./windows.ts";

export function judge(run: Run): Verdict {
  const windows = windowsOf(run.events);
  const stalls = { any: stallsOf(run.series), standstills: standstillsOf(run.series) };
  const claims = run.plan.hypothesis.flatMap((claim) =>
    claim.during.map((phase) =>
      judgeClaim(claim, phase, windows, run.series, run.plan.metrics, stalls),
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
  const findings = [...claims, ...recovery, ...judgeEvidence(run, windows)];
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
    why: why(status, findings, run.plan, aborted?.kind === "aborted" ? aborted.detail : undefined),
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

/** Nothing asked is nothing proven: no findings, or none that the experiment itself made, is inconclusive. */
export function worst(findings: readonly Finding[]): Status {
  if (findings.some((finding) => finding.status === "refuted")) return "refuted";
  if (findings.some((finding) => finding.status === "inconclusive")) return "inconclusive";
  return findings.some((finding) => finding.kind !== "evidence") ? "held" : "inconclusive";
}

function why(
  status: Status,
  findings: readonly Finding[],
  plan: Plan,
  aborted: string | undefined,
): string {
  const decisive = findings.filter((finding) => finding.status === status);
  const first = decisive.find((finding) => finding.phase === "fault") ?? decisive[0];
  if (status === "held") {
    const asked = findings.filter((finding) => finding.kind !== "evidence").length;
    return `All ${asked} findings about the target held, and ${plan.steps.length === 0 ? "nothing was broken on purpose" : "the record shows that every fault landed"}.`;
  }
  // What ended the run is why nothing is shown: phases that did not run are its consequences.
  if (status === "inconclusive" && aborted !== undefined)
    return `The run was aborted: ${aborted}${aborted.endsWith(".") ? "" : "."}`;
  if (first === undefined) return "The experiment claims nothing.";
  const where = first.phase === null ? "" : ` (${first.phase})`;
  const more =
    decisive.length > 1
      ? ` ${decisive.length - 1} more ${decisive.length === 2 ? "finding is" : "findings are"} ${status}, too.`
      : "";
  const doubts = findings
    .filter((finding) => finding.kind === "evidence" && finding.status === "inconclusive")
    .map((finding) => `"${finding.title}"`);
  const doubt =
    doubts.length === 0
      ? ""
      : ` The record itself is in doubt, though: ${doubts.join(", ")} could not be shown.`;
  return status === "refuted"
    ? `"${first.title}" is not so${where}: ${figure(first, plan)}${first.why}${failedBefore(first, findings) ? ", as it was in the baseline" : ""}.${more}${doubt}`
    : `"${first.title}" is not shown${where}: ${first.why}.${more}`;
}

/** A limit that was passed before anything was broken is not the fault's doing: the target is too slow, or the machine. */
function failedBefore({ title }: Finding, findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.title === title && failsInBaseline(finding));
}

/** As everywhere else, so that the sentence and the table beside it say the same. */
function figure(finding: Finding, plan: Plan): string {
  const text = formatViolation(finding, plan.hypothesis);
  return text === "" ? "" : `${text}; `;
}
