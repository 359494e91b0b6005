import { stringsIn } from "./workload-metrics.ts";
import { streamParts } from "../../targets/live-streaming/pack/stream/stream-parts.ts";
import { faults } from "../../targets/live-streaming/pack/faults.ts";
import { streaming } from "../../targets/live-streaming/pack/pack.ts";
import { describe, expect, it } from "vitest";
import { SeawallError } from "../base/errors.ts";
import type { Claim } from "../claims/statistics/registry.ts";
import type { Experiment, Load, Recovery, Step } from "../experiment/experiment.ts";
import { type Fault, kinds, type Support } from "../faults/faults.ts";
import { metricsMadeIn } from "./workload-metrics.ts";
import { everyMetric } from "../../test/support/judge/held-run.ts";
import type { TargetModel } from "../target/model.ts";
import { planExperiment, planTarget } from "./plan.ts";
import type { PlanOptions } from "./options.ts";
import { lineOf } from "./problems/problem.ts";
import { playerProblems } from "./problems/problems.ts";
import type { Layout, Service, Telemetry } from "../target/layout.ts";
import type { Target } from "../target/target.ts";

const service = (name: string, kind: string): Service => ({
  name,
  kind,
  region: "region-a",
  zone: "region-a-1",
  host: 14,
  ports: { http: 18_080 },
  tools: [],
  dependsOn: [],
  ready: { kind: "tcp", port: "http" },
  readyWithinMs: 1_000,
  drainMs: 1_000,
  telemetry: [],
  launch: () => ({ command: "true", args: [], env: {}, files: {} }),
});
const telling: readonly Telemetry[] = [
  { kind: "varnish", workDirectory: "." },
  { kind: "journal", port: "http", path: "/", pipeline: "a" },
  { kind: "prometheus", port: "http", path: "/", series: ["origin_requests_total"] },
];
const layoutOf = (silent: boolean): Layout => ({
  services: [
    {
      ...service("region-a/origin-read", "origin-read"),
      telemetry: silent ? [] : telling,
      pings: { http: { send: "?" } },
    },
    service("region-a/edge", "edge"),
    service("region-a/mute", "mute"),
  ],
  links: [
    { from: "region-a/edge", to: "region-a/origin-read", port: "http" },
    { from: "region-a/edge", to: "region-a/mute", port: "http" },
  ],
  entries: [{ service: "region-a/edge", port: "http" }],
  playable: () => [],
  ...streamParts({
    event: "main",
    segmentMs: 2_000,
    availabilityStartMs: 0,
    renditions: [],
    segmentPath: "/{event}/{rendition}/{number}",
    dvrSegments: 20,
  }),
});
const layout = layoutOf(false);
const target: Target = {
  name: "synthetic",
  pack: streaming,
  defences: [
    { name: "collapsing", title: "c" },
    { name: "shedCaching", title: "s" },
  ],
  topologies: {
    quick: { title: "q", layout: () => layout },
    silent: { title: "s", layout: () => layoutOf(true) },
    bare: { title: "b", lacks: ["collapsing", "shedCaching"], layout: () => layout },
  },
};
const claim: Claim = {
  title: "served",
  metric: "segment_ms",
  where: { lane: "live" },
  statistic: "share",
  having: { outcome: "served" },
  comparison: ">=",
  limit: 0.99,
  during: ["baseline", "fault", "recovery"],
  samplesMin: 100,
};
const load: Load = {
  name: "live",
  workload: "viewers",
  exec: "live",
  lane: "live",
  ratePerSecond: { baseline: 10, fault: 50, recovery: 10 },
  vus: 100,
};
const recovery: Recovery = {
  title: "back",
  goodput: { metric: "segment_ms", where: { lane: "live" } },
  having: { outcome: "served" },
  shareMin: 0.99,
  ofBaselineMin: 0.8,
  withinMs: 4_000,
  windowMs: 2_000,
};
const step: Step = {
  atMs: 2_000,
  forMs: 4_000,
  fault: { kind: "kill", service: "region-a/origin-read" },
};
const experiment: Experiment = {
  name: "synthetic-storm",
  title: "Synthetic",
  story: "A test.",
  tier: "storm",
  target,
  topology: "quick",
  phasesMs: { baseline: 10_000, fault: 10_000, recovery: 10_000 },
  load: [load],
  hypothesis: [claim],
  recovery,
  method: [step],
  blastRadius: { services: ["region-a/origin-read"], faultsAtOnceMax: 1 },
  abortWhen: [
    { unless: { ...claim, title: "not hopeless", limit: 0.1, samplesMin: 20 }, windowMs: 5_000 },
  ],
  reliesOn: ["collapsing"],
};
const onLink = (kind: "latency" | "partition" | "reset"): Fault =>
  ({
    kind,
    links: { to: { service: "region-a/origin-read" } },
    ...(kind === "latency" ? { delayMs: 100, jitterMs: 0 } : {}),
  }) as Fault;
