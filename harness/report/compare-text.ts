/**
 * A comparison for a terminal: which claims changed, what became worse or better, and what is
 * undecided.
 */
import type { ClaimOutcome } from "../compare/claims-changed.ts";
import type { Change } from "../compare/compare.ts";
import type { Against, Comparison, Outcome, Side } from "../compare/comparison.ts";
import {
  chanceText,
  limitText,
  observedText,
  outcomeWords,
  powerSentences,
  sentence,
  suspects,
  tally,
  tallySentence,
} from "../compare/words.ts";
import { formatValue } from "../phrases/format.ts";
import { type Paint, painter, type Style, wrap } from "../system/terminal.ts";
import { oneLine } from "./plain.ts";
import { printable } from "./printable.ts";

const marks = { worse: "✗", better: "✓", different: "≠", alike: "=", unclear: "?" } as const;
const colours = {
  worse: "refuted",
  better: "held",
  different: "inconclusive",
  alike: "dim",
  unclear: "dim",
} as const;
const colourOf: Readonly<Record<Outcome, Style>> = {
  worse: "refuted",
  mixed: "refuted",
  better: "held",
  different: "inconclusive",
  none: "bold",
  undecided: "inconclusive",
};
/** More lines would push the verdict off the screen; the page has all of them. */
const shownMax = 12;
const suspectsMax = 4;

function claimMark({ turned }: ClaimOutcome, paint: Paint): string {
  if (turned === null) return paint("?", "inconclusive");
  return turned === "better" ? paint("✓", "held") : paint("✗", "refuted");
}

export function renderComparison(
  comparison: Comparison,
  { columns, colour }: { columns: number; colour: boolean },
): string {
  const across = Math.min(100, Math.max(60, columns));
  const paint = painter(colour);
  const { experiment, baseline, others, marked } = comparison;
  const indented = (text: string, first = " "): string[] =>
    wrap(oneLine(text), across - 2).map((line, index) => `${index === 0 ? first : " "} ${line}`);
  return printable(
    [
      ...indented(`${experiment}: A is the baseline`),
      ...[baseline, ...others.map(({ side }) => side)].flatMap((side) => indented(sideLine(side))),
      ...others.flatMap((against) => [
        "",
        ...againstLines(against, baseline.runs.length, paint, indented),
      ]),
      "",
      ...marked.flatMap((mark) => indented(mark, paint("!", "inconclusive"))),
    ]
      .join("\n")
      .trimEnd(),
    colour,
  );
}

function sideLine({ name, runs }: Side): string {
  const statuses = (["held", "refuted", "inconclusive"] as const).flatMap((status) => {
    const count = runs.filter((run) => run.status === status).length;
    return count === 0 ? [] : [`${count} ${status}`];
  });
  const subjects = [...new Set(runs.map(({ subject }) => subject).filter((one) => one !== null))];
  return `${name} = ${subjects.length === 0 ? "" : `${subjects.join(" and ")}: `}${runs
    .map(({ id }) => id)
    .slice(0, 5)
    .join(", ")}${runs.length > 5 ? ` and ${runs.length - 5} more` : ""} (${statuses.join(", ")})`;
}

function againstLines(
  against: Against,
  baselineRuns: number,
  paint: Paint,
  indented: (text: string, first?: string) => string[],
): string[] {
  const { side, outcome, claims, changes } = against;
  const differing = changes.filter(
    (change) =>
      change.outcome === "worse" || change.outcome === "better" || change.outcome === "different",
  );
  const head = paint(`${side.name} against A: ${outcomeWords[outcome]}`, colourOf[outcome]);
  return [
    `  ${paint(head, "bold")}`,
    ...indented(`${tallySentence(against)}.`),
    ...powerSentences({ ...against, baselineRuns }).flatMap((text) => indented(`${text}.`)),
    ...claims
      .filter((claim) => claim.changed || claim.turned !== null)
      .flatMap((claim) => indented(claimLine(side, claim), claimMark(claim, paint))),
    ...differing
      .slice(0, shownMax)
      .flatMap((change) =>
        indented(
          `${sentence(change)} (${values(change)})`,
          paint(marks[change.outcome], colours[change.outcome]),
        ),
      ),
    ...suspects(changes)
      .slice(0, suspectsMax)
      .flatMap((change) =>
        indented(`${sentence(change)} (${values(change)})`, paint("?", "inconclusive")),
      ),
    ...(differing.length > shownMax
      ? indented(`and ${differing.length - shownMax} more: the page has them`)
      : []),
  ];
}

/** Example: `40 ms → 52 ms`. */
export function values({ quantity, a, b }: Change): string {
  const unit = quantity.scale === "points" ? "share" : quantity.unit;
  return `${formatValue(a, unit)} → ${formatValue(b, unit)}`;
}

/** Each side's status with its observed value. */
function claimLine({ name }: Side, claim: ClaimOutcome): string {
  const chance = chanceText(claim);
  const text = (counts: ClaimOutcome["a"], observed: readonly (number | null)[]): string =>
    `${tally(counts)} (${observedText(observed, claim)})`;
  const [ofA, ofB] = claim.observed;
  return [
    `${claim.title}, ${claim.phase}: A ${text(claim.a, ofA)}, ${name} ${text(claim.b, ofB)}`,
    ...(claim.limit === null ? [] : [`must be ${limitText(claim)}`]),
    ...(chance === "" ? [] : [chance]),
  ].join("; ");
}
