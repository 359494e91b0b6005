/** A change in one plain sentence: "live segment wait p99 is 18–31 % slower during the fault; unlikely to be noise". */
import type { Change } from "./compare.ts";
import type { Against, Outcome } from "./comparison.ts";

/** The few words above everything. */
export const outcomeWords: Readonly<Record<Outcome, string>> = { worse: "Worse", better: "Better", mixed: "Worse in part, better in part", different: "Different", none: "No difference shown" };

/** "1 claim came out otherwise; 3 figures are worse and 1 is better; 12 are the same, and of 40 nothing can be said". */
export function tallySentence({ claims, changes }: Pick<Against, "claims" | "changes">): string {
  const of = (outcome: Change["outcome"]): number => changes.filter((change) => change.outcome === outcome).length;
  const changed = claims.filter((claim) => claim.changed).length;
  const counted = (count: number, what: string): string => `${count} ${what}`;
  const differing = [["worse", of("worse")], ["better", of("better")], ["different", of("different")]].filter(([, count]) => (count as number) > 0).map(([what, count]) => `${count} ${count === 1 ? "is" : "are"} ${what}`);
  return [
    changed === 0 ? "No claim came out otherwise" : `${counted(changed, changed === 1 ? "claim" : "claims")} came out otherwise`,
    `of ${changes.length} figures ${differing.length === 0 ? "none is shown to differ" : differing.join(" and ")}`,
    `${of("alike")} are shown to be the same, and ${of("unclear")} may differ by less than this could show`,
  ].join("; ");
}

const durations: ReadonlySet<string> = new Set(["ms", "s"]);

export function sentence(change: Change): string {
  const { quantity, phase, interval, outcome } = change;
  const where = phase === "all" ? "over the whole run" : phase === "fault" ? "during the fault" : `in the ${phase}`;
  if (interval === null) return `${quantity.title} ${where}: too little was recorded to say`;
  switch (outcome) {
    case "alike": return `${quantity.title} is the same ${where}: within ${span(change)}`;
    case "unclear": return `${quantity.title} ${where}: no difference shown (${span(change)})`;
    default: return `${quantity.title} is ${span(change)} ${direction(change)} ${where}; ${sureness(change)}`;
  }
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
