/** The result of a breaking-point search, for a terminal and as a page that links to its runs. */
import type { Margin } from "../breaking-point/step.ts";
import type { Conclusion, StepOutcome } from "../breaking-point/search.ts";
import { simulatedOf } from "../record/substrates.ts";
import { withoutText } from "../phrases/format.ts";
import { markup, type Markup } from "./markup.ts";
import { breakingChart, usersText } from "./page/breaking-chart.ts";
import { usedText } from "./page/claims.ts";
import { shape } from "./page/icons.ts";
import { numberCell, scrollingTable, section, verdictHead } from "./page/parts.ts";
import { renderShell } from "./page/shell.ts";
import { painter, type Style, wrap } from "../system/terminal.ts";
import { clip } from "./plain.ts";
import { duration } from "./suite-text.ts";
import { type Cell, table } from "./table.ts";

interface Step {
  readonly scale: number;
  readonly outcome: StepOutcome;
  /** The used part of each claim's allowance in its worst phase. */
  readonly margins: readonly Margin[];
  readonly broke: readonly string[];
  readonly why: string;
  readonly seconds: number;
  readonly runId: string | null;
  readonly directory: string | null;
}

export interface BreakingPoint {
  readonly experiment: string;
  readonly title: string;
  /** The users who begin in one second of the planned audience's busiest phase. */
  readonly perSecond: number;
  readonly topology: string;
  readonly substrate: string;
  readonly without: readonly string[];
  readonly seed: number;
  /** In chronological order. */
  readonly steps: readonly Step[];
  readonly conclusion: Conclusion;
  /** The claims that broke at the least load. */
  readonly broke: readonly string[];
}

const words: Readonly<Record<StepOutcome, string>> = {
  held: "✓ held",
  broke: "✗ broke",
  generator: "? generator failed",
  unclear: "? unclear",
};
const styles: Readonly<Record<StepOutcome, Style>> = {
  held: "held",
  broke: "refuted",
  generator: "inconclusive",
  unclear: "inconclusive",
};

const tones = {
  held: "held",
  broke: "refuted",
  generator: "inconclusive",
  unclear: "inconclusive",
} as const;

export const times = (scale: number): string => `${Number(scale.toPrecision(3))}×`;

/** The result in one or two sentences. */
export function sentenceOf({
  conclusion: { kind, estimate, from, until, ceiling },
  broke,
}: Pick<BreakingPoint, "conclusion" | "broke">): string {
  const first =
    broke.length === 0
      ? "a condition on which it is aborted"
      : broke.map((title) => `"${title}"`).join(", ");
  const held =
    from === null
      ? "even the planned audience is not shown to be served"
      : `it holds up to at least ${times(from)} the planned audience`;
  switch (kind) {
    case "broke": {
      const margin = (estimate ?? 0) - 1;
      const percent = Math.round(100 * Math.abs(margin));
      const room = margin >= 0 ? `leaves ${percent} % of headroom` : `is ${percent} % too little`;
      return (
        `It breaks at about ${times(estimate ?? 0)} the planned audience (90 % credible: ` +
        `${times(from ?? 0)} to ${times(until ?? 0)}), which ${room}. ` +
        `First to break: ${first}.`
      );
    }
    case "below":
      return (
        `It breaks even at ${times(until ?? 0)} the planned audience, the smallest tested: ` +
        `there is no headroom. First to break: ${first}.`
      );
    case "generator":
      return (
        `The load generator failed before the target did, at ${times(ceiling ?? 0)}: ${held}; ` +
        "this machine cannot test a larger audience."
      );
    case "unbroken":
      return `Nothing broke: ${held}, the largest tested.`;
    case "unclear":
      return (
        "No result: a run was inconclusive for a reason other than the load. " +
        `${from === null ? "" : `Before that, ${held}.`}`
      ).trim();
  }
}

