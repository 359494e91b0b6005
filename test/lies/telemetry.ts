/** Targets that report on behalf of others, for other moments, in other units, or twice. */
import originStorm from "../../experiments/origin-storm.ts";
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import { type Draft, heldDraft, reporter, runOf, zeroMs } from "../support/judge/held-run.ts";
import { judge } from "../../harness/judge/judge.ts";
import { planExperiment } from "../../harness/plan/plan.ts";
import { Increments, ownSamples, parseExposition } from "../../harness/probes/prometheus.ts";
import type { SeriesData } from "../../harness/metrics/samples.ts";
import type { Stream } from "../../targets/live-streaming/pack/stream/stream.ts";
import { streamTarget } from "../../targets/live-streaming/pack/own-target/stream-target.ts";
import { type Honest, judged, type Lie, type LieGroup, type Outcome, planned } from "./lie.ts";

const metric = "origin_requests_total";
const service = "region-b/origin-read";
const claimed = "many are served";
const other = "region-a/origin-read";
const read = "target.readings";

/** A claim on a counter of one service, or of all, with a reading every 2 s. */
function counterRun(expose: (tick: number, nowMs: number) => string, isOfAll = false): Outcome {
  const draft: Draft = heldDraft();
  const claim: Claim = {
    title: claimed,
    metric,
    where: { outcome: "served", ...(isOfAll ? {} : { service }) },
    statistic: "sum",
    comparison: ">=",
    limit: 500,
    during: ["fault"],
    samplesMin: 1,
  };
  draft.plan = {
    ...draft.plan,
    telemetry: [
      ...(draft.plan.telemetry ?? []),
      ...[service, other].map((name) =>
        reporter(name, { service: name }, [name], metric, "increment"),
      ),
    ],
    hypothesis: [...draft.plan.hypothesis, claim],
  };
  const tagsOf: Readonly<Record<string, string>>[] = [];
  const counters = new Increments(
    {
      series: ({ tags }) => tagsOf.push(tags) - 1,
      sample: (id, startedMs, value) =>
        void draft.samples.push({ metric, tags: tagsOf[id] ?? {}, startedMs, value }),
    },
    true,
  );
  for (let tick = 0; tick < 34; tick++) {
    const nowMs = zeroMs - 4_000 + 2_000 * tick;
    const read = (from: string, text: string): void => {
      const all = parseExposition(text, new Set([metric]));
      for (const { name, labels, value } of ownSamples(all, from, nowMs))
        counters.read(name, labels, nowMs, value);
    };
    read(service, expose(tick, nowMs));
    read(other, line(100 * tick));
  }
  return judged(judge(runOf(draft)));
}
const line = (value: number, labels = "", atMs = ""): string =>
  `${metric}{outcome="served",lane="live"${labels}} ${value} ${atMs}`.trimEnd();

function claiming(claim: object, target = originStorm.target): Outcome {
  const base = { title: "under test", during: ["baseline", "fault", "recovery"], samplesMin: 5 };
  return planned(() =>
    planExperiment(
      {
        ...originStorm,
        target,
        reliesOn: [],
        hypothesis: [...originStorm.hypothesis, { ...base, ...claim } as unknown as Claim],
      },
      {
        substrate: "process",
        substrateWhy: "test",
        supports: () => true,
        seed: 1,
        without: [],
        topology: null,
        rerun: "",
        workloadExports: () => ["live", "dvr"],
      },
    ),
  );
}
const processorTime = (unit: string, limit: number): Outcome =>
  claiming({
    metric: "cpu_seconds",
    where: { service },
    statistic: "sum",
    comparison: "<=",
    limit,
    unit,
  });

/** The reference target, one of whose origins exposes one more series. */
function exposing(series: string): Outcome {
  const whole = originStorm.target.topologies["quick"];
  const layout = whole?.layout();
  if (whole === undefined || layout === undefined) throw new Error("the target has a topology");
  const exposed = { kind: "prometheus", port: "http", path: "/own", series: [series] } as const;
  const services = layout.services.map((one) =>
    one.name === service ? { ...one, telemetry: [...one.telemetry, exposed] } : one,
  );
  const topologies = { quick: { ...whole, layout: () => ({ ...layout, services }) } };
  const where = { service, outcome: "served" };
  return claiming(
    { metric, where, statistic: "sum", comparison: ">=", limit: 9 },
    { ...originStorm.target, topologies },
  );
}

