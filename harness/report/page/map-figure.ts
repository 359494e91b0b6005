/**
 * The map of the target while most was broken: an image that needs no script, and the same in
 * words.
 */
import { formatOffset } from "../../phrases/format.ts";
import {
  type Box,
  layOut,
  type MapLayout,
  type PlacedNode,
  type PlacedPlace,
} from "../map-layout.ts";
import { markup, type Markup } from "../markup.ts";
import type { ReportModel } from "../model.ts";
import type { MapLink, MapNode, TargetMap } from "../target-map.ts";
import { tenth } from "./drawing.ts";
import { scrolling, section } from "./parts.ts";
import type { Section } from "./section.ts";

/** With more links than this, only the affected ones are drawn. */
const linksDrawnMax = 48;

export const maps: Section = {
  id: "where",
  link: "Affected services",
  position: 20,
  styles: ["map.css"],
  body,
};

function body({ maps: all }: Pick<ReportModel, "maps">): Markup | null {
  if (all.length === 0) return null;
  return section("where", "Affected services", [markup`${all.map(figure)}`, mapKey], "page maps");
}

const mapKey = markup`<ul class="map-key" aria-hidden="true">
<li><span class="key down">✗</span> down</li>
<li><span class="key struck">!</span> affected, still answers</li>
${[
  linkKey("cut", "#b3261e", "link cut"),
  linkKey("hurt", "#b3261e", "link degraded"),
  linkKey("idle", "#888", "one end is down"),
]}</ul>`;

function linkKey(state: MapLink["state"], stroke: string, means: string): Markup {
  return markup`<li><svg width="26" height="10"><path class="link ${state}" fill="none"
  stroke="${stroke}" d="M0 5h26"/></svg> ${means}</li>\n`;
}

function figure(map: TargetMap, index: number): Markup {
  const layout = layOut(map);
  const at = formatOffset(map.atMs);
  const height = Math.ceil(layout.height);
  const drawing = markup`<svg viewBox="0 0 ${layout.width} ${height}" width="${layout.width}"
  height="${height}" role="img"
  aria-label="${`Regions, zones and services of the target. ${textOf(map)}`}">
${layout.places.map(place)}${drawnLinks(map, layout)}${layout.nodes.map(node)}</svg>`;
  return markup`<figure class="map">
<figcaption>${index > 0 ? "Later, at" : "At"} <b>${at}</b>: ${inWords(map)}</figcaption>
${scrolling(`Map of the target at ${at}`, drawing)}</figure>\n`;
}

function inWords(map: TargetMap): Markup {
  const named = (state: MapNode["state"]): string =>
    listed(map.nodes.filter((one) => one.state === state).map(({ name }) => name));
  const links = (state: MapLink["state"]): string =>
    listed(map.links.filter((one) => one.state === state).map(({ from, to }) => `${from} → ${to}`));
  const labelled = (label: string, text: string): Markup[] =>
    text === "" ? [] : [markup` <b>${label}</b> ${text}.`];
  return markup`${map.faults.join("; ")}.${[
    ...labelled("Down:", named("down")),
    ...labelled("Struck:", named("struck")),
    ...labelled("Died unexpectedly:", named("died")),
    ...labelled("Links cut:", links("cut")),
    ...labelled("Links degraded:", links("hurt")),
  ]}`;
}

function textOf(map: TargetMap): string {
  return inWords(map)
    .text.replace(/<\/?b>/g, "")
    .replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
}

/** At most eight by name. */
function listed(names: readonly string[]): string {
  return names.length <= 8
    ? names.join(", ")
    : `${names.slice(0, 7).join(", ")} and ${names.length - 7} more`;
}

function place({ label, kind, lost, ...box }: PlacedPlace): Markup {
  return boxed(
    `place ${kind}${lost ? " lost" : ""}`,
    box,
    `${label}${lost ? " — lost" : ""}`,
    kind === "region" ? 16 : 16,
    "start",
  );
}

function node({ node: { name, region, zone, state }, ...box }: PlacedNode): Markup {
  const sign = { up: "", down: "✗ ", struck: "! ", died: "✗ " }[state];
  const short = [`${region}/`, `${zone}/`].reduce(
    (text, prefix) => (text.startsWith(prefix) ? text.slice(prefix.length) : text),
    name,
  );
  return boxed(`node ${state}`, box, `${sign}${short}`, 18, "middle");
}

/** Each box is a separate drawing, so that a long name is clipped at its border. */
function boxed(
  of: string,
  { x, y, width, height }: Box,
  label: string,
  baseline: number,
  anchor: "start" | "middle",
): Markup {
  const stroke = / (down|died|struck|lost)/.test(of) ? "#b3261e" : "#999";
  const textX = anchor === "middle" ? tenth(width / 2) : 10;
  return markup`<svg class="${of}" x="${tenth(x)}" y="${tenth(y)}" width="${tenth(width)}"
  height="${tenth(height)}"><title>${label}</title>
<rect x="1" y="1" width="${tenth(width - 2)}" height="${tenth(height - 2)}" rx="4" fill="#fff"
  stroke="${stroke}"/>
<text font-size="12" x="${textX}" y="${baseline}" text-anchor="${anchor}">${label}</text></svg>`;
}

function drawnLinks({ links }: TargetMap, { nodes }: MapLayout): Markup {
  const at = new Map(nodes.map((one) => [one.node.name, one]));
  const all = links.length <= linksDrawnMax;
  const order: readonly MapLink["state"][] = ["up", "idle", "hurt", "cut"];
  const shown = links
    .filter(({ state }) => all || state === "cut" || state === "hurt")
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  return markup`${shown.flatMap(({ from, to, state }) => {
    const [start, end] = [at.get(from), at.get(to)];
    const stroke = state === "cut" || state === "hurt" ? "#b3261e" : "#bbb";
    return start === undefined || end === undefined
      ? []
      : [
          markup`<path class="link ${state}" fill="none" stroke="${stroke}"
  d="${curve(start, end)}"/>`,
        ];
  })}`;
}

/** From the bottom of the client to the top of the server; within one shelf, an arc below both. */
function curve(from: Box, to: Box): string {
  const [x1, x2] = [from.x + from.width / 2, to.x + to.width / 2];
  const down = to.y > from.y + from.height;
  const [y1, y2] = [from.y + from.height, down ? to.y : to.y + to.height];
  const bend = down ? Math.max(12, (y2 - y1) / 2) : 24;
  return (
    `M${tenth(x1)} ${tenth(y1)}C${tenth(x1)} ${tenth(y1 + bend)} ${tenth(x2)} ` +
    `${tenth(down ? y2 - bend : y2 + bend)} ${tenth(x2)} ${tenth(y2)}`
  );
}
