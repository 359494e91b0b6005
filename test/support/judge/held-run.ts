/**
 * A complete synthetic run that is held, for tests of the judge. Tests take a draft, damage it, and
 * judge the result.
 */
import { streamRecord } from "../../../targets/live-streaming/pack/stream/stream-parts.ts";
import { printOf } from "../../../harness/metrics/print.ts";
import type { Claim } from "../../../harness/claims/statistics/registry.ts";
import type { Phase } from "../../../harness/base/phases.ts";
import type { Tags } from "../../../harness/metrics/tags.ts";
import { streaming } from "../../../targets/live-streaming/pack/pack.ts";
import { registryOf } from "../../../harness/record/metric-registry.ts";
import type { Plan } from "../../../harness/record/plan.ts";
import type { Run } from "../../../harness/record/run.ts";
import type { RunEvent } from "../../../harness/record/events.ts";
import type { SeriesData } from "../../../harness/metrics/samples.ts";
import type { Layout } from "../../../harness/target/layout.ts";
import type { Wishes } from "../../../harness/target/wishes.ts";
import type { Stream } from "../../../targets/live-streaming/pack/stream/stream.ts";
import type { Source } from "../../../harness/metrics/source.ts";

/** Of a run that fits any stream. */
export const everyMetric = registryOf({ services: [] }, streaming);

export const zeroMs = 1_800_000_000_000;
export const phaseMs = 20_000;
/** The moment at which the one fault healed. */
export const healedAtMs = zeroMs + phaseMs + 12_000;
export const startOf: Readonly<Record<Phase, number>> = {
  baseline: zeroMs,
  fault: zeroMs + phaseMs,
  recovery: zeroMs + 2 * phaseMs,
};
const endMs = zeroMs + 3 * phaseMs;

/** Mutable on purpose. */
export interface Draft {
  plan: StreamPlan;
  events: RunEvent[];
  samples: Sample[];
  damage: string[];
}

export interface Sample {
  readonly metric: string;
  readonly tags: Tags;
  readonly startedMs: number;
  readonly value: number;
}

const always: readonly Phase[] = ["baseline", "fault", "recovery"];
const live = { lane: "live" };

export const claims = {
  share: {
    title: "served",
    metric: "segment_ms",
    where: live,
    statistic: "share",
    having: { outcome: "served" },
    comparison: ">=",
    limit: 0.99,
    during: always,
    samplesMin: 100,
  },
  p99: {
    title: "fast",
    metric: "segment_ms",
    where: live,
    statistic: "p99",
    comparison: "<=",
    limit: 500,
    during: always,
    samplesMin: 100,
  },
  relative: {
    title: "as fast as before",
    metric: "segment_ms",
    where: live,
    statistic: "p95",
    comparison: "<=",
    limit: { of: "baseline", times: 3 },
    during: ["fault", "recovery"],
    samplesMin: 100,
  },
  ratio: {
    title: "collapsed",
    metric: "origin_gets",
    where: live,
    statistic: "ratio",
    per: { metric: "publish_ms", where: { pipeline: "a" }, times: 2 },
    comparison: "<=",
    limit: 1.2,
    during: always,
    samplesMin: 8,
  },
  acked: {
    title: "published",
    metric: "publish_ms",
    statistic: "share",
    having: { outcome: "acked" },
    comparison: "==",
    limit: 1,
    during: always,
    samplesMin: 16,
  },
  order: {
    title: "dvr first",
    metric: "http_req_ms",
    where: { lane: "live", status: "503" },
    statistic: "windowsWithout",
    first: { metric: "http_req_ms", where: { lane: "dvr", status: "503" } },
    windowMs: 2_000,
    comparison: "<=",
    limit: 0,
    during: ["fault"],
    samplesMin: 8,
  },
} as const satisfies Record<string, Claim>;

export type StreamPlan = Plan & { readonly content: Stream };

