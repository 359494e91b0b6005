/**
 * Targets with a contradictory or meaningless description. Each would make a run about something
 * else, or one that fails after a minute.
 */
import { defineExperiment, type Experiment } from "../../harness/experiment/experiment.ts";
import {
  type StreamTarget,
  streamTarget,
} from "../../targets/live-streaming/pack/own-target/stream-target.ts";
import type { Layout } from "../../harness/target/layout.ts";
import { planExperiment } from "../../harness/plan/plan.ts";
import { type LieGroup, type Outcome, planned } from "./lie.ts";

const launch = () => ({ command: "true", args: [], env: {}, files: {} });
const started = { name: "edge", port: 8080, launch };
const stream: StreamTarget["stream"] = {
  event: "main",
  segmentMs: 2_000,
  availabilityStartMs: 0,
  dvrSegments: 20,
  segmentPath: "/live/{event}/{rendition}/{number}.m4s",
  renditions: [{ name: "v360", kind: "video", bitsPerSecond: 600_000 }],
};
const honest: StreamTarget = { name: "mine", services: [started], entries: ["edge"], stream };

const experiment = (own: StreamTarget): Experiment =>
  defineExperiment({
    name: "own",
    title: "Own",
    story: "A test.",
    tier: "storm",
    target: streamTarget(own),
    topology: "own",
    phasesMs: { baseline: 10_000, fault: 10_000, recovery: 10_000 },
    load: [
      {
        name: "live",
        workload: "viewers",
        exec: "live",
        lane: "live",
        ratePerSecond: { baseline: 10, fault: 10, recovery: 10 },
        vus: 100,
      },
    ],
    hypothesis: [
      {
        title: "served",
        metric: "segment_ms",
        where: { lane: "live" },
        statistic: "share",
        having: { outcome: "served" },
        comparison: ">=",
        limit: 0.99,
        during: ["baseline", "fault", "recovery"],
        samplesMin: 10,
      },
    ],
    recovery: null,
    method: [],
    blastRadius: { services: [], faultsAtOnceMax: 1 },
    abortWhen: [],
    reliesOn: [],
  });

/** Like a user's file, whose types no compiler has checked. */
function plan(changes: object, byHand: (layout: Layout) => Partial<Layout> = () => ({})): Outcome {
  const whole = experiment({ ...honest, ...changes });
  const { target } = whole;
  const layout = (): Layout => {
    const own = target.topologies["own"]?.layout() as Layout;
    return { ...own, ...byHand(own) };
  };
  const topologies = { own: { title: "By hand", layout } };
  return planned(() =>
    planExperiment(
      { ...whole, target: { ...target, topologies } },
      {
        substrate: "process",
        substrateWhy: "test",
        supports: () => true,
        seed: 1,
        without: [],
        topology: null,
        workloadExports: () => ["live"],
        rerun: "",
        nowMs: Date.UTC(2026, 0, 1),
      },
    ),
  );
}

const serving = (...services: readonly object[]): object => ({ services });
const streaming = (changes: object): object => ({ stream: { ...stream, ...changes } });
const path = (segmentPath: string): object => streaming({ segmentPath });
const two = [
  { name: "v360", kind: "video", bitsPerSecond: 1_000 },
  { name: "audio", kind: "audio", bitsPerSecond: 1_000 },
];

