/** A change in one plain sentence: "live segment wait p99 is 18–31 % slower during the fault; unlikely to be noise". */
import type { Change } from "./compare.ts";

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
export function span({ quantity: { scale }, interval, outcome }: Change): string {
  if (interval === null) return "—";
  const unit = scale === "points" ? "points" : "%";
  const percent = (value: number): string => rounded(value * 100);
  if (outcome === "alike") return `±${percent(Math.max(Math.abs(interval.low), Math.abs(interval.high)))} ${unit}`;
  const oneSided = interval.low > 0 || interval.high < 0;
  if (!oneSided) return `${signed(interval.low * 100)} to ${signed(interval.high * 100)} ${unit}`;
  const [from, to] = [Math.abs(interval.low), Math.abs(interval.high)].sort((x, y) => x - y) as [number, number];
  return percent(from) === percent(to) ? `${percent(from)} ${unit}` : `${percent(from)}–${percent(to)} ${unit}`;
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