const heldEdges = ["region-a/edge", "region-b/edge"];
const heldStream: Stream = {
  event: "main",
  segmentMs: 2_000,
  availabilityStartMs: 0,
  renditions: [{ name: "v360", kind: "video", bitsPerSecond: 400_000 }],
  segmentPath: "",
  dvrSegments: 20,
};

/** The viewers' draws, as a plan states them. */
export function wishesIn(
  stream: Stream,
  edges: readonly string[],
): Readonly<Record<string, Wishes>> {
  const layout = { content: stream, entries: edges.map((service) => ({ service, port: "http" })) };
  return Object.fromEntries(
    ["live", "dvr"].flatMap((lane) => {
      const wishes = streaming.wishes?.(lane, ["viewers"], layout as unknown as Layout) ?? null;
      return wishes === null ? [] : [[lane, wishes]];
    }),
  );
}

export function heldPlan(): StreamPlan {
  const load = (lane: "live" | "dvr", rate: number): Plan["load"][number] => ({
    name: lane,
    workload: "viewers",
    exec: lane,
    lane,
    ratePerSecond: { baseline: rate, fault: rate, recovery: rate },
    vus: 50,
  });
  const service = (name: string, kind: string) => ({
    name,
    kind,
    region: name.slice(0, 8),
    zone: `${name.slice(0, 8)}-1`,
  });
  return {
    format: "seawall-plan/2",
    experiment: "synthetic",
    title: "Synthetic",
    story: "A test.",
    tier: "storm",
    target: "synthetic",
    topology: "quick",
    substrate: "simulated",
    substrateWhy: "test",
    seed: 1,
    without: [],
    reliesOn: [],
    services: [
      service("region-a/origin-read", "origin-read"),
      service("region-a/packager", "packager"),
      service("region-b/packager", "packager"),
      service("region-a/edge", "edge"),
      service("region-b/edge", "edge"),
    ],
    links: [],
    entries: heldEdges,
    pack: streaming.name,
    ...(streaming.drawEntries === undefined ? {} : { drawEntries: streaming.drawEntries }),
    ...streamRecord(heldStream),
    leadInMs: 4_000,
    phasesMs: { baseline: phaseMs, fault: phaseMs, recovery: phaseMs },
    load: [load("live", 10), load("dvr", 2)],
    hypothesis: Object.values(claims),
    recovery: {
      title: "back",
      goodput: { metric: "segment_ms", where: live },
      having: { outcome: "served" },
      shareMin: 0.99,
      ofBaselineMin: 0.8,
      withinMs: 8_000,
      windowMs: 4_000,
    },
    steps: [
      { atMs: 4_000, forMs: 8_000, fault: { kind: "kill", service: "region-a/origin-read" } },
    ],
    metrics: everyMetric,
    ...(streaming.harm === undefined ? {} : { harm: streaming.harm }),
    wishes: wishesIn(heldStream, heldEdges),
    trafficClasses: streaming.trafficClasses,
    ...(streaming.askedAlike === undefined ? {} : { askedAlike: streaming.askedAlike }),
    telemetry: [
      ...["region-a/edge", "region-b/edge"].map((edge) =>
        reporter(edge, { entry: edge }, [edge], "origin_gets", "increment"),
      ),
      ...["a", "b"].map((pipeline) =>
        reporter(
          `pipeline ${pipeline}`,
          { pipeline },
          [`region-${pipeline}/packager`],
          "publish_ms",
          "duration",
        ),
      ),
    ],
    struck: [
      {
        services: ["region-a/origin-read"],
        links: [],
        lasts: true,
        severs: false,
        use: [
          {
            service: "region-a/origin-read",
            links: [fillLink],
            isEntry: false,
            counters: [],
            bytes: false,
          },
        ],
      },
    ],
    abortWhen: [],
    rerun: "./seawall run synthetic --seed 1",
  };
}

/** The link from an edge to the killed origin. */
export const fillLink = "region-b/edge>region-a/origin-read:http";