const both = {
  blastRadius: {
    services: ["region-a/origin-read", "region-a/edge", "region-a/mute"],
    faultsAtOnceMax: 2,
  },
};
const able: Support = () => true;
const options: PlanOptions = {
  substrate: "process",
  substrateWhy: "test",
  supports: able,
  seed: 1,
  without: [],
  topology: null,
  rerun: "again",
  workloadExports: (workload) => (workload === "viewers" ? ["live", "dvr"] : null),
};

/** The problems of a refused plan, one per line; empty if it was accepted. */
function problemsOf(changes: object, other: Partial<PlanOptions> = {}): string[] {
  try {
    planExperiment({ ...experiment, ...changes }, { ...options, ...other });
    return [];
  } catch (error) {
    if (!(error instanceof SeawallError)) throw error;
    expect(error).toMatchObject({ code: "PLAN_REFUSED", exitCode: 64 });
    expect(error.hint).toContain("Nothing was started");
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.replace(/^ {2}- /, ""));
  }
}
const claiming = (changes: object): object => ({ hypothesis: [{ ...claim, ...changes }] });
const stepping = (...steps: readonly Partial<Step>[]): object => ({
  method: steps.map((one) => ({ ...step, ...one })),
});
const recovering = (changes: object): object => ({ recovery: { ...recovery, ...changes } });