export function renderBreakingPoint(
  found: BreakingPoint,
  { columns, colour }: { readonly columns: number; readonly colour: boolean },
): string {
  const paint = painter(colour);
  const across = Math.min(100, Math.max(60, columns));
  const lines = found.steps.map((step): Cell[] => [
    { text: times(step.scale), right: true },
    { text: words[step.outcome], style: styles[step.outcome] },
    { text: `${Math.round(step.seconds)} s`, right: true },
    {
      text: step.outcome === "held" ? "" : step.broke.length > 0 ? step.broke.join(", ") : step.why,
      style: "dim",
    },
  ]);
  const seconds = found.steps.reduce((sum, step) => sum + step.seconds, 0);
  return [
    paint(`Breaking point of ${found.experiment}${withoutText(found.without)}`, "bold"),
    ...table(lines, across, paint),
    "",
    ...wrap(sentenceOf(found), across),
    `${found.steps.length} runs; ${duration(seconds)}`,
  ].join("\n");
}

export function renderBreakingPointHtml(
  found: BreakingPoint,
  linkOf: (directory: string) => string,
): string {
  const status = {
    broke: "held",
    unbroken: "held",
    below: "refuted",
    generator: "inconclusive",
    unclear: "inconclusive",
  } as const;
  const sorted = found.steps.toSorted((a, b) => a.scale - b.scale);
  const { conclusion, perSecond } = found;
  const kind = status[conclusion.kind];
  const users = usersText(1, perSecond);
  const planned = `1× is the planned audience: ${users} users a second at its peak.`;
  return renderShell({
    simulated: simulatedOf([found.substrate]),
    title: `Breaking point of ${found.experiment}`,
    status: kind,
    heading: found.experiment,
    skipTo: { id: "runs", text: "Skip to the runs" },
    subheading:
      `breaking point · ${found.topology} topology on ${found.substrate}` +
      `${found.without.length === 0 ? "" : ` ·${withoutText(found.without)}`} · seed ${found.seed}`,
    styles: ["breaking.css"],
    scripts: [],
    charts: false,
    data: null,
    body: markup`${verdictHead({
      kind,
      shape: shape(kind),
      heading: "Breaking point",
      isLong: true,
      why: markup`<p class="why">${clip(sentenceOf(found), 1000)}</p>`,
      title: clip(found.title),
      asked: markup`<p>${planned}</p>`,
    })}
${section("margins", "Margin of each claim, by audience", [
  breakingChart({ ...conclusion, perSecond, steps: sorted }),
  markup`<p class="quiet">A claim at 100 % has used all that its limit allows, in its worst phase;
more than 200 % is drawn at the top.${
    conclusion.from === null || conclusion.until === null
      ? ""
      : " The shaded interval holds the breaking point."
  }</p>`,
])}
${section("runs", "Runs, by audience", [
  scrollingTable(
    "Table of the runs",
    "breaking-runs",
    ["audience", { n: "users a second" }, "outcome", "tightest claim", "what broke, or why not"],
    markup`<tbody>${sorted.map((step) => stepRow(step, perSecond, linkOf))}</tbody>`,
  ),
])}`,
  });
}

function stepRow(
  { scale, outcome, directory, broke, why, margins }: Step,
  perSecond: number,
  linkOf: (directory: string) => string,
): Markup {
  const word = words[outcome].replace(/^\S+ /, "");
  const [tightest] = margins.toSorted((a, b) => b.used - a.used);
  const close =
    tightest === undefined
      ? ""
      : markup`<b class="n">${usedText(tightest.used)}</b> ${clip(tightest.title, 160)}`;
  return markup`<tr><th scope="row">${times(scale)}</th>
${numberCell(usersText(scale, perSecond))}<td class="${tones[outcome]}">${shape(tones[outcome])}
${directory === null ? markup`${word}` : markup`<a href="${linkOf(directory)}">${word}</a>`}</td>
<td>${close}</td><td>${clip(broke.length > 0 ? broke.join(", ") : why)}</td></tr>\n`;
}