/** A service that reports one metric. */
export function reporter(
  name: string,
  where: Tags,
  silencedBy: readonly string[],
  metric: string,
  kind: SeriesData["kind"],
): Source {
  return { name, where, silencedBy, series: [{ metric, kind }] };
}

let held: readonly Sample[] | undefined;

export function heldDraft(): Draft {
  held ??= heldSamples();
  return { plan: heldPlan(), events: heldEvents(), samples: [...held], damage: [] };
}

function heldEvents(): RunEvent[] {
  const fault = { kind: "kill", service: "region-a/origin-read" } as const;
  const at = (ms: number): { atMs: number } => ({ atMs: zeroMs + ms });
  const landed = { landed: true, observation: "seen" };
  return [
    {
      kind: "started",
      ...at(-9_000),
      runId: "synthetic-1",
      versions: {},
      machine: { platform: "linux-test", cpuModel: "test", cores: 2, memoryBytes: 1 },
    },
    { kind: "deploying", ...at(-8_500) },
    { kind: "deployed", ...at(-5_000), tookMs: 3_500 },
    { kind: "loadStarted", ...at(-4_000), generator: "k6" },
    { kind: "phase", ...at(-4_000), phase: "leadIn" },
    { kind: "phase", ...at(0), phase: "baseline" },
    { kind: "phase", ...at(phaseMs), phase: "fault" },
    { kind: "injecting", ...at(phaseMs + 3_950), step: 0, fault },
    {
      kind: "exited",
      ...at(phaseMs + 3_990),
      service: fault.service,
      expected: true,
      detail: "ended by SIGKILL",
    },
    {
      kind: "injected",
      ...at(phaseMs + 4_000),
      step: 0,
      fault,
      plannedMs: zeroMs + phaseMs + 4_000,
      evidence: landed,
    },
    {
      kind: "observed",
      ...at(phaseMs + 11_500),
      step: 0,
      fault,
      evidence: landed,
      looks: 7,
      fromMs: zeroMs + phaseMs + 6_000,
      untilMs: zeroMs + phaseMs + 11_400,
      longestGapMs: 1_020,
    },
    { kind: "healing", ...at(phaseMs + 11_500), step: 0, fault },
    { kind: "healed", atMs: healedAtMs, step: 0, fault, plannedMs: healedAtMs, evidence: landed },
    { kind: "phase", ...at(2 * phaseMs), phase: "recovery" },
    { kind: "phase", ...at(3 * phaseMs), phase: "drain" },
    {
      kind: "generator",
      ...at(3 * phaseMs + 3_000),
      exitCode: 0,
      signal: null,
      expected: true,
      detail: "exit status 0",
      generatorCpuSeconds: 9,
      harnessCpuSeconds: 2,
      seconds: 67,
    },
    { kind: "cleaned", ...at(3 * phaseMs + 5_000), status: "clean", left: [], tookMs: 2_000 },
    { kind: "finished", ...at(3 * phaseMs + 5_001) },
  ];
}

/** One sample per tick, with a value that depends on the tick. */
function steady(
  metric: string,
  tags: Tags,
  everyMs: number,
  value: (tick: number) => number,
  offsetMs = 0,
): Sample[] {
  const samples: Sample[] = [];
  for (
    let tick = 0, startedMs = zeroMs - 4_000 + offsetMs;
    startedMs < endMs + 3_000;
    tick++, startedMs += everyMs
  )
    samples.push({ metric, tags, startedMs, value: value(tick) });
  return samples;
}

/** Each begins 2 ms late, as both k6's stream and the workload report, and ends. */
function iterations(lane: string, everyMs: number, offsetMs: number): Sample[] {
  const tags = { lane, load: lane };
  return [
    ...steady("start_late_ms", { ...tags, of: "iteration" }, everyMs, () => 2, offsetMs),
    ...steady(
      "iteration_ms",
      { ...tags, outcome: "ended" },
      everyMs,
      (tick) => 70 + (tick % 50),
      offsetMs + 2,
    ),
    ...(lane === "live"
      ? steady("start_late_ms", { ...tags, of: "request" }, everyMs, () => 2, offsetMs + 20)
      : []),
  ];
}

