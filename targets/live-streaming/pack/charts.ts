/** The charts of a stream: players, origin load, and the services' own counters. */
import type { Charts, DeclaredChart, DeclaredLine, Tone } from "../../../harness/target/charts.ts";

/** Real players in a browser, or modelled ones in virtual time, whose names say so. */
const players: DeclaredChart = {
  id: "players",
  title: "Players: how far behind live",
  unit: "ms",
  note:
    "Players, highest reading of each interval; the share of time for which the worst " +
    "stalled is on the right scale.",
  only: { metric: "player_latency_ms" },
  optional: true,
  lines: [
    { metric: "player_latency_ms", statistic: "highest", by: "player" },
    {
      metric: "player_rebuffer_ratio",
      statistic: "highest",
      label: "stalled",
      tone: "lost",
      unit: "share",
      axis: "right",
    },
  ],
};

/** Viewers who watch: modelled players under load. */
const watching: readonly DeclaredChart[] = [
  {
    id: "viewers-rebuffering",
    title: "Viewers: rebuffering ratio",
    unit: "share",
    note:
      "Share of the time for which those who watch stalled; how many gave up on a segment or a " +
      "player is on the right scale.",
    only: { metric: "viewer_rebuffer_ratio" },
    optional: true,
    lines: [
      {
        metric: "viewer_rebuffer_ratio",
        statistic: "mean",
        label: "rebuffering ratio",
        tone: "late",
      },
      {
        metric: "viewer_failures",
        statistic: "count",
        label: "failures",
        tone: "lost",
        unit: "",
        axis: "right",
      },
    ],
  },
  {
    id: "viewers-latency",
    title: "Viewers: how far behind live",
    unit: "ms",
    note: "Of all sessions; the mean bitrate is on the right scale.",
    only: { metric: "viewer_latency_ms" },
    optional: true,
    lines: [
      { metric: "viewer_latency_ms", statistic: "p95", label: "p95", tone: "p95" },
      { metric: "viewer_latency_ms", statistic: "p50", label: "p50", tone: "p50" },
      {
        metric: "viewer_bitrate",
        statistic: "mean",
        label: "bitrate",
        tone: "audience",
        unit: "bit/s",
        axis: "right",
      },
    ],
  },
  {
    id: "viewers-startup",
    title: "Viewers: startup time",
    unit: "ms",
    spreadForLog: 20,
    note: "From pressing play to the first picture, or to giving up.",
    only: { metric: "viewer_startup_ms" },
    optional: true,
    lines: [
      { metric: "viewer_startup_ms", statistic: "p95", label: "p95", tone: "p95" },
      { metric: "viewer_startup_ms", statistic: "p50", label: "p50", tone: "p50" },
    ],
  },
];

const ofStarts = { metric: "gateway_requests_total", where: { lane: "start" } } as const;
const ofBucket = (bucket: string, tone: Tone): DeclaredLine => ({
  metric: ofStarts.metric,
  where: { ...ofStarts.where, bucket, outcome: "served" },
  statistic: "growth",
  label: bucket,
  tone,
  shareOf: {
    metric: ofStarts.metric,
    where: { ...ofStarts.where, bucket },
    statistic: "growth",
  },
});

/**
 * Session starts by bucket: viewers who want to watch now come before those who may watch later.
 */
const starts: readonly DeclaredChart[] = [
  {
    id: "starts",
    title: "Session starts: requests by outcome",
    unit: "/s",
    stacked: true,
    note: "As the gateways count them, by outcome.",
    optional: true,
    lines: [{ ...ofStarts, statistic: "growth", by: "outcome" }],
  },
  {
    id: "start-shares",
    title: "Session starts served, by priority",
    unit: "share",
    note: "The highest priority must stay near the top whatever happens to the others.",
    optional: true,
    lines: [
      ofBucket("CRITICAL", "one"),
      ofBucket("DEGRADED", "three"),
      ofBucket("BEST_EFFORT", "two"),
      ofBucket("BULK", "four"),
    ],
  },
];