const lies: readonly (readonly [name: string, says: string, changes: object, caughtBy: string])[] =
  [
    [
      "two-services-of-one-name",
      "the first is never asked",
      serving(started, { ...started, port: 8081 }),
      'service "edge": the name occurs twice',
    ],
    [
      "a-service-called-dot-dot",
      "its folder is the run's own",
      { ...serving({ ...started, name: ".." }), entries: [".."] },
      'service "..": name: lower-case words',
    ],
    [
      "a-service-outside-the-run",
      "its folder is outside of the run's",
      { ...serving({ ...started, name: "../../etc" }), entries: ["../../etc"] },
      'service "../../etc": name: lower-case words',
    ],
    [
      "a-service-with-a-line-break",
      "a name in two lines",
      { ...serving({ ...started, name: "my edge\n2" }), entries: ["my edge\n2"] },
      "name: lower-case words",
    ],
    [
      "an-upper-case-service",
      "a name that some file systems cannot distinguish from another",
      { ...serving({ ...started, name: "Edge" }), entries: ["Edge"] },
      'service "Edge": name: lower-case words',
    ],
    [
      "a-service-called-toxiproxy",
      "a name of the harness's own",
      { ...serving({ ...started, name: "toxiproxy" }), entries: ["toxiproxy"] },
      'service "toxiproxy": the harness reserves this name',
    ],
    ["port-0", "any port", serving({ ...started, port: 0 }), 'service "edge": port:'],
    ["port-80", "a privileged port", serving({ ...started, port: 80 }), 'service "edge": port:'],
    [
      "port-99999",
      "a port that does not exist",
      serving({ ...started, port: 99_999 }),
      'service "edge": port:',
    ],
    [
      "port-nan",
      "no port at all",
      serving({ ...started, port: Number.NaN }),
      'service "edge": port:',
    ],
    ["port-half", "half a port", serving({ ...started, port: 8080.5 }), 'service "edge": port:'],
    [
      "three-hundred-services",
      "addresses end at 254",
      {
        services: Array.from({ length: 300 }, (_, at) => ({ ...started, name: `s${at}` })),
        entries: ["s299"],
      },
      "services: 300, and there are addresses for 244",
    ],
    [
      "no-entries",
      "no entry point for requests",
      { entries: [] },
      "entries: a target needs at least one entry",
    ],
    [
      "an-unknown-edge",
      "a name that is misspelt",
      { entries: ["egde"] },
      'entries: unknown service "egde"; did you mean "edge"?',
    ],
    [
      "an-edge-twice",
      "half the viewers would count twice",
      { entries: ["edge", "edge"] },
      'entries: "edge" occurs twice',
    ],
    [
      "users-as-an-edge",
      "the load sends requests to itself",
      { entries: ["users"] },
      'entries: unknown service "users"',
    ],
    [
      "a-link-from-nobody",
      "a name that is misspelt",
      { links: [["user", "edge"]] },
      'links: unknown service "user"; did you mean "users"?',
    ],
    [
      "a-link-to-users",
      "no port listens for users",
      { links: [["edge", "users"]] },
      'links: unknown service "users"',
    ],
    [
      "a-link-to-itself",
      "the link carries nothing",
      { links: [["edge", "edge"]] },
      "links: from edge to itself",
    ],
    [
      "no-renditions",
      "there is nothing to request",
      streaming({ renditions: [] }),
      "stream.renditions: a stream has at least one",
    ],
    [
      "a-rendition-twice",
      "two of one name",
      streaming({ renditions: [two[0], two[0]] }),
      'stream.renditions: "v360" occurs twice',
    ],
    ["segments-of-0-ms", "time stands still", streaming({ segmentMs: 0 }), "stream.segmentMs:"],
    [
      "segments-of-nan-ms",
      "no time at all",
      streaming({ segmentMs: Number.NaN }),
      "stream.segmentMs:",
    ],
    [
      "segments-of-2-seconds-in-milliseconds",
      "500 segments a second",
      streaming({ segmentMs: 2 }),
      "stream.segmentMs: milliseconds, not seconds",
    ],
    [
      "kilobits-called-bits",
      "a body of six bytes is large enough",
      streaming({ renditions: [{ name: "v360", kind: "video", bitsPerSecond: 500 }] }),
      "bitsPerSecond: bits per second, not kilobits",
    ],
    [
      "segments-of-less-than-nothing",
      "time runs backwards",
      streaming({ segmentMs: -2_000 }),
      "stream.segmentMs:",
    ],
    [
      "a-stream-that-begins-in-2099",
      "there is no segment yet",
      streaming({ availabilityStartMs: Date.UTC(2099, 0, 1) }),
      "stream.availabilityStartMs: the stream begins at 2099-01-01",
    ],
    [
      "a-stream-without-a-beginning",
      "numbers are indistinguishable",
      streaming({ availabilityStartMs: undefined }),
      "stream.availabilityStartMs:",
    ],
    [
      "a-path-without-a-number",
      "every segment is the same one",
      path("/live/{rendition}"),
      "stream.segmentPath: without {number}",
    ],
    [
      "a-path-without-the-rendition",
      "all renditions are the same",
      { stream: { ...stream, renditions: two, segmentPath: "/{number}" } },
      "stream.segmentPath: without {rendition} all 2 renditions are the same",
    ],
    [
      "a-padded-number",
      "it would be requested unexpanded",
      path("/live/{number%05d}.m4s"),
      'stream.segmentPath: unknown placeholder "{number%05d}"; did you mean "{number}"?',
    ],
    [
      "a-misspelt-placeholder",
      "it would be requested unexpanded",
      path("/{evnt}/{number}"),
      'stream.segmentPath: unknown placeholder "{evnt}"; did you mean "{event}"?',
    ],
    [
      "a-manifest's-number",
      "it would be asked for as it stands",
      path("/{number}/$Number$.m4s"),
      'stream.segmentPath: "$Number$" is a manifest\'s',
    ],
    [
      "another-host-in-the-path",
      "load would go to a host that is not allowed",
      path("@example.com/{number}"),
      'must begin with "/"',
    ],
    [
      "a-whole-address-as-the-path",
      "load would go to a host that is not allowed",
      path("http://example.com/{number}"),
      'must begin with "/"',
    ],
    [
      "a-rendition-that-climbs",
      "clients that resolve it request another path than the prober",
      streaming({ renditions: [{ ...stream.renditions[0], name: ".." }] }),
      "it becomes /live/main/../1.m4s",
    ],
    [
      "an-event-that-climbs",
      "clients that resolve it request another path than the prober",
      streaming({ event: "a/%2E" }),
      "it becomes /live/a/%2E/v360/1.m4s",
    ],
    [
      "a-path-that-climbs",
      "clients that resolve it request another path than the prober",
      path("/live/../{number}"),
      "it becomes /live/../1",
    ],
    [
      "an-event-with-a-question-mark",
      "the number is part of a query, which servers may ignore",
      streaming({ event: "who?" }),
      'stream.event: a name in one line, without "?"',
    ],
    [
      "a-rendition-with-a-question-mark",
      "the number is part of a query, which servers may ignore",
      streaming({ renditions: [{ ...stream.renditions[0], name: "v?" }] }),
      'a name without "/" and "?"',
    ],
    [
      "a-path-with-two-slashes",
      "some take it for a host",
      path("//example.com/{number}"),
      "is no path",
    ],
    ["an-unknown-key", "an unknown part", { headers: {} }, 'unknown key "headers"'],
    [
      "a-misspelt-key-of-a-service",
      "an unknown part",
      serving({ ...started, dependOn: [] }),
      'service "edge": unknown key "dependOn"; did you mean "dependsOn"?',
    ],
    [
      "a-misspelt-key-of-the-stream",
      "an unknown part",
      streaming({ segmentsMs: 1 }),
      'stream: unknown key "segmentsMs"; did you mean "segmentMs"?',
    ],
    [
      "waits-for-nobody",
      "it never starts",
      serving({ ...started, dependsOn: ["ghost"] }),
      'service "edge": dependsOn: unknown service "ghost"',
    ],
    [
      "waits-for-itself",
      "it never starts",
      serving({ ...started, dependsOn: ["edge"] }),
      "dependsOn: edge waits for edge: none of them can start",
    ],
    [
      "wait-for-one-another",
      "none of them starts",
      serving(
        { ...started, dependsOn: ["b"] },
        { ...started, name: "b", dependsOn: ["c"] },
        { ...started, name: "c", dependsOn: ["b"] },
      ),
      "dependsOn: b waits for c waits for b",
    ],
    [
      "nothing-to-launch",
      "a command is missing",
      serving({ name: "edge", port: 8080 }),
      'service "edge": launch: must be a function',
    ],
    [
      "an-unknown-tool",
      "a program that Seawall cannot install",
      serving({ ...started, tools: ["squid"] }),
      'service "edge": tools: unknown tool "squid"',
    ],
    [
      "a-path-of-readiness-that-is-none",
      "it is never ready",
      serving({ ...started, ready: "health" }),
      'service "edge": ready: a path',
    ],
    [
      "metrics-of-no-series",
      "nothing is kept",
      serving({ ...started, metrics: { path: "/metrics", series: [] } }),
      'service "edge": metrics.series:',
    ],
    [
      "a-series-that-cannot-be",
      "Prometheus knows no such name",
      serving({ ...started, metrics: { path: "/metrics", series: ["http requests"] } }),
      'service "edge": metrics.series.0',
    ],
  ];

