/** Which charts a report has, in the order in which a reader asks: what viewers got, how long they waited, why, and whether to believe it. */
import type { Tags } from "../core/experiment.ts";
import type { Run, SeriesData } from "../core/run.ts";
import { matching } from "../core/series.ts";
import { type Measure, count, growth, highest, peak, quantileOf, rate } from "./buckets.ts";
import { categorical, type ChartSpec, type LineSpec, type Tone } from "./chart.ts";
import { clip } from "./plain.ts";

type Find = (metric: string, where?: Tags) => readonly SeriesData[];

const linesMax = categorical.length;

export function chartSpecs(run: Run): readonly ChartSpec[] {
  const find: Find = (metric, where) => matching(run.series, where === undefined ? { metric } : { metric, where });
  const cores = run.events.find((event) => event.kind === "started")?.machine.cores;
  return [
    requests(find, "live", "Live segments"), requests(find, "dvr", "DVR segments"), wait(find), fanIn(find), publication(find),
    canary(find), statuses(find), originAnswers(find), processor(find, cores), generator(find), memory(find),
  ];
}

/** Stacked, so that the outline is what viewers asked for and the colours are what became of it. */
function requests(find: Find, lane: string, title: string): ChartSpec {
  const outcomes: readonly (readonly [string, Tone])[] = [["served", "served"], ["late", "late"], ["shed", "shed"], ["lost", "lost"]];
  const all = find("segment_ms", { lane });
  return {
    id: `${lane}-segments`, title: `${title}: asked for, and what became of them`, unit: "/s", stacked: true,
    note: "Each colour is an outcome; the outline is the demand.", needs: `segment_ms of lane ${lane}`,
    lines: all.length === 0 ? [] : outcomes.map(([outcome, tone]) => ({ label: outcome, tone, measure: rate(find("segment_ms", { lane, outcome })) })),
  };
}

function wait(find: Find): ChartSpec {
  const live = find("segment_ms", { lane: "live" });
  const quantiles = [["p99", 0.99], ["p95", 0.95], ["p50", 0.5]] as const;
  return {
    id: "live-wait", title: "How long live viewers wait for a segment", unit: "ms", spreadForLog: 40, needs: "segment_ms of lane live",
    note: "Counted from the moment a viewer meant to ask. True quantiles of each interval's requests, whatever became of them.",
    lines: live.length === 0 ? [] : quantiles.map(([label, q]) => ({ label, tone: label, measure: quantileOf(live, q) })),
  };
}

function fanIn(find: Find): ChartSpec {
  const gets = find("origin_gets");
  const lines = byTag(gets, "edge", growth);
  const audience: LineSpec = { label: "viewers’ requests", tone: "audience", axis: "right", measure: rate(find("segment_ms")) };
  return {
    id: "origin-fan-in", title: "What reaches the origin", unit: "/s", needs: "origin_gets",
    note: "Requests that each edge sent to the origins, against all that viewers sent to the edges (dashed, right scale).",
    lines: lines.length === 0 ? [] : find("segment_ms").length === 0 ? lines : [...lines, audience],
  };
}

function publication(find: Find): ChartSpec {
  const all = find("publish_ms");
  const lost: LineSpec = { label: "lost PUTs", tone: "lost", unit: "", axis: "right", measure: count(find("publish_ms", { outcome: "lost" })) };
  return {
    id: "publication", title: "Publication of segments", unit: "ms", spreadForLog: 40, needs: "publish_ms",
    note: "From a packager’s first attempt to the acknowledgement, or to the loss of the segment (count, right scale).",
    lines: all.length === 0 ? [] : [
      { label: "slowest", tone: "p99", measure: highest(all) }, { label: "p50", tone: "p50", measure: quantileOf(all, 0.5) }, lost,
    ],
  };
}

function canary(find: Find): ChartSpec {
  const all = find("canary_ms");
  const failed = all.filter((series) => series.tags["outcome"] !== undefined && !fine.has(series.tags["outcome"]));
  const lost: LineSpec = { label: "failed", tone: "lost", unit: "", axis: "right", measure: count(failed) };
  return {
    id: "canary", title: "The harness’s own prober", unit: "ms", spreadForLog: 40, needs: "canary_ms",
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
  const tones: Readonly<Record<string, Tone>> = { "2xx": "served", "404 not yet": "two", "503 shed": "shed", "no answer": "lost", other: "late" };
  return {
    id: "http", title: "HTTP answers", unit: "/s", stacked: true, needs: "http_req_ms", note: "Every request that the load generator made, by status.",
    lines: Object.entries(tones).flatMap(([label, tone]) => {
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
    id: "origin-answers", title: "What the origins answered", unit: "/s", needs: "origin_requests_total",
    note: "As the origins count themselves, by outcome.", lines: byTag(find("origin_requests_total"), "outcome", growth),
  };
}

function processor(find: Find, cores: number | undefined): ChartSpec {
  return {
    id: "processor", title: "Processor", unit: "cores", stacked: true, needs: "cpu_seconds",
    note: `Cores in use by service, with the load generator (k6) and the harness (seawall)${cores === undefined ? "" : `; this machine has ${cores}`}.`,
    lines: byTag(find("cpu_seconds"), "service", growth),
  };
}

function generator(find: Find): ChartSpec {
  const late = find("start_late_ms");
  const dropped: LineSpec = { label: "dropped iterations", tone: "lost", unit: "/s", axis: "right", measure: zeroed(growth(find("dropped_iterations"))) };
  return {
    id: "generator", title: "Is the load generator to be believed?", unit: "ms", needs: "start_late_ms",
    note: "How late it began its work, and work that it never began (right scale). Both near zero, or the figures above are its own.",
    lines: late.length === 0 ? [] : [
      { label: "p99 late", tone: "p99", measure: quantileOf(late, 0.99) }, { label: "p50 late", tone: "p50", measure: quantileOf(late, 0.5) }, dropped,
    ],
  };
}

function memory(find: Find): ChartSpec {
  return {
    id: "memory", title: "Memory", unit: "B", stacked: true, needs: "resident_bytes",
    note: "Resident memory of each service, highest reading of each interval.", lines: byTag(find("resident_bytes"), "service", peak),
  };
}

/** k6 reports a dropped iteration when there is one, and nothing when there is none. */
function zeroed(measure: Measure): Measure {
  return (windows) => measure(windows).map((value) => value ?? 0);
}

/** One line for each value of a tag; when there are too many, the biggest by themselves and the others together. */
function byTag(series: readonly SeriesData[], tag: string, measure: (series: readonly SeriesData[]) => Measure): LineSpec[] {
  const groups = Map.groupBy(series, (one) => one.tags[tag] ?? "unnamed");
  const weight = (all: readonly SeriesData[]): number => all.reduce((total, one) => one.values.reduce((a, b) => a + b, total), 0);
  const ranked = [...groups].map(([label, all]) => ({ label: clip(label, 48), all, weight: weight(all) }))
    .sort((a, b) => b.weight - a.weight || a.label.localeCompare(b.label));
  const [named, others] = ranked.length <= linesMax ? [ranked, []] : [ranked.slice(0, linesMax - 1), ranked.slice(linesMax - 1)];
  const lines = named.map(({ label, all }, index) => ({ label, tone: categorical[index] ?? "muted", measure: measure(all) }));
  if (others.length === 0) return lines;
  return [...lines, { label: `${others.length} others`, tone: "muted", measure: measure(others.flatMap(({ all }) => all)) }];
}