describe("a plan", () => {
  it("lets two operator acts be in force on one service, but none during a kill", () => {
    const operations = {
      mask: { kind: "http", port: "http", method: "POST", path: "/" },
      state: { kind: "http", port: "http", method: "GET", path: "/" },
    } as const;
    const able = {
      ...target,
      topologies: {
        quick: {
          title: "q",
          layout: () => ({
            ...layout,
            services: layout.services.map((one) => ({ ...one, operations })),
          }),
        },
      },
    };
    const act: Step = {
      ...step,
      fault: {
        kind: "operate",
        service: "region-a/origin-read",
        operation: "mask",
        look: { operation: "state", shows: "x" },
      },
    };
    const many = {
      target: able,
      blastRadius: { services: ["region-a/origin-read"], faultsAtOnceMax: 2 },
    };
    expect(problemsOf({ ...many, method: [act, act] })).toEqual([]);
    expect(problemsOf({ ...many, method: [act, step] })).toEqual([
      expect.stringContaining("healing one would heal the other"),
    ]);
  });

  it("takes loads from several workloads, and passes gateways to those that need them", () => {
    const starting = {
      load: [load, { ...load, name: "start", workload: "starts", exec: "play" }],
    };
    const own: Partial<PlanOptions> = {
      workloadExports: (workload) => (workload === "starts" ? ["play"] : ["live"]),
      workloadNeeds: (workload) => (workload === "starts" ? ["gateways"] : []),
    };
    expect(problemsOf(starting, own)).toEqual([
      "load: workload starts needs gateways, which this topology lacks",
    ]);
    const gateways = [{ service: "region-a/mute", port: "http" }];
    const withThem = {
      ...experiment,
      ...starting,
      target: {
        ...target,
        topologies: {
          quick: { title: "q", layout: () => ({ ...layout, otherEntries: { gateways } }) },
        },
      },
    };
    expect(planExperiment(withThem, { ...options, ...own }).plan.otherEntries).toEqual({
      gateways: ["region-a/mute"],
    });
  });

  it("requires a browser for players, or a model with players", () => {
    expect(problemsOf({ players: ["fault"] }, { browser: null })).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/has no Chromium.*apt-get install chromium.*CHROMIUM/),
      ]),
    );
    const modelled = (players: string | undefined) =>
      playerProblems(
        {
          ...experiment,
          players: ["fault"],
          target: { ...target, model: { players } as unknown as TargetModel },
        },
        layout,
        { substrate: "simulated", browser: null },
      );
    expect(modelled("which play what comes")).toEqual([]);
    expect(modelled(undefined).map(lineOf)).toEqual(["players: the model of synthetic has none"]);
  });

  it("decides everything and keeps what was requested", () => {
    const { plan, layout: chosen } = planExperiment(experiment, {
      ...options,
      without: ["shedCaching"],
      seed: 7,
    });
    expect(chosen).toBe(layout);
    expect(plan).toMatchObject({
      experiment: "synthetic-storm",
      topology: "quick",
      seed: 7,
      without: ["shedCaching"],
      reliesOn: ["collapsing"],
      entries: ["region-a/edge"],
      steps: [step],
      rerun: "again",
    });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it.each<[string, object, string]>([
    [
      "unknown metric",
      claiming({ metric: "segment_sm" }),
      'claim "served": unknown metric "segment_sm"; did you mean "segment_ms"?',
    ],
    [
      "metric __proto__",
      claiming({ metric: "__proto__" }),
      'claim "served": unknown metric "__proto__"',
    ],
    [
      "metric constructor",
      claiming({ metric: "constructor" }),
      'claim "served": unknown metric "constructor"',
    ],
    [
      "metric toString",
      claiming({ metric: "toString" }),
      'claim "served": unknown metric "toString"',
    ],
    [
      "unknown tag",
      claiming({ where: { lane: "live", entyr: "x" } }),
      'claim "served": unknown tag of segment_ms "entyr"; did you mean "entry"?',
    ],
    [
      "tag constructor",
      claiming({ where: { lane: "live", constructor: "x" } }),
      'claim "served": unknown tag of segment_ms "constructor"',
    ],
    [
      "unknown tag of what a share looks for",
      claiming({ having: { outcom: "served" } }),
      'claim "served": unknown tag of segment_ms "outcom"',
    ],
    [
      "unknown metric to divide by",
      claiming({ metric: "origin_gets", statistic: "ratio", per: { metric: "publish", times: 1 } }),
      'claim "served": unknown metric "publish"',
    ],
    [
      "a counter to divide by",
      claiming({
        metric: "origin_gets",
        statistic: "ratio",
        per: { metric: "origin_requests_total", times: 1 },
      }),
      'claim "served": origin_requests_total is a counter',
    ],
    [
      "a quantile of a counter's readings",
      claiming({ metric: "origin_requests_total", statistic: "p95" }),
      'claim "served": origin_requests_total is a counter; only rate, ratio, share, sum, ' +
        "windowsWithout and within apply to counters, not p95",
    ],
    [
      "unknown tag of what must come first",
      claiming({
        statistic: "windowsWithout",
        windowMs: 2_000,
        samplesMin: 1,
        first: { metric: "segment_ms", where: { lain: "dvr" } },
      }),
      'claim "served": unknown tag of segment_ms "lain"',
    ],
    [
      "unknown tag to tell apart by",
      claiming({
        metric: "origin_requests_total",
        statistic: "windowsWithout",
        windowMs: 2_000,
        samplesMin: 1,
        by: "servce",
        first: { metric: "origin_requests_total" },
      }),
      'claim "served": unknown tag of origin_requests_total "servce"; did you mean "service"?',
    ],
    [
      "bytes that no user compares",
      claiming({ where: { bytes: "compared" }, samplesMin: 1 }),
      'claim "served": this target sends no checksum with a segment',
    ],
    [
      "durability of what nobody can read back",
      claiming({ metric: "durable", where: {}, having: { outcome: "intact" } }),
      'claim "served": nothing in this target emits durable',
    ],
    [
      "deliveries that no journal tells of",
      {
        ...claiming({ metric: "delivered", where: {}, having: { outcome: "right" } }),
        topology: "silent",
      },
      'claim "served": nothing in this target emits delivered',
    ],
    [
      "a claim twice",
      { hypothesis: [claim, claim] },
      'hypothesis: two claims have the id "served"',
    ],
    [
      "a phase too short for a claim",
      claiming({ samplesMin: 101 }),
      'claim "served": baseline yields about 100 samples; the claim needs 101',
    ],
    [
      "a lane without load",
      claiming({ where: { lane: "dvr" } }),
      'claim "served": fault yields about 0 samples; the claim needs 100',
    ],
    [
      "too few windows for an order",
      claiming({
        statistic: "windowsWithout",
        windowMs: 2_000,
        samplesMin: 6,
        first: { metric: "segment_ms" },
      }),
      'claim "served": baseline yields about 5 samples; the claim needs 6',
    ],
    [
      "an abort condition with an unknown metric",
      { abortWhen: [{ unless: { ...claim, metric: "segments" }, windowMs: 1_000 }] },
      'claim "served": unknown metric "segments"',
    ],
    [
      "an abort condition relative to a phase",
      {
        abortWhen: [{ unless: { ...claim, limit: { of: "baseline", times: 2 } }, windowMs: 1_000 }],
      },
      'abortWhen "served": its limit must be a number',
    ],
    [
      "a player's claim and no player",
      claiming({
        metric: "player_latency_ms",
        where: {},
        statistic: "p95",
        comparison: "<=",
        limit: 9_000,
        during: ["fault"],
        samplesMin: 1,
      }),
      'claim "served": the experiment has no player; say in "players" when one joins',
    ],
    [
      "players and no manifest",
      { players: ["fault"] },
      "players: this target does not say where its manifest is",
    ],
    ["too many players", { players: ["fault", "fault", "fault", "fault", "fault"] }, "at most 4"],
    [
      "unknown defence relied on",
      { reliesOn: ["colapsing"] },
      'reliesOn: unknown defence "colapsing"; did you mean "collapsing"?',
    ],
    [
      "defence constructor",
      { reliesOn: ["constructor"] },
      'reliesOn: unknown defence "constructor"',
    ],
    [
      "unknown workload",
      { load: [{ ...load, workload: "viewer" }] },
      'load live: there is no workload "viewer"',
    ],
    [
      "unknown function of a workload",
      { load: [{ ...load, exec: "lve" }] },
      'load live: unknown function of workload viewers "lve"; did you mean "live"?',
    ],
    [
      "a second workload that is unknown",
      { load: [load, { ...load, name: "other", workload: "others" }] },
      'load other: there is no workload "others"',
    ],
    ["a load twice", { load: [load, load] }, 'load: "live" occurs twice'],
    [
      "a load of nothing",
      {
        load: [
          load,
          { ...load, name: "idle", ratePerSecond: { baseline: 0, fault: 0, recovery: 0 } },
        ],
      },
      "load idle: its rate is zero in every phase",
    ],
    [
      "unknown service struck",
      stepping({ fault: { kind: "kill", service: "region-a/orign-read" } }),
      'unknown service "region-a/orign-read"; did you mean "region-a/origin-read"?',
    ],
    [
      "a service outside the blast radius",
      stepping({ fault: { kind: "kill", service: "region-a/edge" } }),
      "step 1 (kill region-a/edge): region-a/edge is outside the blast radius",
    ],
    [
      "unknown service in the blast radius",
      { blastRadius: { services: ["region-a/origin-read", "nothing"], faultsAtOnceMax: 1 } },
      'blastRadius: unknown service "nothing"',
    ],
    [
      "a step that ends after its phase",
      stepping({ forMs: 8_001 }),
      "step 1 (kill region-a/origin-read): ends 10001 ms into a fault phase of 10000 ms",
    ],
    [
      "too many faults at once",
      {
        ...stepping(step, {
          ...step,
          atMs: 3_000,
          fault: { kind: "kill", service: "region-a/edge" },
        }),
        blastRadius: { services: ["region-a/origin-read", "region-a/edge"], faultsAtOnceMax: 1 },
      },
      "2 faults at once, the blast radius allows 1",
    ],
    [
      "overlapping faults on one service",
      {
        ...stepping(step, { atMs: 5_999 }),
        blastRadius: { services: ["region-a/origin-read"], faultsAtOnceMax: 2 },
      },
      "step 2 (kill region-a/origin-read): overlaps step 1 (kill region-a/origin-read) on " +
        "region-a/origin-read; healing one would heal the other",
    ],
    [
      "a metric that no service of the target emits",
      {
        ...claiming({ metric: "origin_gets", statistic: "sum", limit: 5, comparison: "<" }),
        topology: "silent",
      },
      'claim "served": nothing in this target emits origin_gets',
    ],
    [
      "a counter that no service of the target emits",
      {
        ...{
          abortWhen: [
            {
              unless: { ...claim, metric: "origin_requests_total", statistic: "sum" },
              windowMs: 1_000,
            },
          ],
        },
        topology: "silent",
      },
      'claim "served": nothing in this target emits origin_requests_total',
    ],
    [
      "a metric to divide by that nothing emits",
      {
        ...claiming({ statistic: "ratio", per: { metric: "publish_ms", times: 1 } }),
        topology: "silent",
      },
      'claim "served": nothing in this target emits publish_ms',
    ],
    [
      "goodput that nothing emits",
      {
        ...recovering({ goodput: { metric: "publish_ms" }, having: { outcome: "acked" } }),
        topology: "silent",
      },
      "recovery: nothing in this target emits publish_ms",
    ],
    [
      "an unknown zone",
      stepping({ fault: { kind: "zoneLoss", zone: "region-a-2" } }),
      'step 1 (lose zone region-a-2): unknown zone "region-a-2"; did you mean "region-a-1"?',
    ],
    [
      "an unknown region",
      stepping({ fault: { kind: "regionLoss", region: "region-b" } }),
      'step 1 (lose region region-b): unknown region "region-b"; did you mean "region-a"?',
    ],
    [
      "an unknown end of links",
      stepping({ fault: { kind: "partition", links: { to: { kind: "origin-raed" } } } }),
      'step 1 (partition to origin-raed): unknown kind of service "origin-raed"; did you ' +
        'mean "origin-read"?',
    ],
    [
      "a kind that is not in that zone",
      stepping({ fault: { kind: "reset", links: { to: { kind: "edge", zone: "region-a-2" } } } }),
      'unknown zone "region-a-2"',
    ],
    [
      "links that nobody declares",
      stepping({ fault: { kind: "partition", links: { from: { kind: "origin-read" } } } }),
      "step 1 (partition from origin-read): the target declares no such link (known: " +
        "region-a/edge>region-a/origin-read:http, region-a/edge>region-a/mute:http)",
    ],
    [
      "a store that the target has not",
      stepping({ fault: faults.slowStore({ delayMs: 100, jitterMs: 0 }) }),
      "step 1 (slow store: 100 ± 0 ms): strikes nothing: no declared link leads to a store",
    ],
    [
      "a fault of a moment",
      stepping({ forMs: 1 }),
      "lasts 1 ms: too short for two checks; the minimum is 2000 ms",
    ],
    ["a fault at the very end", stepping({ atMs: 9_990, forMs: 10 }), "lasts 10 ms: too short"],
    [
      "a delay of nothing",
      stepping({ fault: { ...onLink("latency"), delayMs: 0.001 } as Fault }),
      "delays by 0.001 ms, which is within the proxy's own noise; the minimum is 20 ms",
    ],
    [
      "a jitter of nothing",
      stepping({ fault: { ...onLink("latency"), jitterMs: 1 } as Fault }),
      "has a jitter of 1 ms, which is within the proxy's own noise",
    ],
    [
      "a loss of nothing",
      stepping({ fault: { kind: "packetLoss", service: "region-a/origin-read", share: 0.001 } }),
      "loses 0.1 % of the packets, too few to be seen; the minimum is 1 %",
    ],
    [
      "a restart loop with one round",
      stepping({ fault: { kind: "restartLoop", service: "region-a/origin-read", everyMs: 3_000 } }),
      "lasts 4000 ms, in which it cannot be seen to die twice",
    ],
    [
      "a fault that begins as another on the same service ends",
      stepping({ forMs: 3_000 }, { atMs: 5_000 }),
      "step 2 (kill region-a/origin-read): begins 0 ms after step 1 (kill " +
        "region-a/origin-read) on region-a/origin-read: healing takes time; leave 3000 ms " +
        "between them",
    ],
    [
      "the same the other way round",
      stepping({ atMs: 5_000, forMs: 3_000 }, { atMs: 2_000, forMs: 2_900 }),
      "ends 100 ms before step 1",
    ],
    [
      "a zone outside the blast radius",
      stepping({ fault: { kind: "zoneLoss", zone: "region-a-1" } }),
      "step 1 (lose zone region-a-1): region-a/edge is outside the blast radius",
    ],
    [
      "links outside the blast radius",
      {
        ...stepping({
          fault: { kind: "partition", links: { to: { service: "region-a/origin-read" } } },
        }),
        blastRadius: { services: ["region-a/other"], faultsAtOnceMax: 1 },
      },
      "the link region-a/edge>region-a/origin-read:http is outside the blast radius: " +
        "neither end is in it",
    ],
    [
      "an operator's act that the service does not know",
      stepping({
        fault: {
          kind: "operate",
          service: "region-a/origin-read",
          operation: "mask",
          look: { operation: "state", shows: "x" },
          undo: { operation: "unmask" },
        },
      }),
      'region-a/origin-read has no operation "unmask", which this fault needs',
    ],
    [
      "a cache that cannot be emptied",
      stepping({ fault: faults.coldCache({ service: "region-a/origin-read" }) }),
      'region-a/origin-read has no operation "flush", which this fault needs',
    ],
    [
      "a link that cannot be asked",
      stepping({
        fault: {
          kind: "bandwidth",
          links: { to: { service: "region-a/mute" } },
          bytesPerSecond: 1_000,
        },
      }),
      "region-a/mute has no ping for its port http, so faults on its links cannot be verified",
    ],
    [
      "two latencies on a link",
      {
        ...stepping(
          { fault: onLink("latency") },
          { atMs: 3_000, forMs: 1_000, fault: onLink("latency") },
        ),
        ...both,
      },
      "overlaps step 1 (latency of 100 ± 0 ms to region-a/origin-read) on the link " +
        "region-a/edge>region-a/origin-read:http",
    ],
    [
      "a partition and a latency on a link",
      {
        ...stepping(
          { fault: onLink("latency") },
          { atMs: 3_000, forMs: 1_000, fault: onLink("partition") },
        ),
        ...both,
      },
      "its effect could be either one's, and healing one would heal the other",
    ],
    [
      "a pause and a kill of one service",
      {
        ...stepping(
          { fault: { kind: "pause", service: "region-a/origin-read" } },
          { atMs: 3_000, forMs: 1_000 },
        ),
        ...both,
      },
      "overlaps step 1 (pause region-a/origin-read) on region-a/origin-read",
    ],
    [
      "a zone loss over a kill inside it",
      {
        ...stepping(step, {
          atMs: 3_000,
          forMs: 1_000,
          fault: { kind: "zoneLoss", zone: "region-a-1" },
        }),
        ...both,
      },
      "step 2 (lose zone region-a-1): overlaps step 1 (kill region-a/origin-read) on " +
        "region-a/origin-read",
    ],
    [
      "a zone cut off over a kill inside it",
      {
        ...stepping(step, {
          atMs: 3_000,
          forMs: 1_000,
          fault: { kind: "blackhole", zone: "region-a-1" },
        }),
        ...both,
      },
      "step 2 (cut zone region-a-1 off the network): overlaps step 1 (kill " +
        "region-a/origin-read) on region-a/origin-read",
    ],
    [
      "a zone cut off and lost",
      {
        ...stepping(
          { fault: { kind: "blackhole", zone: "region-a-1" } },
          { atMs: 3_000, forMs: 1_000, fault: { kind: "zoneLoss", zone: "region-a-1" } },
        ),
        ...both,
      },
      "step 2 (lose zone region-a-1): overlaps step 1 (cut zone region-a-1 off the network)" +
        " on region-a/origin-read",
    ],
    [
      "a zone cut off outside the blast radius",
      stepping({ fault: { kind: "blackhole", zone: "region-a-1" } }),
      "step 1 (cut zone region-a-1 off the network): region-a/edge is outside the blast radius",
    ],
    [
      "an unknown zone cut off",
      stepping({ fault: { kind: "blackhole", zone: "region-a-2" } }),
      'unknown zone "region-a-2"; did you mean "region-a-1"?',
    ],
    [
      "a slow link to a zone that is cut off",
      {
        ...stepping(
          { fault: { kind: "blackhole", zone: "region-a-1" } },
          { atMs: 3_000, forMs: 1_000, fault: onLink("latency") },
        ),
        ...both,
      },
      "region-a/origin-read cannot answer, so faults on its links cannot be verified",
    ],
    [
      "a fault on a link to a service that is down",
      { ...stepping(step, { atMs: 3_000, forMs: 1_000, fault: onLink("reset") }), ...both },
      "overlaps step 1 (kill region-a/origin-read): region-a/origin-read cannot answer, so " +
        "faults on its links cannot be verified",
    ],
    [
      "no word of recovery",
      { recovery: null },
      "recovery: an experiment with faults must say what recovery means",
    ],
    ["recovery from nothing", { method: [] }, "recovery: the method has no fault"],
    [
      "a recovery too short to see",
      recovering({ withinMs: 6_001 }),
      "recovery: the phase lasts 10000 ms; 12000 ms are needed",
    ],
    [
      "goodput of an unknown metric",
      recovering({ goodput: { metric: "toString" } }),
      'recovery: unknown metric "toString"',
    ],
    [
      "goodput with an unknown tag",
      recovering({ having: { outcom: "served" } }),
      'recovery: unknown tag of segment_ms "outcom"; did you mean "outcome"?',
    ],
    [
      "goodput of a counter",
      recovering({ goodput: { metric: "origin_gets" }, having: {} }),
      "recovery: goodput needs a metric with one sample per request",
    ],
    [
      "windows out of step with the segments",
      recovering({ windowMs: 3_000 }),
      "recovery: its windows of 3000 ms are not a multiple of the segment duration, 2000 ms",
    ],
    [
      "a baseline shorter than a window",
      {
        ...recovering({ windowMs: 12_000 }),
        phasesMs: { baseline: 10_000, fault: 10_000, recovery: 40_000 },
      },
      "recovery: the baseline of 10000 ms is shorter than one window of 12000 ms",
    ],
  ])("is refused: %s", (_what, changes, problem) => {
    expect(problemsOf(changes).filter((line) => line.includes(problem))).not.toEqual([]);
  });

  it("is refused if recovery is offered less than its limit", () => {
    const less = {
      load: [{ ...load, ratePerSecond: { baseline: 20, fault: 50, recovery: 15.9 } }],
    };
    expect(problemsOf(less)).toEqual([
      expect.stringContaining(
        "15.9 requests per second are offered in it; 0.8 of the baseline needs 16",
      ),
    ]);
    expect(
      problemsOf({ load: [{ ...load, ratePerSecond: { baseline: 20, fault: 50, recovery: 16 } }] }),
    ).toEqual([]);
  });

  it.each(["quik", "__proto__", "constructor", "toString", ""])(
    "is refused for the unknown topology %j",
    (topology) => {
      expect(problemsOf({}, { topology })).toEqual([
        expect.stringContaining(`unknown topology "${topology}"`),
      ]);
      expect(problemsOf({ topology })).toEqual([
        expect.stringContaining("(known: bare, quick, silent)"),
      ]);
    },
  );

  it("is refused if the topology lacks a defence that is switched off or relied on", () => {
    expect(problemsOf({}, { topology: "bare", without: ["shedCaching"] })).toEqual([
      'topology "bare" has no shedCaching to disable',
      'reliesOn: topology "bare" has no collapsing',
    ]);
    expect(problemsOf({ reliesOn: [] }, { topology: "bare" })).toEqual([]);
  });

  it("of a target alone has no experiment, and is refused like any other", () => {
    const alone = planTarget(target, "bare", options);
    expect(alone).toMatchObject({
      layout,
      plan: { topology: "bare", steps: [], load: [], entries: ["region-a/edge"] },
    });
    const refused = (topology: string, without: string[]): string => {
      try {
        planTarget(target, topology, { ...options, without });
        return "accepted";
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(refused("quick", ["collapsing"])).toBe("accepted");
    expect(refused("bare", ["collapsing"])).toContain(
      'topology "bare" has no collapsing to disable',
    );
    expect(refused("constructor", ["colapsing"])).toMatch(
      /unknown topology "constructor"[\s\S]*unknown defence "colapsing"/,
    );
  });

  it("is refused for an unknown --without and an unsupported fault", () => {
    expect(problemsOf({}, { without: ["colapsing", "shedCaching"] })).toEqual([
      expect.stringContaining('unknown defence "colapsing"; did you mean "collapsing"?'),
    ]);
    expect(
      problemsOf({}, { supports: (kind) => (kind === kinds["kill"] ? "nobody dies here" : true) }),
    ).toEqual([
      "step 1 (kill region-a/origin-read): the process substrate cannot do this: nobody dies here",
    ]);
  });

  it("is refused without its prerequisites, unless --force is given, which is recorded", () => {
    const later = { tier: "gorilla", requires: ["kill-one"] };
    const problems = problemsOf(later, { recorded: [] });
    expect(problems).toEqual([
      expect.stringContaining('requires: "kill-one" has not been run'),
      expect.stringContaining("an experiment of tier latency must have held"),
    ]);
    expect(problemsOf(later, { recorded: null })).toEqual([]);
    expect(() =>
      planExperiment({ ...experiment, tier: "gorilla" }, { ...options, recorded: [] }),
    ).toThrow(expect.objectContaining({ hint: expect.stringContaining("--force") }));
    expect(
      planExperiment({ ...experiment, tier: "gorilla" }, { ...options, recorded: [], force: true })
        .plan.notes,
    ).toContainEqual(expect.stringMatching(/^run with --force, although tier gorilla: /));
    expect(
      planExperiment(experiment, { ...options, recorded: [], force: true }).plan.notes ?? [],
    ).not.toContainEqual(expect.stringContaining("by force"));
    // `--force` overrides prerequisites only.
    expect(problemsOf({ ...later, reliesOn: ["luck"] }, { recorded: [], force: true })).toEqual([
      expect.stringContaining('unknown defence "luck"'),
    ]);
  });

  it("names every problem at once", () => {
    const problems = problemsOf(
      {
        ...claiming({ metric: "nope" }),
        reliesOn: ["nope"],
        load: [{ ...load, workload: "nope" }],
        ...recovering({ withinMs: 9_000 }),
        ...stepping({ fault: { kind: "kill", service: "nope" }, forMs: 20_000 }),
      },
      { without: ["nope"] },
    );
    expect(problems).toHaveLength(7);
    expect(
      problemsOf({ ...claiming({ metric: "nope" }), reliesOn: ["nope"] }, { topology: "nope" }),
    ).toHaveLength(3);
  });

  it("is accepted if everything is valid", () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf(claiming({ samplesMin: 100 }))).toEqual([]);
    expect(problemsOf(recovering({ withinMs: 6_000 }))).toEqual([]);
    expect(problemsOf(stepping({ forMs: 8_000 }))).toEqual([]);
    expect(problemsOf(stepping({ atMs: 500, forMs: 2_000 }, { atMs: 5_500 }))).toEqual([]);
    expect(
      problemsOf(stepping({ fault: { ...onLink("latency"), delayMs: 20, jitterMs: 10 } as Fault })),
    ).toEqual([]);
    expect(problemsOf({ method: [], recovery: null })).toEqual([]);
    expect(
      problemsOf({
        hypothesis: [
          {
            ...claim,
            metric: "origin_gets",
            statistic: "ratio",
            per: { metric: "publish_ms", times: 2 },
          },
        ],
      }),
    ).toEqual([]);
    expect(
      problemsOf({
        ...stepping(step, { atMs: 3_000, fault: { kind: "kill", service: "region-a/edge" } }),
        blastRadius: { services: ["region-a/origin-read", "region-a/edge"], faultsAtOnceMax: 2 },
      }),
    ).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ["nothing", null, "experiment: "],
    [
      "a name in capitals",
      { ...experiment, name: "Storm" },
      "name: lower-case words joined by hyphens",
    ],
    ["no load", { ...experiment, load: [] }, "load: "],
    ["no claims", { ...experiment, hypothesis: [] }, "hypothesis: "],
    [
      "a limit that is no number",
      { ...experiment, hypothesis: [{ ...claim, limit: Number.NaN }] },
      "hypothesis.0.limit: ",
    ],
    [
      "a phase of no length",
      { ...experiment, phasesMs: { baseline: 0, fault: 1, recovery: 1 } },
      "phasesMs.baseline: ",
    ],
    [
      "a step before the phase",
      { ...experiment, method: [{ ...step, atMs: -1 }] },
      "method.0.atMs: ",
    ],
    [
      "a latency with more jitter than delay",
      {
        ...experiment,
        method: [
          {
            ...step,
            fault: { kind: "latency", links: { to: { kind: "edge" } }, delayMs: 10, jitterMs: 11 },
          },
        ],
      },
      "jitterMs must not be above delayMs",
    ],
    [
      "links without an end",
      { ...experiment, method: [{ ...step, fault: { kind: "partition", links: {} } }] },
      "method.0.fault.links: ",
    ],
    [
      "a place named twice over",
      {
        ...experiment,
        method: [
          { ...step, fault: { kind: "partition", links: { to: { service: "a", zone: "b" } } } },
        ],
      },
      "method.0.fault.links: ",
    ],
    [
      "half a kilobyte per second",
      {
        ...experiment,
        method: [
          {
            ...step,
            fault: { kind: "bandwidth", links: { to: { kind: "edge" } }, bytesPerSecond: 1_500 },
          },
        ],
      },
      "method.0.fault.bytesPerSecond: ",
    ],
    [
      "a clock that is hardly off",
      {
        ...experiment,
        method: [{ ...step, fault: { kind: "clockSkew", service: "x", byMs: -2_999 } }],
      },
      "must be 3000 ms or more",
    ],
    [
      "an unknown defect",
      {
        ...experiment,
        method: [
          {
            ...step,
            fault: faults.badSegments({ service: "x", defect: "ugly" as never, segments: 1 }),
          },
        ],
      },
      "method.0.fault.defect: ",
    ],
    [
      "an unknown fault",
      { ...experiment, method: [{ ...step, fault: { kind: "nuke", service: "x" } }] },
      "method.0.fault",
    ],
    [
      "a claim that never applies",
      { ...experiment, hypothesis: [{ ...claim, during: [] }] },
      "hypothesis.0.during: ",
    ],
    [
      "a topology that is laid out by nobody",
      { ...experiment, target: { ...target, topologies: { quick: { title: "q" } } } },
      "target.topologies.quick.layout: ",
    ],
  ])("is refused for its shape: %s", (_what, value, problem) => {
    expect(() => planExperiment(value as Experiment, options)).toThrow(SeawallError);
    expect(() => planExperiment(value as Experiment, options)).toThrow(problem);
  });
});