const twoServices = serving(started, { ...started, name: "origin" });
const waiting =
  (...dependsOn: readonly string[]) =>
  ({ services }: Layout): Partial<Layout> => ({
    services: services.map((one, index) => ({ ...one, dependsOn: [dependsOn[index] ?? ""] })),
  });

/** Targets whose layout is written by hand: no description is checked before. */
const layouts: readonly (readonly [
  name: string,
  says: string,
  byHand: (layout: Layout) => Partial<Layout>,
  caughtBy: string,
])[] = [
  [
    "by-hand-wait-for-one-another",
    "none of them starts",
    waiting("origin", "edge"),
    "dependsOn: edge waits for origin waits for edge: none of them can start",
  ],
  [
    "by-hand-waits-for-nobody",
    "it never starts",
    ({ services }) => ({ services: services.map((one) => ({ ...one, dependsOn: ["ghost"] })) }),
    'dependsOn: unknown service "ghost"',
  ],
  [
    "by-hand-two-services-of-one-name",
    "the first is never asked",
    ({ services }) => ({ services: [...services, ...services.slice(1)] }),
    'service "origin": the name occurs twice',
  ],
  [
    "by-hand-an-unknown-entry",
    "a name that is misspelt",
    () => ({ entries: [{ service: "egde", port: "http" }] }),
    'entries: unknown service "egde"; did you mean "edge"?',
  ],
  [
    "by-hand-an-entry-at-no-port",
    "nothing listens there",
    () => ({ entries: [{ service: "edge", port: "https" }] }),
    'entries: unknown port of edge "https"; did you mean "http"?',
  ],
  [
    "by-hand-a-link-to-nobody",
    "the link carries nothing",
    () => ({ links: [{ from: "edge", to: "ghost", port: "http" }] }),
    'links: unknown service "ghost"',
  ],
  [
    "by-hand-a-link-twice",
    "one of two carries nothing",
    () => ({ links: ["http", "http"].map((port) => ({ from: "edge", to: "origin", port })) }),
    "links: edge > origin (http) occurs twice",
  ],
];

