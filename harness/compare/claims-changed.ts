/**
 * Claims whose status differs between side A and side B. The number of refutations is a count, and
 * two counts differ by chance. A claim has turned only if Fisher's exact test on the counts says
 * so, or the whole-run test on the observed values.
 */
import { sameClaims } from "../record/claim-ids.ts";
import { prng } from "../base/prng.ts";
import type { Finding, Status, Verdict } from "../record/verdict.ts";
import { enoughRuns } from "./enough-runs.ts";
import { fisher, holm } from "./fisher.ts";
import { scaled } from "./run-figures.ts";
import { testRuns } from "./whole-runs.ts";

/** Alpha budget of claims: for counts, and for observed values. */
export const claimShares = { counts: 0.2, values: 0.1 } as const;

/**
 * Whether counts of so many runs can show anything. If they cannot, their part of the error rate is
 * free: that follows from the numbers of runs alone, whatever the runs show.
 */
export function countsCanTell(ofA: number, ofB: number, alpha: number): boolean {
  return fisher([ofA, 0], [0, ofB]) < alpha * claimShares.counts;
}

export interface ClaimOutcome {
  /** Identifies the claim on both sides, whatever its title. */
  readonly id: string;
  readonly title: string;
  readonly phase: string;
  /** The number of runs per status on each side. */
  readonly a: Readonly<Record<Status, number>>;
  readonly b: Readonly<Record<Status, number>>;
  /** The worst status differs between the sides. That alone is no difference: see `turned`. */
  readonly changed: boolean;
  /**
   * `worse`: refuted significantly more often; `better`: less often. Inconclusive runs do not
   * count.
   */
  readonly turned: "worse" | "better" | null;
  /** Corrected for multiple comparisons, 0 to 1. */
  readonly p: number;
  /** The chance that counts differ this much without a change (Fisher), 0 to 1, uncorrected. */
  readonly chance: number;
  /**
   * Whether the counts could show it if the claim held in all conclusive runs of one side and none
   * of the other.
   */
  readonly tellable: boolean;
  /** The observed value in each run. */
  readonly observed: readonly [readonly (number | null)[], readonly (number | null)[]];
  readonly limit: number | null;
  readonly comparison: Finding["comparison"];
  readonly unit: string;
}

const worst: readonly Status[] = ["refuted", "inconclusive", "held"];

export interface ClaimOptions {
  readonly alpha: number;
  /** The number of sides that are compared with the baseline. */
  readonly comparisons: number;
  readonly seed: number;
}

type Counted = Omit<ClaimOutcome, "turned" | "p" | "chance" | "tellable">;

export function claimOutcomes(
  a: readonly Verdict[],
  b: readonly Verdict[],
  options: ClaimOptions = { alpha: 0.05, comparisons: 1, seed: 1 },
): ClaimOutcome[] {
  const sameId = sameClaims([...a, ...b].flatMap(({ findings }) => findings));
  const keyOf = (finding: Finding): string => `${sameId(finding)} ${finding.phase ?? ""}`;
  const asked = (finding: Finding): boolean => finding.kind !== "evidence";
  const first = new Map(
    [...a, ...b]
      .flatMap((verdict) => verdict.findings.filter(asked))
      .map((finding) => [keyOf(finding), finding]),
  );
  const counted = [...first].map(([key, finding]): Counted => {
    const { id, title, phase, limit, comparison } = finding;
    const of = (side: readonly Verdict[]): Finding[] =>
      side.flatMap((verdict) => verdict.findings.filter((one) => asked(one) && keyOf(one) === key));
    const [inA, inB] = [of(a), of(b)];
    return {
      id,
      title,
      phase: phase ?? "",
      limit,
      comparison,
      unit: finding.unit,
      a: tally(inA),
      b: tally(inB),
      changed: worstOf(inA) !== worstOf(inB),
      observed: [inA.map((one) => one.observed), inB.map((one) => one.observed)] as const,
    };
  });
  // A claim with the same status in all runs cannot have turned, whichever side they belong to.
  const varied = counted.filter(
    ({ a: inA, b: inB }) => inA.refuted + inB.refuted > 0 && inA.held + inB.held > 0,
  );
  const byCounts = countsTested(varied, options);
  const byValues = valuesTested(varied, [a.length, b.length], options);
  return counted.map((claim) => {
    const index = varied.indexOf(claim);
    const p = index < 0 ? 1 : Math.min(byCounts[index] as number, byValues[index] as number);
    const [nA, nB] = [claim.a.held + claim.a.refuted, claim.b.held + claim.b.refuted];
    const tellable =
      fisher([nA, 0], [0, nB]) <
      (options.alpha * claimShares.counts) / (options.comparisons * Math.max(1, varied.length));
    const chance = fisher([claim.a.refuted, claim.a.held], [claim.b.refuted, claim.b.held]);
    return { ...claim, p, chance, tellable, turned: p < options.alpha ? directionOf(claim) : null };
  });
}