describe("the registry of a run", () => {
  const ofScript = metricsMadeIn('new Trend("order_ms", true); new Counter("orders");');
  const onOwn = (metric: string, statistic: "p95" | "sum" = "p95"): Experiment => ({
    ...experiment,
    hypothesis: [
      ...experiment.hypothesis,
      {
        title: "Orders are quick",
        metric,
        where: { shop: "a" },
        statistic,
        comparison: "<=",
        limit: 300,
        during: ["fault"],
        samplesMin: 1,
      },
    ],
  });

  it("contains the metrics of its workloads, so that claims can use them", () => {
    const { plan } = planExperiment(onOwn("order_ms"), {
      ...options,
      workloadMetrics: () => ofScript,
    });
    expect(plan.metrics["order_ms"]).toMatchObject({ kind: "duration", unit: "ms" });
    expect(plan.metrics["segment_ms"]?.source).toBe("generator");
    expect(plan.metrics["cpu_seconds"]?.source).toBe("harness");
  });

  it("warns of a tag without listed values if counting none of it would hold", () => {
    const few = (outcome: string, strings: readonly string[] = []): readonly string[] => {
      const { hypothesis } = onOwn("order_ms");
      const { title, metric } = hypothesis[1] as Claim;
      const share = { ...claim, title, metric, where: {}, comparison: "<=", limit: 0.1 } as const;
      return (
        planExperiment(
          { ...experiment, hypothesis: [claim, { ...share, having: { outcome } }] },
          { ...options, workloadMetrics: () => ofScript, workloadStrings: () => strings },
        ).plan.notes ?? []
      );
    };
    expect(few("lots")).toContainEqual(expect.stringContaining('order_ms with outcome "lots"'));
    const strings = stringsIn("shop.add(1, { outcome: answer.ok ? 'sold' : \"lost\" })");
    expect(few("lost", strings).join()).not.toContain("misspelt");
    expect(few("rejected", strings).join()).toContain("misspelt");
    expect(() => few("lots", strings)).toThrow(
      'no script has outcome "lots"; did you mean "lost"?',
    );
    expect(planExperiment(experiment, options).plan.notes ?? []).not.toContainEqual(
      expect.stringContaining("misspelt"),
    );
  });

  it("reports which metric of a workload no function of its loads plays", () => {
    const plays = { live: [{ metric: "segment_ms", lane: "live", patienceMs: 4_000 }] };
    expect(
      problemsOf(claiming({ metric: "start_ms", where: { kind: "play" }, samplesMin: 1 }), {
        workloadPlays: () => plays,
      }).join(),
    ).toContain("no function of its loads names start_ms in `plays`");
  });

  it("contains no other metric", () => {
    expect(() => planExperiment(onOwn("order_ms"), options)).toThrow('unknown metric "order_ms"');
    expect(() =>
      planExperiment(onOwn("orders"), { ...options, workloadMetrics: () => ofScript }),
    ).toThrow("orders is a counter");
    const { pack: _pack, ...packless } = experiment.target;
    const planPackless = (): unknown =>
      planExperiment({ ...experiment, target: packless }, options);
    expect(planPackless).toThrow('unknown metric "segment_ms"');
    expect(planPackless).toThrow("only the load generator would see what synthetic serves");
  });

  it("follows the request classes of the target", () => {
    const junk = experiment.load.map((load) => ({ ...load, lane: "vip" }));
    expect(() => planExperiment({ ...experiment, load: junk }, options)).toThrow(
      /unknown lane "vip"/,
    );
  });
});

describe("the table of metrics", () => {
  it("gives each a name, a meaning and tags, none of them inherited", () => {
    for (const [name, metric] of Object.entries(everyMetric)) {
      expect(name).toMatch(/^[a-z_]+$/);
      expect(metric.meaning.length).toBeGreaterThan(10);
      expect(new Set(metric.tags).size).toBe(metric.tags.length);
    }
  });
});