function heldSamples(): Sample[] {
  const edges = ["region-a/edge", "region-b/edge"];
  const viewer = { outcome: "served", entry: "region-a/edge", rendition: "v360" };
  return [
    ...oneInFourLooks(
      steady("segment_ms", { lane: "live", ...viewer }, 100, (tick) => 40 + (tick % 100)),
    ),
    ...oneInFourLooks(
      steady("segment_ms", { lane: "dvr", ...viewer }, 500, (tick) => 60 + (tick % 50), 7),
    ),
    ...steady(
      "http_req_ms",
      { lane: "live", status: "200", entry: "region-a/edge" },
      100,
      (tick) => 30 + (tick % 100),
    ),
    ...steady(
      "http_req_ms",
      { lane: "dvr", status: "200", entry: "region-a/edge" },
      500,
      (tick) => 30 + (tick % 50),
      7,
    ),
    ...[
      ["live", 100, 5],
      ["dvr", 500, 9],
    ].flatMap(([lane, everyMs, offsetMs]) =>
      iterations(lane as string, everyMs as number, offsetMs as number),
    ),
    ...edges.flatMap((edge, index) =>
      steady(
        "origin_gets",
        { lane: "live", entry: edge, origin: "region-a" },
        2_000,
        () => 1,
        30 + 4 * index,
      ),
    ),
    ...["a", "b"].flatMap((pipeline, index) =>
      steady(
        "publish_ms",
        {
          region: `region-${pipeline}`,
          pipeline,
          rendition: "v360",
          outcome: "acked",
          refused: "no",
        },
        2_000,
        (tick) => 25 + ((tick * (7 + 4 * index)) % 13),
        11 + 90 * index,
      ),
    ),
    ...edges.flatMap((edge, index) =>
      steady(
        "canary_ms",
        { entry: edge, lane: "live", outcome: "served" },
        500,
        (tick) => 20 + probeNoise(tick, index),
        probedAt(index),
      ),
    ),
    ...edges.flatMap((_, index) =>
      steady("canary_late_ms", {}, 500, (tick) => 1 + probeNoise(tick, 2 + index), probedAt(index)),
    ),
    ...steady("link_connections", { link: fillLink }, 10_000, () => 2, 30),
    ...movedBytes(edges),
    ...bodiesSeen("region-a/edge", "user", 400),
    ...edges.flatMap((edge, index) => bodiesSeen(edge, "prober", 500, probedAt(index))),
    ...steady("cpu_seconds", { service: "k6" }, 2_000, () => 0.3, 40),
    ...steady("cpu_seconds", { service: "seawall" }, 2_000, () => 0.1, 40),
  ];
}

/** The prober asks one edge after the other, as the real one does. */
const probedAt = (edge: number): number => 3 + 240 * edge;

/** Under a millisecond, and another one at each tick and for each series. */
function probeNoise(tick: number, series: number): number {
  return (((tick + 1) * (7_919 + 2_718 * series)) % 9_973) / 10_000;
}

function oneInFourLooks(samples: readonly Sample[]): Sample[] {
  const { tags } = samples[0] as Sample;
  const looked: Tags = { ...tags, bytes: "looked" },
    unread: Tags = { ...tags, bytes: "unread" };
  return samples.map((sample, index) => ({ ...sample, tags: index % 4 === 0 ? looked : unread }));
}

const segmentBytes = 100_000;

