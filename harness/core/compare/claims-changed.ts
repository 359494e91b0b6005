/** Which claims came out otherwise on side B than on side A. */
import type { Claim } from "../experiment.ts";
import { unitOf } from "../format.ts";
import type { Finding, Status, Verdict } from "../run.ts";

export interface ClaimOutcome {
  readonly title: string;
  readonly phase: string;
  /** How often each status occurred, over the side's runs. */
  readonly a: Readonly<Record<Status, number>>;
  readonly b: Readonly<Record<Status, number>>;
  /** The worst status differs between the sides. */
  readonly changed: boolean;
  /** From held to refuted is worse, from refuted to held better; anything with inconclusive, or asked on one side alone, is neither. */
  readonly turned: "worse" | "better" | null;
  /** What was observed in each run. */
  readonly observed: readonly [readonly (number | null)[], readonly (number | null)[]];
  readonly limit: number | null;
  readonly comparison: Finding["comparison"];
  readonly unit: string;
}

const worst: readonly Status[] = ["refuted", "inconclusive", "held"];

/** `hypothesis` tells which numbers are shares. */
export function claimOutcomes(a: readonly Verdict[], b: readonly Verdict[], hypothesis: readonly Claim[] = []): ClaimOutcome[] {
  const keyOf = (finding: Finding): string => `${finding.kind} ${finding.title} ${finding.phase ?? ""}`;
  const asked = (finding: Finding): boolean => finding.kind !== "evidence";
  const first = new Map([...a, ...b].flatMap((verdict) => verdict.findings.filter(asked)).map((finding) => [keyOf(finding), finding]));
  return [...first].map(([key, finding]) => {
    const { title, phase, limit, comparison } = finding;
    const of = (side: readonly Verdict[]): Finding[] => side.flatMap((verdict) => verdict.findings.filter((one) => asked(one) && keyOf(one) === key));
    const [inA, inB] = [of(a), of(b)];
    return {
      title, phase: phase ?? "", limit, comparison, unit: unitOf(finding, hypothesis), a: tally(inA), b: tally(inB), changed: worstOf(inA) !== worstOf(inB), turned: turned(worstOf(inA), worstOf(inB)),
      observed: [inA.map((one) => one.observed), inB.map((one) => one.observed)] as const,
    };
  });
}

function turned(a: Status | null, b: Status | null): ClaimOutcome["turned"] {
  if (a === null || b === null || a === b) return null;
  return b === "refuted" ? "worse" : a === "refuted" && b === "held" ? "better" : null;
}

function tally(findings: readonly Finding[]): Record<Status, number> {
  const count = (status: Status): number => findings.filter((finding) => finding.status === status).length;
  return { held: count("held"), refuted: count("refuted"), inconclusive: count("inconclusive") };
}

function worstOf(findings: readonly Finding[]): Status | null {
  return worst.find((status) => findings.some((finding) => finding.status === status)) ?? null;
}
