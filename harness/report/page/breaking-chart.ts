/**
 * Each claim's used allowance over the audience, in users a second. Where a line crosses the limit,
 * its claim breaks. A drawing without a script.
 */
import type { Margin } from "../../breaking-point/step.ts";
import { formatCount } from "../../phrases/format.ts";
import { categorical } from "../../target/charts.ts";
import { markup, type Markup } from "../markup.ts";
import { clip } from "../plain.ts";
import { placeOn, tenth } from "./drawing.ts";

export interface Charted {
  readonly perSecond: number;
  readonly steps: readonly { readonly scale: number; readonly margins: readonly Margin[] }[];
  /** The interval of the breaking point, as multiples of the planned audience. */
  readonly from: number | null;
  readonly until: number | null;
}

interface Line {
  readonly title: string;
  readonly points: readonly { readonly scale: number; readonly used: number }[];
}

/** The lines that come closest to their limit, each with a colour of its own. */
const linesMax = categorical.length;
/** Beyond twice the allowance, a line only shows that it is beyond. */
const usedMax = 2;
const inside = { width: 1_000, height: 200 };
const drawn = { height: 262, top: 18 };

export function usersText(scale: number, perSecond: number): string {
  const users = scale * perSecond;
  return users >= 10 ? formatCount(Math.round(users)) : String(Number(users.toPrecision(2)));
}

export function marginLines({ steps }: Pick<Charted, "steps">): Line[] {
  const all = steps.flatMap(({ scale, margins }) =>
    margins.map(({ title, used }) => ({ title, scale, used })),
  );
  return [...Map.groupBy(all, ({ title }) => title)]
    .map(([title, points]) => ({ title, points: points.toSorted((a, b) => a.scale - b.scale) }))
    .sort((a, b) => mostOf(b) - mostOf(a));
}

function mostOf({ points }: Line): number {
  return Math.max(...points.map(({ used }) => used));
}

export function breakingChart(given: Charted): Markup | null {
  const lines = marginLines(given).slice(0, linesMax);
  const scales = [...new Set(given.steps.map(({ scale }) => scale))].sort((a, b) => a - b);
  const [least, most] = [scales[0], scales.at(-1)];
  if (lines.length === 0 || least === undefined || most === undefined) return null;
  // The search doubles, so equal factors are equally far apart.
  const pad = Math.max(0.15, (Math.log(most) - Math.log(least)) * 0.08);
  const along = placeOn(inside.width, [Math.log(least) - pad, Math.log(most) + pad]);
  const x = (scale: number): number => along(Math.log(scale));
  const y = placeOn(inside.height, [usedMax, 0]);
  const courses = lines.map(({ points }, index) => {
    const at = points.map(({ scale, used }) => `${x(scale)} ${y(used)}`);
    return markup`<g class="margin-line ${categorical[index] ?? ""}"><path d="M${at.join("L")}"/>
<path class="dots" d="${at.map((one) => `M${one}h.01`).join("")}"/></g>`;
  });
  const { from, until, perSecond } = given;
  const between =
    from === null || until === null
      ? null
      : markup`<rect class="between" x="${x(from)}" y="0" height="${inside.height}"
  width="${tenth(Math.max(2, x(until) - x(from)))}"/>`;
  const ticks = spread(scales, x).map(
    (scale) => markup`<text x="${tenth(x(scale) / 10)}%" y="${drawn.top + inside.height + 16}"
  text-anchor="middle">${usersText(scale, perSecond)}</text>`,
  );
  const key = lines.map(
    ({ title }, index) => markup`<li class="${categorical[index] ?? ""}"><svg width="22" height="10"
  aria-hidden="true"><path d="M0 5h22"/></svg> ${clip(title, 160)}</li>`,
  );
  const label =
    `Used allowance of ${lines.length} claims from ${usersText(least, perSecond)} to ` +
    `${usersText(most, perSecond)} users a second. The table below has the figures.`;
  return markup`<figure class="breaking"><svg width="100%" height="${drawn.height}" role="img"
  aria-label="${label}"><text x="0" y="12">allowance used</text>
<svg y="${drawn.top}" width="100%" height="${inside.height}" preserveAspectRatio="none"
  viewBox="0 0 ${inside.width} ${inside.height}">${between}
<path class="limit" d="M0 ${y(1)}H${inside.width}"/>${courses}</svg>
<text class="limit-label" x="100%" y="12" text-anchor="end">- - 100 %: the limit</text>
${ticks}<text x="100%" y="${drawn.top + inside.height + 38}" text-anchor="end">users a
second</text></svg>
<ul class="claims-key">${key}</ul></figure>`;
}

/** Labels that do not overlap on a narrow page. */
function spread(scales: readonly number[], x: (scale: number) => number): number[] {
  const kept: number[] = [];
  for (const scale of scales)
    if (kept.every((other) => Math.abs(x(other) - x(scale)) > inside.width / 8)) kept.push(scale);
  return kept;
}