/** Twelve viewers and four probes a second, of which two go to the other edge. */
function movedBytes(edges: readonly string[]): Sample[] {
  const every2s = (metric: string, tags: Tags, bodies: number): Sample[] =>
    steady(metric, tags, 2_000, () => bodies * segmentBytes, 30);
  return [
    ...edges.flatMap((edge) =>
      every2s(
        "io_bytes",
        { service: edge, direction: "written" },
        edge === "region-a/edge" ? 28 : 4,
      ),
    ),
    ...every2s("io_bytes", { service: "k6", direction: "read" }, 24),
    ...every2s("network_bytes", { direction: "received" }, 32),
    ...edges.flatMap((edge, index) =>
      steady(
        "canary_bytes",
        { entry: edge, rendition: "v360" },
        500,
        () => segmentBytes,
        probedAt(index),
      ),
    ),
  ];
}

/** A segment's bytes in the synthetic run: its number, so that neighbours differ. */
export const printAt = (number: number): number =>
  printOf(number, (number % 4_096).toString(16).padStart(9, "0"));

function bodiesSeen(edge: string, by: string, everyMs: number, offsetMs = 1): Sample[] {
  const tags = {
    lane: "live",
    entry: edge,
    rendition: "v360",
    by,
    container: "fmp4",
    problem: "none",
  };
  return steady(
    "body_seen",
    tags,
    everyMs,
    (tick) => printAt(Math.floor((zeroMs - 4_000 + tick * everyMs) / 2_000) - 1),
    offsetMs,
  );
}

/** Adds samples at even distances within a span. */
export function add(
  draft: Draft,
  count: number,
  fromMs: number,
  untilMs: number,
  sample: Pick<Sample, "metric" | "tags" | "value">,
): void {
  for (let index = 0; index < count; index++)
    draft.samples.push({
      ...sample,
      startedMs: fromMs + ((index + 0.5) * (untilMs - fromMs)) / count,
    });
}

export function drop(draft: Draft, unwanted: (sample: Sample) => boolean): void {
  draft.samples = draft.samples.filter((sample) => !unwanted(sample));
}

/** Replaces tags or value of some samples. */
export function change(
  draft: Draft,
  chosen: (sample: Sample) => boolean,
  to: { readonly tags?: Tags; readonly value?: number },
): void {
  draft.samples = draft.samples.map((sample) =>
    chosen(sample)
      ? { ...sample, value: to.value ?? sample.value, tags: { ...sample.tags, ...to.tags } }
      : sample,
  );
}

export function within(fromMs: number, untilMs: number): (sample: Sample) => boolean {
  return (sample) => sample.startedMs >= fromMs && sample.startedMs < untilMs;
}

interface Gathered extends Omit<SeriesData, "atMs" | "values"> {
  readonly at: number[];
  readonly value: number[];
}

/**
 * Like a run read from disk: series in the order of their first sample, each sample at the time of
 * its record.
 */
export function runOf(draft: Draft): Run {
  const series = new Map<string, Gathered>();
  // Samples share their tags by the thousand: most are found without a key.
  const last = new Map<Tags, Gathered>();
  let one: Gathered | undefined;
  for (const { metric, tags, startedMs, value } of draft.samples) {
    if (one?.tags !== tags) one = last.get(tags);
    if (one?.metric !== metric) {
      const key = JSON.stringify([metric, tags]);
      one = series.get(key) ?? { metric, kind: kindOf(metric), tags, at: [], value: [] };
      series.set(key, one);
      last.set(tags, one);
    }
    one.at.push(one.kind === "duration" ? startedMs + value : startedMs);
    one.value.push(value);
  }
  return {
    directory: "/nowhere",
    id: "synthetic-1",
    plan: draft.plan,
    events: draft.events,
    damage: draft.damage,
    series: [...series.values()].map(
      ({ metric, kind, tags, at, value }): SeriesData => ({
        metric,
        kind,
        tags,
        atMs: new Float64Array(at),
        values: new Float64Array(value),
      }),
    ),
  };
}

function kindOf(metric: string): SeriesData["kind"] {
  return everyMetric[metric]?.kind ?? "event";
}
