/** Which charts a report has, in the order in which a reader asks: what viewers got, how long they waited, why, and whether to believe it. */
import type { Find } from "./find.ts";
import type { Harm, HarmedClass } from "../target/harm.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { matching } from "../metrics/series.ts";
import {
  bucketQuantileOf,
  count,
  growth,
  happened,
  highest,
  peak,
  quantileOf,
  rate,
  restOf,
  shareOf,
} from "./buckets.ts";
import { byTag } from "./by-tag.ts";
import type { ChartSpec, LineSpec, Tone } from "./chart.ts";
import { players, shedding, starts } from "./charts-optional.ts";

export function chartSpecs(run: Run): readonly ChartSpec[] {
  const find: Find = (metric, where) =>
    matching(run.series, where === undefined ? { metric } : { metric, where });
  const cores = run.events.find((event) => event.kind === "started")?.machine.cores;
  return [
    ...(run.plan.harm === undefined ? [] : harmed(find, run.plan.harm)),
    ...players(find),
    ...starts(find),
    ...shedding(find),
    fanIn(find),
    hits(find),
    store(find),
    publication(find),
    canary(find),
    statuses(find),
    originAnswers(find),
    processor(find, cores),
    memory(find),
    generator(find),
  ];
}

/** What harms users, before all else: what became of each class's requests, and how long the first of them waited. */
function harmed(find: Find, harm: Harm): ChartSpec[] {
  return [
    ...harm.classes.map((one) => requests(find, harm, one)),
    wait(find, harm),
    heat(find, harm),
  ];
}

const tones: Readonly<Record<string, Tone>> = { late: "late", shed: "shed", lost: "lost" };

/** Stacked, so that the outline is what users asked for and the colours are what became of it. */
function requests(find: Find, { metric, having }: Harm, { lane, title }: HarmedClass): ChartSpec {
  const all = find(metric, { lane });
  const good = Object.values(having)[0] ?? "";
  return {
    id: `${lane}-${metric.replace(/_ms$/, "s")}`,
    title: `${title}: asked for, and what became of them`,
    unit: "/s",
    stacked: true,
    note: "Each colour is an outcome; the outline is the demand.",
    needs: `${metric} of lane ${lane}`,
    lines:
      all.length === 0
        ? []
        : [
            { label: good, tone: "served", measure: rate(find(metric, { lane, ...having })) },
            ...Object.entries(tones).map(
              ([outcome, tone]): LineSpec => ({
                label: outcome,
                tone,
                measure: rate(find(metric, { lane, outcome })),
              }),
            ),
          ],
  };
}

function wait(find: Find, { metric, classes, waitTitle }: Harm): ChartSpec {
  const lane = classes[0]?.lane ?? "";
  const all = find(metric, { lane });
  const quantiles = [
    ["p99", 0.99],
    ["p95", 0.95],
    ["p50", 0.5],
  ] as const;
  return {
    id: `${lane}-wait`,
    title: waitTitle,
    unit: "ms",
    spreadForLog: 40,
    needs: `${metric} of lane ${lane}`,
    note: "Counted from the moment a user meant to ask. True quantiles of each interval's requests, whatever became of them.",
    lines:
      all.length === 0
        ? []
        : quantiles.map(([label, q]) => ({ label, tone: label, measure: quantileOf(all, q) })),
  };
}

function fanIn(find: Find): ChartSpec {
  const gets = find("origin_gets");
  const lines = byTag(gets, "edge", growth);
  const audience: LineSpec = {
    label: "viewers’ requests",
    tone: "audience",
    axis: "right",
    measure: rate(find("segment_ms")),
  };
  return {
    id: "origin-fan-in",
    title: "What reaches the origin",
    unit: "/s",
    needs: "origin_gets",
    note: "Requests that each edge sent to the origins, against all that viewers sent to the edges (dashed, right scale).",
    lines: lines.length === 0 ? [] : find("segment_ms").length === 0 ? lines : [...lines, audience],
  };
}

/** Every request, so that two crowds of which one waits long are seen as two, which no quantile shows. */
function heat(find: Find, { metric, classes, eachTitle }: Harm): ChartSpec {
  const lane = classes[0]?.lane ?? "";
  return {
    id: `${lane}-heat`,
    title: eachTitle,
    unit: "ms",
    needs: `${metric} of lane ${lane}`,
    lines: [],
    heat: find(metric, { lane }),
    note: "The darker, the more requests took that long. Logarithmic scale.",
  };
}

function hits(find: Find): ChartSpec {
  const edge = (lane: string): LineSpec[] => {
    const [asked, gets] = [find("http_req_ms", { lane }), find("origin_gets", { lane })];
    return asked.length === 0 || gets.length === 0
      ? []
      : [
          {
            label: `${lane}, at the edges`,
            tone: lane === "live" ? "one" : "two",
            measure: restOf(growth(gets), rate(asked)),
          },
        ];
  };
  const inside = (label: string, tone: Tone, metric: string, from: string): LineSpec[] => {
    const all = find(metric);
    return all.length === 0
      ? []
      : [{ label, tone, measure: shareOf(growth(find(metric, { from })), growth(all)) }];
  };
  return {
    id: "hits",
    title: "Cache hit ratios",
    unit: "share",
    needs: "origin_gets and http_req_ms of one lane",
    note: "Requests answered without asking the next one in line: an edge its origin, an origin its store.",
    lines: [
      ...edge("live"),
      ...edge("dvr"),
      ...inside("chunks, in memcached", "three", "origin_chunks_total", "memcached"),
      ...inside("metadata, in memory", "four", "origin_metadata_lookups_total", "memory"),
    ],
  };
}

