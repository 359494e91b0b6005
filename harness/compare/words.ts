/**
 * One sentence per change: "order wait p99 is 18–31 % slower during the fault; unlikely to
 * be noise".
 */
import { formatAgainst, formatComparison, formatValue, missing } from "../phrases/format.ts";
import type { Status } from "../record/verdict.ts";
import type { ClaimOutcome } from "./claims-changed.ts";
import { type Change, defaults } from "./compare.ts";
import { assumedSpread, chanceOfSplit } from "./enough-runs.ts";
import type { Against, Outcome } from "./comparison.ts";

/** The headline of an outcome. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  worse: "Worse",
  better: "Better",
  mixed: "Worse in part, better in part",
  different: "Different",
  none: "No difference shown",
  undecided: "Cannot tell",
};

/**
 * Users' figures first: "1 claim is worse; of 24 figures that users see, 3 are worse and 21 are
 * undecided". Where a group has no decided figure, the sentence says only that.
 */
export function tallySentence({ claims, changes }: Pick<Against, "claims" | "changes">): string {
  const ofUsers = changes.filter(({ quantity }) => quantity.family === "felt");
  const others = changes.filter(({ quantity }) => quantity.family !== "felt");
  const groups = [
    { all: ofUsers, what: `${ofUsers.length} figures that users see` },
    { all: others, what: `${others.length} ${ofUsers.length === 0 ? "figures" : "other figures"}` },
  ].filter(({ all }) => all.length > 0);
  const isUndecided = ({ all }: (typeof groups)[number]): boolean =>
    all.every(({ outcome }) => outcome === "unclear");
  const undecided = groups.filter(isUndecided);
  return [
    claimsText(claims),
    ...groups
      .filter((group) => !isUndecided(group))
      .map(({ all, what }) => `of ${what}, ${countsText(all)}`),
    ...(undecided.length === 0
      ? []
      : [
          "these runs cannot tell whether any of " +
            `${undecided.map(({ what }) => what).join(" or ")} differs`,
        ]),
  ].join("; ");
}

