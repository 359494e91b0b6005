/** A change in one plain sentence: "live segment wait p99 is 18–31 % slower during the fault; unlikely to be noise". */
import { formatAgainst, formatComparison, formatValue, missing } from "../format.ts";
import type { Status } from "../run.ts";
import type { ClaimOutcome } from "./claims-changed.ts";
import type { Change } from "./compare.ts";
import type { Against, Outcome } from "./comparison.ts";

/** The few words above everything. */
export const outcomeWords: Readonly<Record<Outcome, string>> = { worse: "Worse", better: "Better", mixed: "Worse in part, better in part", different: "Different", none: "No difference shown" };

/** "1 claim changed its verdict; of 124 figures 3 are worse and 1 is better, 45 are shown to be the same, and of 75 these runs are too few to tell" */
export function tallySentence({ claims, changes }: Pick<Against, "claims" | "changes">): string {
  const of = (outcome: Change["outcome"]): number => changes.filter((change) => change.outcome === outcome).length;
  const changed = claims.filter((claim) => claim.changed).length;
  const differing = [["worse", of("worse")], ["better", of("better")], ["different", of("different")]].filter(([, count]) => (count as number) > 0).map(([what, count]) => `${count} ${count === 1 ? "is" : "are"} ${what}`);
  const figures = [
    differing.length === 0 ? "none is shown to differ" : differing.join(" and "),
    ...(of("alike") === 0 ? [] : [`${of("alike")} ${of("alike") === 1 ? "is" : "are"} shown to be the same`]),
    ...(of("unclear") === 0 ? [] : [`of ${of("unclear")} these runs cannot tell`]),
  ];
  const told = figures.length === 1 ? figures[0] : `${figures.slice(0, -1).join(", ")}, and ${figures.at(-1)}`;
  return `${changed === 0 ? "No claim changed its verdict" : `${changed} ${changed === 1 ? "claim changed its verdict" : "claims changed their verdict"}`}; of ${changes.length} figures ${told}`;
}

/** "held", "held in both runs", "held in 2 of 3 runs, refuted in 1". */
export function tally(counts: Readonly<Record<Status, number>>): string {
  const parts = (["held", "refuted", "inconclusive"] as const).filter((status) => counts[status] > 0);
  const all = parts.reduce((sum, status) => sum + counts[status], 0);
  if (parts.length === 0) return "not asked";
  if (parts.length === 1) return all === 1 ? `${parts[0]}` : `${parts[0]} in ${all === 2 ? "both" : `all ${all}`} runs`;
  return parts.map((status, index) => (index === 0 ? `${status} in ${counts[status]} of ${all} runs` : `${status} in ${counts[status]}`)).join(", ");
}

/** What one side observed: a figure, or the least and the most of several runs. */
export function observedText(observed: readonly (number | null)[], { limit, unit }: Pick<ClaimOutcome, "limit" | "unit">): string {
  const known = observed.filter((value) => value !== null);
  if (known.length === 0) return missing;
  const text = (value: number): string => (limit === null ? formatValue(value, unit) : formatAgainst(value, limit, unit).observed);
  const [least, most] = [text(Math.min(...known)), text(Math.max(...known))];
  return least === most ? least : `${least} to ${most}`;
}

/** "≤ 1.2" */
export function limitText({ limit, comparison, unit }: Pick<ClaimOutcome, "limit" | "comparison" | "unit">): string {
  return limit === null || comparison === null ? missing : `${formatComparison(comparison)} ${formatAgainst(null, limit, unit).limit}`;
}

const durations: ReadonlySet<string> = new Set(["ms", "s"]);

export function sentence(change: Change): string {
  const { quantity, phase, interval, outcome } = change;
  const where = phase === "all" ? "over the whole run" : phase === "fault" ? "during the fault" : `in the ${phase}`;
  if (interval === null) return `${quantity.title} ${where}: too little was recorded to say`;
  switch (outcome) {
    case "alike": return `${quantity.title} is the same ${where}: within ${span(change)}`;
    case "unclear": return `${quantity.title} ${where}: no difference shown (${span(change)})`;
    default: return `${quantity.title} is ${manifold(change) ?? `${span(change)} ${direction(change)}`} ${where}; ${sureness(change)}`;
  }
}

/** From twice as much on, "6.2–10 times as high" says more than "520–900 % higher". Null below that. */
function manifold({ quantity: { scale, unit, measure }, interval }: Change): string | null {
  if (scale !== "relative" || interval === null || interval.low < 1) return null;
  const [from, to] = [rounded(interval.low + 1), rounded(interval.high + 1)];
  return `${from === to ? from : `${from}–${to}`} times as ${durations.has(unit) && measure.kind === "quantile" ? "long" : "high"}`;
}

function direction({ quantity, interval }: Change): string {
  const up = (interval?.low ?? 0) > 0;
  if (durations.has(quantity.unit) && quantity.measure.kind === "quantile") return up ? "slower" : "faster";
  return up ? "higher" : "lower";
}

/** The interval: without signs where both ends lie on one side of zero. */
export function span(change: Change): string {
  const { quantity: { scale }, interval, outcome } = change;
  if (interval === null) return "—";
  const unit = scale === "points" ? "points" : "%";
  const percent = (value: number): string => rounded(value * 100);
  if (outcome === "alike") return `±${alike(change)}`;
  const oneSided = outcome !== "unclear" && (interval.low > 0 || interval.high < 0);
  if (!oneSided) return `${signed(interval.low * 100)} to ${signed(interval.high * 100)} ${unit}`;
  const [from, to] = [Math.abs(interval.low), Math.abs(interval.high)].sort((x, y) => x - y) as [number, number];
  return percent(from) === percent(to) ? `${percent(from)} ${unit}` : `${percent(from)}–${percent(to)} ${unit}`;
}

/** What is so small that its per cent would frighten is told in its own unit. */
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

/** Two significant digits are as many as an interval deserves. */
function rounded(value: number): string {
  if (!Number.isFinite(value)) return "∞";
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}