const controls: readonly (readonly [name: string, says: string, changes: object])[] = [
  ["a-plain-target", "one service, one stream", {}],
  [
    "a-target-with-names-of-every-script",
    "names are percent-encoded",
    streaming({
      event: "Grand Prix",
      renditions: [{ name: "español", kind: "audio", bitsPerSecond: 1_000 }],
    }),
  ],
  ["a-target-of-audio-alone", "radio is a stream", streaming({ renditions: [two[1]] })],
  [
    "dots-in-names",
    "a version is no step",
    streaming({ event: "v1..2/.main", segmentPath: "/{event}/{rendition}/{number}.m4s?from=../x" }),
  ],
  [
    "a-token-in-the-path",
    "a query is part of a path",
    path("/live/{event}/{rendition}/{number}.m4s?token=~*&%$@x:y"),
  ],
  [
    "two-services-on-one-port",
    "each has an address of its own",
    serving(started, { ...started, name: "origin" }),
  ],
  [
    "services-that-wait-in-a-row",
    "each starts after the one before",
    serving(
      { ...started, dependsOn: ["b"] },
      { ...started, name: "b", dependsOn: ["c"] },
      { ...started, name: "c" },
    ),
  ],
  [
    "a-service-that-runs-already",
    "a URL is enough",
    serving({ name: "edge", url: "http://127.0.0.1:8080" }),
  ],
  [
    "services-in-regions",
    "names with a slash",
    {
      ...serving({ ...started, name: "region-a/edge", region: "region-a", zone: "region-a-1" }),
      entries: ["region-a/edge"],
    },
  ],
  [
    "segments-of-48-khz-audio",
    "a length that is no whole number of ms",
    streaming({ segmentMs: 2_133.333 }),
  ],
];

export const nonsenseTargets: LieGroup = {
  title: "meaningless targets",
  runs: "hermetic",
  lies: lies
    .map(([name, says, changes, caughtBy]) => ({
      name,
      says,
      caughtBy,
      plant: () => plan(changes),
    }))
    .concat(
      layouts.map(([name, says, byHand, caughtBy]) => ({
        name,
        says,
        caughtBy,
        plant: () => plan(twoServices, byHand),
      })),
    ),
  honest: [
    ...controls.map(([name, says, changes]) => ({ name, says, plant: () => plan(changes) })),
    {
      name: "by-hand-one-waits-for-the-other",
      says: "each starts after the one before",
      plant: () =>
        plan(twoServices, ({ services: [first, second] }) => ({
          services: [first, { ...second, dependsOn: ["edge"] }] as Layout["services"],
        })),
    },
  ],
};
