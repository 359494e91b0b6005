/**
 * Lays out a target on a sheet: regions side by side, zones inside them, services on shelves,
 * clients above their servers.
 */
import type { MapNode, TargetMap } from "./target-map.ts";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface PlacedNode extends Box {
  readonly node: MapNode;
}
export interface PlacedPlace extends Box {
  readonly label: string;
  readonly kind: "region" | "zone";
  readonly lost: boolean;
}

export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly places: readonly PlacedPlace[];
  readonly nodes: readonly PlacedNode[];
}

const sheet = {
  width: 1100,
  gap: 20,
  inset: 10,
  label: 24,
  node: { height: 28, widthMin: 112, widthMax: 200, gap: 8 },
  shelfGap: 30,
  zonesInRow: 6,
} as const;

/** Users first, in the middle above all regions. */
export function layOut({ nodes, links }: Pick<TargetMap, "nodes" | "links">): MapLayout {
  const outside = nodes.filter(({ region, zone }) => region === "" && zone === "");
  const regions = regionsOf(
    nodes.filter((node) => !outside.includes(node)),
    links,
  );
  if (outside.length === 0) return regions;
  const { height, gap } = sheet.node;
  const width = Math.min(sheet.node.widthMax, sheet.width / outside.length - gap);
  const down = height + sheet.shelfGap;
  const lowered = <T extends Box>(box: T): T => ({ ...box, y: box.y + down });
  const left = (sheet.width - outside.length * (width + gap) + gap) / 2;
  return {
    width: regions.width,
    height: regions.height + down,
    places: regions.places.map(lowered),
    nodes: [
      ...outside.map((node, at) => ({ node, x: left + at * (width + gap), y: 0, width, height })),
      ...regions.nodes.map(lowered),
    ],
  };
}

function regionsOf(nodes: readonly MapNode[], links: TargetMap["links"]): MapLayout {
  const shelfOf = shelves(nodes, links);
  const regions = [...Map.groupBy(nodes, (node) => node.region)].map(([label, members]) => ({
    label,
    zones: [...Map.groupBy(members, (node) => node.zone)],
  }));
  const inRow = Math.max(
    1,
    Math.min(
      sheet.zonesInRow,
      regions.reduce((total, { zones }) => total + zones.length, 0),
    ),
  );
  const regionGaps = Math.min(regions.length, inRow) - 1;
  const zoneWidth =
    (sheet.width -
      regionGaps * sheet.gap -
      2 * sheet.inset * (regionGaps + 1) -
      (inRow - regionGaps - 1) * sheet.inset) /
    inRow;
  const places: PlacedPlace[] = [],
    placed: PlacedNode[] = [];
  let [x, y, rowHeight] = [0, 0, 0];
  for (const region of regions) {
    const width = region.zones.length * zoneWidth + (region.zones.length + 1) * sheet.inset;
    if (x > 0 && x + width > sheet.width + 1) [x, y, rowHeight] = [0, y + rowHeight + sheet.gap, 0];
    const zones = region.zones.map(([label, members], index) => ({
      label,
      ...zoneAt(
        members,
        shelfOf,
        x + sheet.inset + index * (zoneWidth + sheet.inset),
        y + sheet.label,
        zoneWidth,
      ),
    }));
    const height = Math.max(0, ...zones.map((zone) => zone.height));
    places.push({
      label: region.label,
      kind: "region",
      x,
      y,
      width,
      height: height + sheet.label + sheet.inset,
      lost: zones.every((zone) => zone.lost),
    });
    for (const zone of zones) {
      places.push({
        label: zone.label,
        kind: "zone",
        x: zone.x,
        y: zone.y,
        width: zone.width,
        height,
        lost: zone.lost,
      });
      placed.push(...zone.nodes);
    }
    rowHeight = Math.max(rowHeight, height + sheet.label + sheet.inset);
    x += width + sheet.gap;
  }
  return { width: sheet.width, height: y + rowHeight, places, nodes: placed };
}

function zoneAt(
  members: readonly MapNode[],
  shelfOf: ReadonlyMap<string, number>,
  x: number,
  y: number,
  width: number,
): Box & { readonly nodes: PlacedNode[]; readonly lost: boolean } {
  const { node, inset, label, shelfGap } = sheet;
  const inner = width - 2 * inset;
  const perRow = Math.max(1, Math.floor((inner + node.gap) / (node.widthMin + node.gap)));
  const nodes: PlacedNode[] = [];
  let top = y + label;
  const shelved = [...Map.groupBy(members, (member) => shelfOf.get(member.kind) ?? 0)].sort(
    ([a], [b]) => a - b,
  );
  for (const [index, [, shelf]] of shelved.entries()) {
    if (index > 0) top += shelfGap - node.gap;
    const across = Math.min(perRow, shelf.length);
    const wide = Math.min(node.widthMax, (inner - (across - 1) * node.gap) / across);
    const left = x + inset + (inner - across * wide - (across - 1) * node.gap) / 2;
    for (const [at, member] of shelf.entries()) {
      nodes.push({
        node: member,
        x: left + (at % across) * (wide + node.gap),
        y: top + Math.floor(at / across) * (node.height + node.gap),
        width: wide,
        height: node.height,
      });
    }
    top += Math.ceil(shelf.length / across) * (node.height + node.gap);
  }
  return {
    x,
    y,
    width,
    height: top - node.gap + inset - y,
    nodes,
    lost: members.every(({ state }) => state === "down"),
  };
}

/** A kind is one shelf below the lowest of its clients; kinds in a cycle share a shelf. */
function shelves(nodes: readonly MapNode[], links: TargetMap["links"]): Map<string, number> {
  const kindOf = new Map(nodes.map((node) => [node.name, node.kind]));
  const shelf = new Map(nodes.map((node) => [node.kind, 0]));
  const asks = new Map<string, readonly [string, string]>();
  for (const { from, to } of links) {
    const [above, below] = [kindOf.get(from), kindOf.get(to)];
    if (above !== undefined && below !== undefined && above !== below)
      asks.set(`${above}>${below}`, [above, below]);
  }
  for (let round = 0; round < shelf.size; round++) {
    for (const [above, below] of asks.values()) {
      if (!asks.has(`${below}>${above}`))
        shelf.set(
          below,
          Math.min(shelf.size, Math.max(shelf.get(below) ?? 0, (shelf.get(above) ?? 0) + 1)),
        );
    }
  }
  return shelf;
}