function store(find: Find): ChartSpec {
  const [reads, writes] = [
    find("origin_store_read_ms_bucket"),
    find("origin_store_write_ms_bucket"),
  ];
  const lines = (
    label: string,
    series: readonly SeriesData[],
    tones: readonly [Tone, Tone],
  ): LineSpec[] =>
    series.length === 0
      ? []
      : [
          { label: `${label} p99`, tone: tones[0], measure: bucketQuantileOf(series, 0.99) },
          { label: `${label} p50`, tone: tones[1], measure: bucketQuantileOf(series, 0.5) },
        ];
  return {
    id: "store",
    title: "How long the store takes, as the origins measured it",
    unit: "ms",
    spreadForLog: 10,
    needs: "origin_store_read_ms_bucket",
    note: "Upper bounds: the origins count in steps of 1, 2, 5, 10, … ms.",
    lines: [...lines("reads", reads, ["one", "five"]), ...lines("writes", writes, ["two", "six"])],
  };
}

function publication(find: Find): ChartSpec {
  const all = find("publish_ms");
  const lost: LineSpec = {
    label: "lost PUTs",
    tone: "lost",
    unit: "",
    axis: "right",
    measure: count(find("publish_ms", { outcome: "lost" })),
  };
  return {
    id: "publication",
    title: "Publication of segments",
    unit: "ms",
    spreadForLog: 40,
    needs: "publish_ms",
    note: "From a packager’s first attempt to the acknowledgement, or to the loss of the segment (count, right scale).",
    lines:
      all.length === 0
        ? []
        : [
            { label: "slowest", tone: "p99", measure: highest(all) },
            { label: "p50", tone: "p50", measure: quantileOf(all, 0.5) },
            lost,
          ],
  };
}

function canary(find: Find): ChartSpec {
  const all = find("canary_ms");
  const failed = all.filter(
    (series) => series.tags["outcome"] !== undefined && !fine.has(series.tags["outcome"]),
  );
  const lost: LineSpec = {
    label: "failed",
    tone: "lost",
    unit: "",
    axis: "right",
    measure: count(failed),
  };
  return {
    id: "canary",
    title: "The harness’s own prober",
    unit: "ms",
    spreadForLog: 40,
    needs: "canary_ms",
    note: "Slowest answer at each edge, measured apart from the load generator; failures are counted on the right scale.",
    lines: all.length === 0 ? [] : [...byTag(all, "edge", highest), lost],
  };
}

const fine: ReadonlySet<string> = new Set(["served", "ok"]);

function statuses(find: Find): ChartSpec {
  const all = find("http_req_ms");
  const groups = new Map<string, SeriesData[]>();
  for (const series of all) {
    const label = statusLabel(series.tags["status"] ?? "");
    groups.set(label, [...(groups.get(label) ?? []), series]);
  }
  const byStatus: Readonly<Record<string, Tone>> = {
    "2xx": "served",
    "404 not yet": "two",
    "503 shed": "shed",
    "no answer": "lost",
    other: "late",
  };
  return {
    id: "http",
    title: "HTTP answers",
    unit: "/s",
    stacked: true,
    needs: "http_req_ms",
    note: "Every request that the load generator made, by status.",
    lines: Object.entries(byStatus).flatMap(([label, tone]) => {
      const series = groups.get(label);
      return series === undefined ? [] : [{ label, tone, measure: rate(series) }];
    }),
  };
}

function statusLabel(status: string): string {
  if (status === "0" || status === "") return "no answer";
  if (status === "404") return "404 not yet";
  if (status === "503") return "503 shed";
  return status.startsWith("2") ? "2xx" : "other";
}

function originAnswers(find: Find): ChartSpec {
  return {
    id: "origin-answers",
    title: "What the origins answered",
    unit: "/s",
    needs: "origin_requests_total",
    note: "As the origins count themselves, by outcome.",
    lines: byTag(find("origin_requests_total"), "outcome", growth),
  };
}

function processor(find: Find, cores: number | undefined): ChartSpec {
  return {
    id: "processor",
    title: "Processor",
    unit: "cores",
    stacked: true,
    needs: "cpu_seconds",
    note: `Cores in use by service, with the load generator (k6) and the harness (seawall)${cores === undefined ? "" : `; this machine has ${cores}`}.`,
    lines: byTag(find("cpu_seconds"), "service", growth),
  };
}

function generator(find: Find): ChartSpec {
  const late = find("start_late_ms");
  const dropped: LineSpec = {
    label: "dropped iterations",
    tone: "lost",
    unit: "/s",
    axis: "right",
    measure: happened(find("dropped_iterations")),
  };
  return {
    id: "generator",
    title: "Can the load generator be trusted?",
    unit: "ms",
    needs: "start_late_ms",
    note: "How late it began its work, and work that it never began (right scale). Both near zero, or the figures above are its own.",
    lines:
      late.length === 0
        ? []
        : [
            { label: "p99 late", tone: "p99", measure: quantileOf(late, 0.99) },
            { label: "p50 late", tone: "p50", measure: quantileOf(late, 0.5) },
            dropped,
          ],
  };
}

function memory(find: Find): ChartSpec {
  return {
    id: "memory",
    title: "Memory",
    unit: "B",
    stacked: true,
    needs: "resident_bytes",
    note: "Resident memory of each service, highest reading of each interval.",
    lines: byTag(find("resident_bytes"), "service", peak),
  };
}
