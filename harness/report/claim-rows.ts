/**
 * Findings as rows for users: the requirement, the observation, and the used part of the allowance.
 */
import { allowanceUsed } from "../record/run-index.ts";
import type { Finding, Status, Verdict } from "../record/verdict.ts";
import { formatAgainst, formatComparison, formatValue, missing } from "../phrases/format.ts";
import { clip } from "./plain.ts";

export interface ClaimRow {
  readonly kind: Finding["kind"];
  readonly id: string;
  readonly subject: string;
  readonly title: string;
  readonly status: Status;
  readonly phase: string;
  readonly observed: string;
  /** With its comparison: `≥ 99.9 %`. */
  readonly limit: string;
  /** The numbers behind `observed` and `limit`, for programs; null if there is none. */
  readonly figures: {
    readonly observed: number | null;
    readonly comparison: string;
    readonly limit: number | null;
    readonly unit: string;
  };
  readonly samples: number;
  /** Empty if the title is sufficient. */
  readonly why: string;
  /** The used fraction of the allowance: 1 is at the limit, more is beyond it. Null if unknown. */
  readonly used: number | null;
}

/** Further rows are only in verdict.json. */
const rowsMax = 500;

export function claimRows(verdict: Verdict): ClaimRow[] {
  return verdict.findings.slice(0, rowsMax).map(claimRow);
}

export function claimRow(finding: Finding): ClaimRow {
  const unit = clip(finding.unit, 12);
  const { observed, limit, comparison } = finding;
  const shown =
    limit === null
      ? { observed: formatValue(observed, unit), limit: missing }
      : formatAgainst(observed, limit, unit);
  return {
    kind: finding.kind,
    id: clip(finding.id, 300),
    subject: clip(finding.subject, 300),
    title: clip(finding.title, 300),
    status: finding.status,
    phase: finding.phase ?? "",
    observed: shown.observed,
    limit:
      limit === null || comparison === null
        ? missing
        : `${formatComparison(comparison)} ${shown.limit}`,
    figures: { observed, comparison: comparison ?? "", limit, unit },
    samples: finding.samples,
    why: finding.status === "held" && finding.values.length === 0 ? "" : clip(finding.why),
    used: allowanceUsed(finding),
  };
}