/** For figures of which some are decided. */
function countsText(changes: readonly Change[]): string {
  const counted = (outcome: Change["outcome"], what: string): string[] => {
    const count = changes.filter((change) => change.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? "is" : "are"} ${what}`];
  };
  const differing = [
    ...counted("worse", "worse"),
    ...counted("better", "better"),
    ...counted("different", "different"),
  ];
  const clauses = [
    ...(differing.length === 0 ? ["none is shown to differ"] : differing),
    ...counted("alike", "shown to be the same"),
    ...counted("unclear", "undecided"),
  ];
  return clauses.length < 3
    ? clauses.join(" and ")
    : `${clauses.slice(0, -1).join(", ")} and ${clauses.at(-1)}`;
}

function claimsText(claims: readonly ClaimOutcome[]): string {
  const count = (which: (claim: ClaimOutcome) => boolean, one: string, many: string): string[] => {
    const found = claims.filter(which).length;
    return found === 0 ? [] : [`${found} ${found === 1 ? one : many}`];
  };
  const clauses = [
    ...count(({ turned }) => turned === "worse", "claim is worse", "claims are worse"),
    ...count(({ turned }) => turned === "better", "claim is better", "claims are better"),
    ...count(
      ({ turned, changed }) => turned === null && changed,
      "claim changed, which proves nothing yet",
      "claims changed, which proves nothing yet",
    ),
  ];
  return clauses.length === 0 ? "No claim changed its verdict" : clauses.join(", ");
}

/**
 * Sentences on what these runs could detect; empty if they show a difference and could show others.
 */
export function powerSentences(
  against: Pick<Against, "changes" | "enough" | "unshared"> & {
    readonly side: { readonly runs: readonly unknown[] };
    readonly baselineRuns: number;
  },
): string[] {
  const { changes, enough, unshared, side, baselineRuns } = against;
  const more = unshared.length > 4 ? ` and ${unshared.length - 4} more` : "";
  const gone =
    unshared.length === 0
      ? []
      : [
          `Not every run recorded ${unshared.slice(0, 4).join("; ")}${more}: ` +
            "nothing is known about it",
        ];
  return [
    ...gone,
    ...(enough
      ? smallestSentence(changes)
      : tooFewSentences(changes, baselineRuns, side.runs.length)),
  ];
}

function smallestSentence(changes: readonly Change[]): string[] {
  const whole = changes.filter(
    ({ quantity, phase }) =>
      quantity.family === "felt" && quantity.scale === "relative" && phase === "all",
  );
  const able = whole
    .filter(({ smallest }) => smallest !== null)
    .sort((x, y) => (x.smallest ?? 0) - (y.smallest ?? 0));
  const [best, half] = [able[0], able[Math.ceil(whole.length / 2) - 1]];
  if (best === undefined) return [];
  const rest =
    half === undefined || half === best
      ? ""
      : `; for half of the figures that users see it is ${smallestText(half)} or less`;
  return [
    `The smallest change these runs could have shown is ${smallestText(best)} ` +
      `(${best.quantity.title}, whole run)${rest}`,
  ];
}

/** "± 12 %", "± 0.4 points". */
export function smallestText({
  smallest,
  quantity: { scale },
}: Pick<Change, "smallest" | "quantity">): string {
  return smallest === null
    ? "none"
    : `± ${rounded(smallest * 100)} ${scale === "points" ? "points" : "%"}`;
}

function tooFewSentences(changes: readonly Change[], ofA: number, ofB: number): string[] {
  const runs = `${ofA} ${ofA === 1 ? "run" : "runs"} against ${ofB}`;
  const chance = Math.round(100 * chanceOfSplit(ofA, ofB));
  const why =
    ofA + ofB === 2
      ? "one run per side does not show how much runs differ by chance"
      : `runs of the same version differ like this in ${chance} % of comparisons, more than ` +
        `the ${100 * defaults.alpha} % allowed`;
  const [most] = suspects(changes);
  const hint =
    most === undefined
      ? []
      : [
          `${most.quantity.title} ${whereOf(most)} ${apart(most)}: ` +
            `${moreRuns(most, ofA + ofB === 2)}`,
        ];
  return [`${runs}: no test can tell, as ${why}. At least 3 against 3 are needed`, ...hint];
}

/** Suspected differences of too few runs: user-facing figures first, then the largest. */
export function suspects(changes: readonly Change[]): Change[] {
  const size = ({ quantity: { scale }, a, b }: Change): number =>
    scale === "points" ? 5 * Math.abs(b - a) : a > 0 && b > 0 ? Math.abs(Math.log(b / a)) : 10;
  const rank = ({ quantity, phase }: Change): number =>
    (quantity.family === "felt" ? 0 : 2) + (phase === "all" ? 0 : 1);
  return changes
    .filter(({ suspected }) => suspected !== null)
    .sort((x, y) => rank(x) - rank(y) || size(y) - size(x));
}

/** Example: "is 9.1 times as high (8.2–10 within these runs)". */
function apart({ quantity: { scale }, a, b, interval }: Change): string {
  if (scale === "points") return `differs by ${signed((b - a) * 100)} points`;
  const within =
    interval === null
      ? ""
      : ` (${rounded(interval.low + 1)} to ${rounded(interval.high + 1)} within these runs)`;
  return `is ${a > 0 ? rounded(b / a) : "∞"} times what it was${within}`;
}

function moreRuns({ suspected }: Change, assumed: boolean): string {
  const runs = suspected?.runsASide ?? null;
  const given = assumed ? ` if runs differ by ${assumedSpread * 100} % from one to the next` : "";
  return runs === null
    ? "more than 30 runs a side are needed to show that"
    : `${runs} runs a side would show it${given}`;
}

/** "held", "held in both runs", "held in 2 of 3 runs, refuted in 1". */
export function tally(counts: Readonly<Record<Status, number>>): string {
  const parts = (["held", "refuted", "inconclusive"] as const).filter(
    (status) => counts[status] > 0,
  );
  const all = parts.reduce((sum, status) => sum + counts[status], 0);
  if (parts.length === 0) return "not asked";
  if (parts.length === 1)
    return all === 1 ? `${parts[0]}` : `${parts[0]} in ${all === 2 ? "both" : `all ${all}`} runs`;
  return parts
    .map((status, index) =>
      index === 0
        ? `${status} in ${counts[status]} of ${all} runs`
        : `${status} in ${counts[status]}`,
    )
    .join(", ");
}

/** The observed value of one side, or the range over several runs. */
export function observedText(
  observed: readonly (number | null)[],
  { limit, unit }: Pick<ClaimOutcome, "limit" | "unit">,
): string {
  const known = observed.filter((value) => value !== null);
  if (known.length === 0) return missing;
  const text = (value: number): string =>
    limit === null ? formatValue(value, unit) : formatAgainst(value, limit, unit).observed;
  const [least, most] = [text(Math.min(...known)), text(Math.max(...known))];
  return least === most ? least : `${least} to ${most}`;
}

/** Example: "≤ 1.2". */
export function limitText({
  limit,
  comparison,
  unit,
}: Pick<ClaimOutcome, "limit" | "comparison" | "unit">): string {
  return limit === null || comparison === null
    ? missing
    : `${formatComparison(comparison)} ${formatAgainst(null, limit, unit).limit}`;
}

const durations: ReadonlySet<string> = new Set(["ms", "s"]);

export function sentence(change: Change): string {
  const { quantity, interval, outcome } = change;
  const where = whereOf(change);
  if (interval === null) return `${quantity.title} ${where}: too little data`;
  switch (outcome) {
    case "alike":
      return `${quantity.title} is the same ${where}: within ${span(change)}`;
    case "unclear":
      return change.suspected != null
        ? `${quantity.title} ${where} ${apart(change)}, which is no test between versions`
        : `${quantity.title} ${where}: no difference shown (${span(change)})`;
    default:
      return (
        `${quantity.title} is ${manifold(change) ?? `${span(change)} ${direction(change)}`} ` +
        `${where}; ${sureness(change)}`
      );
  }
}

function whereOf({ phase }: Change): string {
  return phase === "all"
    ? "over the whole run"
    : phase === "fault"
      ? "during the fault"
      : `in the ${phase}`;
}

/**
 * Example: "chance alone makes counts differ this much in 77 % of comparisons". Empty if the claim
 * has turned, or did not change.
 */
export function chanceText({ chance, turned, changed }: ClaimOutcome): string {
  if (turned !== null || !changed) return "";
  return chance >= 1
    ? "so few runs prove nothing by counts"
    : `chance alone makes counts differ this much in ${rounded(chance * 100)} % of comparisons`;
}

/**
 * From a factor of two on, "6.2–10 times as high" is clearer than "520–900 % higher". Null below
 * that.
 */
function manifold({ quantity: { scale, unit, measure }, interval }: Change): string | null {
  if (scale !== "relative" || interval === null || interval.low < 1) return null;
  const [from, to] = [rounded(interval.low + 1), rounded(interval.high + 1)];
  return (
    `${from === to ? from : `${from}–${to}`} times as ` +
    `${durations.has(unit) && measure.kind === "quantile" ? "long" : "high"}`
  );
}

function direction({ quantity, interval }: Change): string {
  const up = (interval?.low ?? 0) > 0;
  if (durations.has(quantity.unit) && quantity.measure.kind === "quantile")
    return up ? "slower" : "faster";
  return up ? "higher" : "lower";
}

/** The interval, without signs if both ends are on one side of zero. */
export function span(change: Change): string {
  const {
    quantity: { scale },
    interval,
    outcome,
  } = change;
  if (interval === null) return "—";
  const unit = scale === "points" ? "points" : "%";
  const percent = (value: number): string => rounded(value * 100);
  if (outcome === "alike") return `±${alike(change)}`;
  const oneSided = outcome !== "unclear" && (interval.low > 0 || interval.high < 0);
  if (!oneSided) return `${signed(interval.low * 100)} to ${signed(interval.high * 100)} ${unit}`;
  const [from, to] = [Math.abs(interval.low), Math.abs(interval.high)].sort((x, y) => x - y) as [
    number,
    number,
  ];
  return percent(from) === percent(to)
    ? `${percent(from)} ${unit}`
    : `${percent(from)}–${percent(to)} ${unit}`;
}

/** A very small value is shown in its own unit, because its percentage would mislead. */
function alike({ quantity: { scale, floor, unit }, interval, a }: Change): string {
  const within = Math.max(Math.abs(interval?.low ?? 0), Math.abs(interval?.high ?? 0));
  if (scale === "relative" && within >= floor) return `${rounded(within * a)} ${unit}`;
  return `${rounded(within * 100)} ${scale === "points" ? "points" : "%"}`;
}

function sureness({ p }: Change): string {
  return p < 0.001 ? "very unlikely to be noise" : "unlikely to be noise";
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${rounded(Math.abs(value))}`;
}

/** Two significant digits: the interval supports no more. */
function rounded(value: number): string {
  if (!Number.isFinite(value)) return "∞";
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}
