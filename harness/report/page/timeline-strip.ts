/** The whole run as one strip: phases, and faults with the moments of their landing and heal. */
import { formatDuration, formatOffset } from "../../phrases/format.ts";
import { markup, type Markup } from "../markup.ts";
import type { ReportModel } from "../model.ts";
import type { FaultBand } from "../timeline.ts";

const lanesMax = 4;
const laneHeight = 20;
const phasesHeight = 26;

export function timelineStrip({ axis, phases, faults }: ReportModel): Markup {
  if (phases.length === 0) return markup``;
  const at = (ms: number): number =>
    Math.min(100, Math.max(0, ((ms - axis.fromMs) / (axis.untilMs - axis.fromMs)) * 100));
  const lanes = arranged(faults);
  const height = phasesHeight + Math.min(lanesMax, Math.max(1, lanes.length)) * laneHeight + 4;
  const bands = phases.map(({ phase, fromMs, untilMs }) => {
    const wide = at(untilMs) - at(fromMs);
    const name = wide > 6 ? phase : "";
    const length = wide > 14 ? formatDuration(untilMs - fromMs) : "";
    return markup`<svg x="${percent(at(fromMs))}" width="${percent(wide)}" height="${height}">
<rect class="band ${phase}" fill="#e4e8ec" stroke="#fff" width="100%"
  height="${phasesHeight - 4}"/>
<text font-size="12" x="8" y="15">${name}<tspan class="soft" dx="6">${length}</tspan></text></svg>`;
  });
  const bars = lanes.slice(0, lanesMax).flatMap((lane, row) =>
    lane.map((fault, index) => {
      const [before, after] = [lane[index - 1], lane[index + 1]];
      return bar(fault, at, phasesHeight + row * laneHeight, axis.untilMs, [
        before === undefined ? 0 : at(before.healedMs ?? axis.untilMs),
        after === undefined ? 100 : at(after.fromMs),
      ]);
    }),
  );
  const words = faults
    .slice(0, 5)
    .map((fault) => `${fault.label} from ${formatOffset(fault.fromMs)}`)
    .join("; ");
  const label = `Timeline: ${phases.map(({ phase }) => phase).join(", ")}. ${words}`;
  return markup`<figure class="strip"><svg width="100%" height="${height}" role="img"
  aria-label="${label}">${bands}${bars}</svg></figure>`;
}

/** The approximate width of a letter in per cent of the strip, wherever labels are shown. */
const letter = 0.62;

/**
 * Its label is inside, otherwise next to it if `room` is free; a truncated name could be that of
 * another service.
 */
function bar(
  fault: FaultBand,
  at: (ms: number) => number,
  y: number,
  endMs: number,
  room: readonly [number, number],
): Markup {
  const [left, right] = [at(fault.fromMs), at(fault.healedMs ?? endMs)];
  const wide = Math.max(0.4, right - left);
  const state = fault.landed ? "landed" : "unlanded";
  const label = `${fault.landed ? "✓" : "✗"} ${fault.label}`;
  const needs = label.length * letter + 2;
  const place =
    wide >= needs
      ? "in"
      : room[1] - right >= needs
        ? "after"
        : left - room[0] >= needs
          ? "before"
          : wide > 5
            ? "in"
            : "nowhere";
  const beside =
    place === "after" || place === "before" ? besideBar(place, label, left, wide, y) : null;
  return markup`<svg x="${percent(left)}" y="${y}" width="${percent(wide)}"
  height="${laneHeight - 2}"><rect class="fault ${state}" fill="#fff" stroke="#b3261e" x="1" y="1"
  width="100%" height="${laneHeight - 4}" rx="2"/>
<text class="fault-label ${state}" font-size="12" x="8" y="13">${
    place === "in" ? label : ""
  }</text></svg>${beside}`;
}

function besideBar(
  place: "after" | "before",
  label: string,
  left: number,
  wide: number,
  y: number,
): Markup {
  const after = place === "after";
  const [x, dx, anchor] = after
    ? ([percent(left + wide), 6, "start"] as const)
    : ([percent(left), -5, "end"] as const);
  return markup`<text class="fault-label beside" font-size="12"
  x="${x}" dx="${dx}" y="${y + 13}" text-anchor="${anchor}">${label}</text>`;
}

/** Faults that overlap in time are stacked. */
function arranged(faults: readonly FaultBand[]): FaultBand[][] {
  const lanes: FaultBand[][] = [];
  for (const fault of [...faults].sort((a, b) => a.fromMs - b.fromMs)) {
    const free = lanes.find(
      (lane) => (lane.at(-1)?.healedMs ?? Number.POSITIVE_INFINITY) <= fault.fromMs,
    );
    if (free === undefined) lanes.push([fault]);
    else free.push(fault);
  }
  return lanes;
}

function percent(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
}