/** Two services that run already. */
function described(urls: readonly string[]): Outcome {
  const { content: stream } = originStorm.target.topologies["quick"]?.layout() ?? {};
  if (stream === undefined) throw new Error("the reference target is a stream");
  const target = streamTarget({
    name: "theirs",
    stream: stream as Stream,
    entries: urls.map((_, index) => `edge-${index}`),
    links: urls.map((_, index) => ["users", `edge-${index}`] as const),
    services: urls.map((url, index) => ({ name: `edge-${index}`, url })),
  });
  const { problems } = target;
  return { refusals: problems?.(zeroMs) ?? [] };
}

const lies: readonly Lie[] = [
  {
    name: "two-services-in-one-exposition",
    says: "an exporter reports a busy and an idle service under one name",
    caughtBy: "claim.many-are-served",
    plant: () =>
      counterRun((tick) =>
        [line(10 * tick, ',service="a"'), line(tick, ',service="b"')].join("\n"),
      ),
  },
  {
    name: "one-series-twice",
    says: "a service reports one series twice, with alternating values",
    caughtBy: read,
    plant: () => counterRun((tick) => [line(100 * tick), line(tick)].join("\n"), true),
  },
  {
    name: "last-word-of-the-dead",
    says: "reported values were measured before the run, and grow only by restarts",
    caughtBy: read,
    plant: () =>
      counterRun((tick) => line(tick % 2 === 0 ? 100 : 200, "", String(zeroMs - 600_000)), true),
  },
  {
    name: "seconds-called-milliseconds",
    says: "a limit of 900 ms for processor time, which is counted in seconds",
    caughtBy: "but cpu_seconds is in s",
    plant: () => processorTime("ms", 900),
  },
  {
    name: "service-that-speaks-for-the-generator",
    says: "an origin exposes what viewers got, under the load generator's name for it",
    caughtBy: "which is a metric of the load generator",
    plant: () => exposing("segment_ms"),
  },
  {
    name: "service-that-vouches-for-its-links",
    says: "an origin exposes what passed its links, under the harness's name for it",
    caughtBy: "which is a metric of the harness",
    plant: () => exposing("link_bytes"),
  },
  {
    name: "samples-of-another-kind",
    says: "the waits of viewers are joined by readings of the same name",
    caughtBy: "record.possible",
    plant: () => {
      const run = runOf(heldDraft());
      const reading: SeriesData = {
        metric: "segment_ms",
        kind: "gauge",
        tags: { service, lane: "live", outcome: "served" },
        atMs: Float64Array.from({ length: 600 }, (_, tick) => zeroMs + 100 * tick + 3),
        values: new Float64Array(600).fill(20),
      };
      return judged(judge({ ...run, series: [...run.series, reading] }));
    },
  },
  {
    name: "one-service-by-two-names",
    says: "two edges are this machine, once by name and once by address",
    caughtBy: "have the same address",
    plant: () => described(["http://localhost:8080", "http://127.0.0.1:8080"]),
  },
  {
    name: "one-service-as-two",
    says: "two edges have the same address",
    caughtBy: "have the same address",
    plant: () => described(["http://127.0.0.1:8080", "http://127.0.0.1:8080/"]),
  },
];

const honest: readonly Honest[] = [
  {
    name: "a-counter-that-is-exposed",
    says: "a service reports what it served",
    plant: () => counterRun((tick) => line(100 * tick)),
  },
  {
    name: "a-counter-with-its-time",
    says: "each line has its measurement time, one second ago",
    plant: () => counterRun((tick, nowMs) => line(100 * tick, "", String(nowMs - 1_000))),
  },
  {
    name: "a-service-that-names-itself",
    says: "a series has a label `service` of its own",
    plant: () => counterRun((tick) => line(100 * tick, ',service="origin"')),
  },
  {
    name: "seconds-called-seconds",
    says: "a limit of 0.9 s of processor time",
    plant: () => processorTime("s", 0.9),
  },
  {
    name: "a-series-of-its-own",
    says: "an origin exposes what nothing else is called",
    plant: () => exposing("origin_segments_packaged_total"),
  },
  {
    name: "two-services-on-one-host",
    says: "two edges have their own ports",
    plant: () => described(["http://127.0.0.1:8080", "http://127.0.0.1:8081"]),
  },
];

export const telemetryLies: LieGroup = {
  title: "telemetry of other services, other moments, in other units, or twice",
  runs: "hermetic",
  lies,
  honest,
};
