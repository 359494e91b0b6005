/**
 * The claim that decided, on the first screen: its figure in each phase, and its course beside its
 * limit. A drawing without a script.
 */
import { isPhase } from "../../base/phases.ts";
import { formatValue } from "../../phrases/format.ts";
import type { ClaimRow } from "../claim-rows.ts";
import type { Deciding, DecidingPoint } from "../deciding.ts";
import { markup, type Markup } from "../markup.ts";
import type { ReportModel } from "../model.ts";
import { placeOn, tenth } from "./drawing.ts";
import { mark } from "./icons.ts";

/** The inside of the drawing is stretched to the page's width; its lines and letters are not. */
const inside = { width: 1_000, height: 100 };
const drawn = { height: 150, top: 18 };

export function decidingSection({ deciding, status, axis, phases, faults }: ReportModel): Markup {
  if (deciding === null) return markup``;
  const [first] = deciding.rows as [ClaimRow];
  const inOrder = phases.flatMap(({ phase }) => deciding.rows.filter((one) => one.phase === phase));
  const heading = status === "held" ? "The tightest claim" : "The claim that decided";
  return markup`<section class="deciding" aria-labelledby="deciding">
<div><h2 id="deciding">${heading}</h2>
<p class="claim-title">${first.title}</p>
<p class="big">${first.observed} <span class="soft">${first.limit}</span></p>
<ul>${inOrder.map(row)}</ul></div>
${chart(deciding, { axis, phases, faults, status }, first)}</section>`;
}

function row({ status, phase, observed }: ClaimRow): Markup {
  return markup`<li>${mark(status)} ${phase} <b class="n">${observed}</b></li>`;
}

function chart(
  { points, limit, unit, windowMs }: Deciding,
  { axis, phases, faults, status }: Pick<ReportModel, "axis" | "phases" | "faults" | "status">,
  { title, phase }: ClaimRow,
): Markup | null {
  if (points.length < 2) return null;
  const shown = phases.filter((band) => isPhase(band.phase));
  const untilMs = shown.at(-1)?.untilMs ?? axis.untilMs;
  const x = placeOn(inside.width, [shown[0]?.fromMs ?? axis.fromMs, untilMs]);
  const { low, high, y } = scaleOf(points, limit, unit);
  const bands = faults
    .filter(({ landed }) => landed)
    .map((fault) => {
      const [left, right] = [x(fault.fromMs), x(fault.healedMs ?? untilMs)];
      return markup`<rect class="in-force" x="${left}" y="0"
  width="${tenth(Math.max(1, right - left))}" height="${inside.height}"/>`;
    });
  const borders = shown
    .slice(1)
    .map((band) => markup`<path class="border" d="M${x(band.fromMs)} 0V${inside.height}"/>`);
  const names = shown.map(
    (band) => markup`<text class="soft" x="${tenth(x(band.fromMs) / 10)}%" dx="3"
  y="${drawn.top + inside.height + 15}">${band.phase}</text>`,
  );
  const line = lines(points, windowMs).map(
    (part) =>
      markup`<path class="course" d="M${part
        .map(({ atMs, value }) => `${x(atMs)} ${y(value)}`)
        .join("L")}"/>`,
  );
  const beyond = points
    // A single window decides nothing: a claim that held is not shown as violated in part.
    .filter((point) => point.beyond && status !== "held")
    .map(({ atMs, value }) => markup`<path class="beyond" d="M${x(atMs)} ${y(value)}h.01"/>`);
  const limitY = limit === null ? null : y(limit);
  const limitLine =
    limitY === null ? null : markup`<path class="limit" d="M0 ${limitY}H${inside.width}"/>`;
  // Beside the drawing, so that no point covers it.
  const limitLabel =
    limit === null
      ? null
      : markup`<text class="limit-label" x="100%" y="12" text-anchor="end">- - limit ${formatValue(
          limit,
          unit,
        )}</text>`;
  const over = points.filter((point) => point.beyond).length;
  const said =
    `${title}: from ${formatValue(low, unit)} to ${formatValue(high, unit)}; ` +
    `${over} of ${points.length} points are beyond the limit`;
  const how =
    windowMs === null
      ? `Counted from the start of phase ${phase}.`
      : `Each point covers ${windowMs / 1_000} s; the verdict covers each phase as a whole.`;
  return markup`<figure><svg class="deciding-chart" width="100%" height="${drawn.height}" role="img"
  aria-label="${said}">
<svg y="${drawn.top}" width="100%" height="${inside.height}" preserveAspectRatio="none"
  viewBox="0 0 ${inside.width} ${inside.height}">
${bands}${borders}${limitLine}${line}${beyond}</svg>
<text class="soft" x="0" y="12">${formatValue(high, unit)}</text>
${limitLabel}
${names}</svg><figcaption class="soft">${how}</figcaption></figure>`;
}

/** A share is seen only near 100 %; anything else starts at zero. */
function scaleOf(
  points: readonly DecidingPoint[],
  limit: number | null,
  unit: string,
): { readonly low: number; readonly high: number; y(value: number): number } {
  const values = points.map(({ value }) => value);
  const all = limit === null ? values : [...values, limit];
  const high = Math.max(...values);
  const low = Math.min(...values);
  const isHighShare = unit === "share" && (limit ?? 0) > 0.5;
  const top = isHighShare ? 1 : Math.max(...all) * 1.05;
  const bottom = isHighShare ? Math.min(...all) - (1 - Math.min(...all)) * 0.15 : 0;
  const span = top - bottom || 1;
  const y = (value: number): number => tenth(inside.height * (1 - (value - bottom) / span));
  return { low, high, y };
}

/** A gap of more than two windows breaks the line. */
function lines(
  points: readonly DecidingPoint[],
  windowMs: number | null,
): (readonly DecidingPoint[])[] {
  const step = windowMs ?? Number.POSITIVE_INFINITY;
  const parts: DecidingPoint[][] = [];
  for (const point of points) {
    const last = parts.at(-1)?.at(-1);
    if (last === undefined || point.atMs - last.atMs > 2.5 * step) parts.push([point]);
    else parts.at(-1)?.push(point);
  }
  return parts;
}
