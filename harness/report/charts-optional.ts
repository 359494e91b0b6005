/** Charts of what only some experiments have: players, session starts, shed work. Where there is none, nothing is missing. */
import type { Find } from "./find.ts";
import { growth, highest, shareOf } from "./buckets.ts";
import { byTag } from "./by-tag.ts";
import type { ChartSpec, Tone } from "./chart.ts";

/** What players showed: real ones in a browser, or in virtual time modelled ones, whose names say so. */
export function players(find: Find): ChartSpec[] {
  const latency = find("player_latency_ms");
  if (latency.length === 0) return [];
  return [
    {
      id: "players",
      title: "Players: how far behind live",
      unit: "ms",
      needs: "player_latency_ms",
      note: "Players, highest reading of each interval; the share of time for which the worst stalled is on the right scale.",
      lines: [
        ...byTag(latency, "player", highest),
        {
          label: "stalled",
          tone: "lost",
          unit: "share",
          axis: "right",
          measure: highest(find("player_rebuffer_ratio")),
        },
      ],
    },
  ];
}

/** Session starts by bucket: whoever wants to watch now goes before whoever might later. */
export function starts(find: Find): ChartSpec[] {
  const all = find("gateway_requests_total", { lane: "start" });
  if (all.length === 0) return [];
  const buckets = (
    [
      ["CRITICAL", "one"],
      ["DEGRADED", "three"],
      ["BEST_EFFORT", "two"],
      ["BULK", "four"],
    ] as const
  ).flatMap(([bucket, tone]) => {
    const of = find("gateway_requests_total", { lane: "start", bucket });
    return of.length === 0
      ? []
      : [
          {
            label: bucket,
            tone: tone as Tone,
            measure: shareOf(
              growth(of.filter((series) => series.tags["outcome"] === "served")),
              growth(of),
            ),
          },
        ];
  });
  return [
    {
      id: "starts",
      title: "Session starts: asked for, and what became of them",
      unit: "/s",
      stacked: true,
      needs: "gateway_requests_total",
      note: "As the gateways count them, by outcome.",
      lines: byTag(all, "outcome", growth),
    },
    {
      id: "start-shares",
      title: "Session starts served, by priority",
      unit: "share",
      needs: "gateway_requests_total",
      note: "The highest priority must stay near the top whatever happens to the others.",
      lines: buckets,
    },
  ];
}

/** The order of giving up: DVR first, live only when nothing else is left, publication never. */
export function shedding(find: Find): ChartSpec[] {
  const shed = find("origin_requests_total", { outcome: "shed" });
  if (shed.length === 0) return [];
  return [
    {
      id: "shed",
      title: "What the origins shed",
      unit: "/s",
      needs: "origin_requests_total",
      note: "By lane. DVR is to be given up first, live only when no DVR is left to give up, publication never.",
      lines: byTag(shed, "lane", growth),
    },
  ];
}
