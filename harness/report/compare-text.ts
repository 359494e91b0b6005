/** A comparison for a terminal: which claims changed, what got worse or better, and what cannot be told. */
import type { ClaimOutcome } from "../core/compare/claims-changed.ts";
import type { Change } from "../core/compare/compare.ts";
import { sentence } from "../core/compare/words.ts";
import type { Status } from "../core/run.ts";
import { formatCount, formatValue } from "./format.ts";
import { painter, wrap } from "./paint.ts";
import { oneLine } from "./plain.ts";

export interface Comparison {
  readonly experiment: string;
  readonly a: readonly string[];
  readonly b: readonly string[];
  readonly marked: readonly string[];
  readonly claims: readonly ClaimOutcome[];
  readonly changes: readonly Change[];
}

const marks = { worse: "✗", better: "✓", different: "≠", alike: "=", unclear: "?" } as const;
const colours = { worse: "refuted", better: "held", different: "inconclusive", alike: "dim", unclear: "dim" } as const;

export function renderComparison({ experiment, a, b, marked, claims, changes }: Comparison, { columns, colour }: { columns: number; colour: boolean }): string {
  const across = Math.min(100, Math.max(60, columns));
  const paint = painter(colour);
  const indented = (text: string, first: string): string[] => wrap(oneLine(text), across - 2).map((line, index) => `${index === 0 ? first : " "} ${line}`);
  const differing = changes.filter(({ outcome }) => outcome === "worse" || outcome === "better" || outcome === "different");
  const changed = claims.filter((claim) => claim.changed);
  const rest = (outcome: Change["outcome"]): number => changes.filter((change) => change.outcome === outcome).length;
  return [
    ...indented(`${experiment}: A = ${a.join(", ")}; B = ${b.join(", ")}`, " "), "",
    ...(changed.length === 0 ? ["  No claim came out otherwise."] : changed.flatMap((claim) => indented(`${claim.title} (${claim.phase}): ${tally(claim.a)} → ${tally(claim.b)}; ${observed(claim)}`, "!"))), "",
    ...(differing.length === 0 ? ["  No metric is shown to differ."] : differing.flatMap((change) => indented(`${sentence(change)} (${values(change)})`, paint(marks[change.outcome], colours[change.outcome])))),
    paint(`  ${formatCount(rest("alike"))} shown to be the same, ${formatCount(rest("unclear"))} where no difference was shown and none excluded`, "dim"), "",
    ...marked.flatMap((mark) => indented(mark, paint("!", "inconclusive"))),
  ].join("\n");
}

function values({ quantity, a, b }: Change): string {
  const unit = quantity.scale === "points" ? "share" : quantity.unit;
  return `${formatValue(a, unit)} → ${formatValue(b, unit)}`;
}

function tally(counts: Readonly<Record<Status, number>>): string {
  const parts = (["held", "refuted", "inconclusive"] as const).filter((status) => counts[status] > 0);
  return parts.length === 0 ? "not asked" : parts.map((status) => (parts.length === 1 && counts[status] === 1 ? status : `${counts[status]} × ${status}`)).join(", ");
}

function observed({ observed: [a, b] }: ClaimOutcome): string {
  const text = (values: readonly (number | null)[]): string => values.map((value) => (value === null ? "—" : String(Number(value.toPrecision(4))))).join(", ") || "—";
  return `observed ${text(a)} → ${text(b)}`;
}