function countsTested(varied: readonly Counted[], { comparisons }: ClaimOptions): number[] {
  const share = claimShares.counts / comparisons;
  return holm(varied.map(({ a, b }) => fisher([a.refuted, a.held], [b.refuted, b.held]))).map((p) =>
    Math.min(1, p / share),
  );
}

/** Claims with an observed value in every run. */
function valuesTested(
  varied: readonly Counted[],
  [ofA, ofB]: readonly [number, number],
  { alpha, comparisons, seed }: ClaimOptions,
): number[] {
  const share = claimShares.values / comparisons;
  const known = (claim: Counted): boolean =>
    claim.comparison !== "==" &&
    claim.observed[0].length === ofA &&
    claim.observed[1].length === ofB &&
    claim.observed.flat().every((value) => value !== null && Number.isFinite(value));
  const usable = varied.filter(known);
  if (usable.length === 0 || !enoughRuns(ofA, ofB, alpha)) return varied.map(() => 1);
  const runs = [...new Array<boolean>(ofA).fill(false), ...new Array<boolean>(ofB).fill(true)].map(
    (inB, run) => ({ inB, values: usable.map(({ observed }) => observed.flat()[run] as number) }),
  );
  // The order depends neither on the choice of baseline nor on the names of the runs.
  runs.sort((x, y) => (String(x.values) < String(y.values) ? -1 : 1));
  const figures = usable.map((_, claim) =>
    scaled(runs.map(({ values }) => values[claim] as number)),
  );
  const tested = testRuns(
    figures,
    runs.map(({ inB }) => inB),
    { level: alpha * share, random: prng(seed) },
  );
  return varied.map((claim) => {
    const result = tested[usable.indexOf(claim)];
    const direction = directionOf(claim);
    if (result === undefined || direction === null) return 1;
    const upIsWorse = claim.comparison === "<" || claim.comparison === "<=";
    const worse = result.excess > 0 === upIsWorse;
    return worse === (direction === "worse") ? Math.min(1, result.p / share) : 1;
  });
}

function directionOf({ a, b }: Counted): ClaimOutcome["turned"] {
  const shareOf = ({ held, refuted }: Counted["a"]): number | null =>
    held + refuted === 0 ? null : refuted / (held + refuted);
  const [inA, inB] = [shareOf(a), shareOf(b)];
  return inA === null || inB === null || inA === inB ? null : inB > inA ? "worse" : "better";
}

function tally(findings: readonly Finding[]): Record<Status, number> {
  const count = (status: Status): number =>
    findings.filter((finding) => finding.status === status).length;
  return { held: count("held"), refuted: count("refuted"), inconclusive: count("inconclusive") };
}

function worstOf(findings: readonly Finding[]): Status | null {
  return worst.find((status) => findings.some((finding) => finding.status === status)) ?? null;
}