const shed: DeclaredChart = {
  id: "shed",
  title: "What the origins shed",
  unit: "/s",
  note: "By lane. DVR is shed first, live only when no DVR is left, publication never.",
  optional: true,
  lines: [
    {
      metric: "origin_requests_total",
      where: { outcome: "shed" },
      statistic: "growth",
      by: "lane",
    },
  ],
};

const fanIn: DeclaredChart = {
  id: "origin-fan-in",
  title: "What reaches the origin",
  unit: "/s",
  note:
    "Requests that each edge sent to the origins, against all that viewers sent to the " +
    "edges (dashed, right scale).",
  only: { metric: "origin_gets" },
  lines: [
    { metric: "origin_gets", statistic: "growth", by: "entry" },
    {
      metric: "segment_ms",
      statistic: "rate",
      label: "viewers’ requests",
      tone: "audience",
      axis: "right",
    },
  ],
};

const atEdges = (lane: string, tone: Tone): DeclaredLine => ({
  metric: "origin_gets",
  where: { lane },
  statistic: "growth",
  label: `${lane}, at the edges`,
  tone,
  leftOf: { metric: "http_req_ms", where: { lane }, statistic: "rate" },
});

const inside = (label: string, tone: Tone, metric: string, from: string): DeclaredLine => ({
  metric,
  where: { from },
  statistic: "growth",
  label,
  tone,
  shareOf: { metric, statistic: "growth" },
});

const hits: DeclaredChart = {
  id: "hits",
  title: "Cache hit ratios",
  unit: "share",
  note:
    "Requests answered without asking the next one in line: an edge its origin, an origin" +
    " its store.",
  lines: [
    atEdges("live", "one"),
    atEdges("dvr", "two"),
    inside("chunks, in memcached", "three", "origin_chunks_total", "memcached"),
    inside("metadata, in memory", "four", "origin_metadata_lookups_total", "memory"),
  ],
};

const timed = (
  operation: "read" | "write",
  statistic: "bucketP50" | "bucketP99",
  tone: Tone,
): DeclaredLine => ({
  metric: `origin_store_${operation}_ms_bucket`,
  statistic,
  label: `${operation}s ${statistic === "bucketP99" ? "p99" : "p50"}`,
  tone,
});

const store: DeclaredChart = {
  id: "store",
  title: "How long the store takes, as the origins measured it",
  unit: "ms",
  spreadForLog: 10,
  note: "Upper bounds: the origins count in steps of 1, 2, 5, 10, … ms.",
  lines: [
    timed("read", "bucketP99", "one"),
    timed("read", "bucketP50", "five"),
    timed("write", "bucketP99", "two"),
    timed("write", "bucketP50", "six"),
  ],
};

const publication: DeclaredChart = {
  id: "publication",
  title: "Publication of segments",
  unit: "ms",
  spreadForLog: 40,
  note:
    "From a packager’s first attempt to the acknowledgement, or to the loss of the " +
    "segment (count, right scale).",
  only: { metric: "publish_ms" },
  lines: [
    { metric: "publish_ms", statistic: "highest", label: "slowest", tone: "p99" },
    { metric: "publish_ms", statistic: "p50", label: "p50", tone: "p50" },
    {
      metric: "publish_ms",
      where: { outcome: "lost" },
      statistic: "count",
      label: "lost PUTs",
      tone: "lost",
      unit: "",
      axis: "right",
    },
  ],
};

const answers: DeclaredChart = {
  id: "origin-answers",
  title: "What the origins answered",
  unit: "/s",
  note: "As the origins count themselves, by outcome.",
  lines: [{ metric: "origin_requests_total", statistic: "growth", by: "outcome" }],
};

export const charts: Charts = {
  ofRun: [...watching, players, ...starts, shed, fanIn, hits, store, publication, answers],
  ofComparison: [
    {
      id: "origin",
      title: "Requests to the origins",
      note: "By all edges together.",
      unit: "/s",
      lines: [{ metric: "origin_gets", statistic: "growth" }],
    },
    {
      id: "publication",
      title: "Publication, p95",
      note: "First attempt to acknowledgement.",
      unit: "ms",
      spreadForLog: 40,
      lines: [{ metric: "publish_ms", statistic: "p95" }],
    },
  ],
};
