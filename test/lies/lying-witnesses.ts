/**
 * Generators that report more than they received, targets that distinguish prober from viewers, and
 * bodies that are no segments.
 */
import { faults } from "../../targets/live-streaming/pack/faults.ts";
import {
  add,
  change,
  type Draft,
  drop,
  phaseMs,
  startOf,
  zeroMs,
} from "../support/judge/held-run.ts";
import { printOf } from "../../harness/metrics/print.ts";
import { during, hex, honest, inFault, lie, numberAt, of, reprint, someOf } from "./drafts.ts";
import type { Honest, Lie, LieGroup } from "./lie.ts";

const [prober, bytes, counters, bodies] = [
  "witnesses.prober",
  "witnesses.bytes",
  "witnesses.counters",
  "bodies.right",
] as const;
const edge = "region-a/edge";
/** Three phases, with the time before and after. */
const spanMs = 3 * phaseMs;

const probes = of("canary_ms", { entry: edge });
const looks = of("body_seen", { by: "user" });
const everyLook = of("body_seen");
/** The findings for a container other than fMP4, in which slates may repeat. */
function inTs(draft: Draft): void {
  change(draft, everyLook, { tags: { container: "ts" } });
}

/** Players, who ask for what lies some seconds back, and not for what the prober asks. */
function byPlayers(draft: Draft): void {
  draft.plan = {
    ...draft.plan,
    load: draft.plan.load.map((load) => ({ ...load, workload: "watch" })),
  };
}

const lies: readonly Lie[] = [
  lie(
    "prober-refused-players-served",
    "an edge knows players by their headers and serves them alone; the prober gets 502",
    prober,
    (draft) => {
      byPlayers(draft);
      change(draft, inFault(probes), { tags: { outcome: "502" } });
    },
  ),
  lie(
    "prober-refused-in-most-periods",
    "the same in eight of ten periods of the fault",
    prober,
    (draft) => {
      byPlayers(draft);
      const untilMs = startOf.fault + 0.8 * phaseMs;
      change(draft, during(probes, startOf.fault, untilMs), { tags: { outcome: "502" } });
    },
  ),
  lie(
    "prober-refused-viewers-served",
    "the generator reports all viewers served in the fault, while the prober gets 502",
    prober,
    (draft) => change(draft, inFault(probes), { tags: { outcome: "502" } }),
  ),
  lie(
    "prober-gets-pages",
    "the prober gets error pages under status 200, and viewers are recorded as served",
    prober,
    (draft) =>
      change(draft, during(inFault(probes), startOf.fault, startOf.fault + 8_000), {
        tags: { outcome: "wrong" },
      }),
  ),
  lie(
    "prober-spared",
    "six viewer requests in ten fail and are retried, and the prober is always served",
    prober,
    (draft) => {
      add(draft, 600, startOf.baseline, startOf.recovery + phaseMs, {
        metric: "http_req_ms",
        tags: { lane: "live", status: "502", entry: edge },
        value: 20,
      });
      change(draft, someOf(of("segment_ms", { lane: "live" }), 0.6), { value: 300 });
    },
  ),
  lie("prober-let-past-the-line", "viewers wait for 900 ms, the prober for 20", prober, (draft) => {
    change(draft, of("http_req_ms", { lane: "live" }), { value: 900 });
  }),
  lie(
    "one-in-four-refused",
    "one probe in four is refused at random, and no viewer",
    prober,
    (draft) => change(draft, someOf(inFault(probes), 0.25), { tags: { outcome: "502" } }),
  ),
  lie(
    "one-in-ten-refused",
    "one probe in ten is refused at random, and no viewer",
    prober,
    (draft) => change(draft, someOf(probes, 0.1), { tags: { outcome: "502" } }),
  ),
  lie(
    "one-in-six-refused-in-the-fault",
    "one probe in six is refused in the fault, and no viewer",
    prober,
    (draft) => change(draft, someOf(inFault(probes), 1 / 6), { tags: { outcome: "502" } }),
  ),
  lie(
    "refused-while-all-are-slow",
    "viewers wait for 300 ms and are served, and half of the probes are refused",
    prober,
    (draft) => {
      change(draft, of("segment_ms", { lane: "live" }), { value: 300 });
      change(draft, of("http_req_ms", { lane: "live" }), { value: 300 });
      change(draft, someOf(inFault(probes), 0.5), { tags: { outcome: "502" } });
    },
  ),
  lie(
    "not-there-for-the-prober",
    "the prober gets 404 for ten seconds, and viewers are served at once",
    prober,
    (draft) =>
      change(draft, during(probes, startOf.fault + 4_000, startOf.fault + 14_000), {
        tags: { outcome: "404" },
      }),
  ),
  lie(
    "half-wait-for-long",
    "half of the probes wait for 3 s, and no viewer does",
    prober,
    (draft) => change(draft, someOf(inFault(probes), 0.5), { value: 3_000 }),
  ),
  lie(
    "viewers-who-avoid-an-edge",
    "an edge fails, and no viewer of the fault has it as home",
    prober,
    (draft) =>
      change(draft, inFault(of("canary_ms", { entry: "region-b/edge" })), {
        tags: { outcome: "502" },
      }),
  ),
  lie(
    "a-handful-of-viewers",
    "two viewers in two seconds are served, and the prober never is",
    prober,
    (draft) => {
      const elsewhere = { entry: "region-b/edge" };
      for (const metric of ["http_req_ms", "segment_ms"])
        change(draft, someOf(inFault(of(metric, { lane: "live" })), 0.9), { tags: elsewhere });
      change(draft, inFault(of("io_bytes", { service: elsewhere.entry })), { value: 28 * 100_000 });
      change(draft, inFault(probes), { tags: { outcome: "502" } });
    },
  ),
  lie(
    "generator-that-asked-nobody",
    "the generator reports everything served, and neither it nor any edge moved a byte",
    bytes,
    (draft) => {
      change(draft, of("io_bytes", { service: "k6" }), { value: 700 });
      change(draft, of("io_bytes", { service: edge }), { value: 4 * 100_000 });
      change(draft, of("network_bytes"), { value: 8 * 100_000 });
    },
  ),
  lie(
    "generator-that-stops-asking",
    "the generator reads nothing in the fault, and reports all served",
    bytes,
    (draft) =>
      change(
        draft,
        during(of("io_bytes", { service: "k6" }), startOf.fault - 2_500, startOf.recovery + 2_500),
        { value: 0 },
      ),
  ),
  lie("edge-that-wrote-nothing", "the edge sent a body to the prober only", bytes, (draft) =>
    change(draft, inFault(of("io_bytes", { service: edge })), { value: 4 * 100_000 }),
  ),
  lie("nobody-counted-bytes", "no reading reports any bytes moved", bytes, (draft) =>
    drop(draft, (sample) => sample.metric === "io_bytes" || sample.metric === "network_bytes"),
  ),
  lie(
    "counters-that-did-not-grow",
    "the edge counts its bytes served, and they are next to nothing",
    counters,
    (draft) => {
      for (let at = zeroMs - 2_000; at < zeroMs + spanMs; at += 2_000)
        draft.samples.push({
          metric: "origin_requests_total",
          tags: { service: edge, lane: "live", outcome: "served" },
          startedMs: at,
          value: 1,
        });
    },
  ),
  lie(
    "an-edge-that-was-hardly-asked",
    "the generator got ten answers per request that the edge received",
    counters,
    (draft) => {
      for (let at = zeroMs - 2_000; at < zeroMs + spanMs; at += 2_000) {
        draft.samples.push({
          metric: "edge_requests",
          tags: { entry: edge },
          startedMs: at,
          value: 1,
        });
      }
    },
  ),
  lie("viewers-who-never-looked", "no viewer checked its body", bodies, (draft) =>
    drop(draft, looks),
  ),
  lie(
    "pages-for-everybody",
    "error pages under status 200, and a claim on their latency only",
    bodies,
    (draft) => {
      draft.plan = {
        ...draft.plan,
        hypothesis: draft.plan.hypothesis.filter(({ title }) => title === "fast"),
      };
      change(draft, inFault(everyLook), { tags: { problem: "type", container: "unknown" } });
      change(draft, inFault(probes), { tags: { outcome: "wrong" } });
    },
  ),
  lie(
    "everything-is-excused",
    "a header marks each truncated segment as defective, without a fault that corrupts any",
    bodies,
    (draft) => {
      change(draft, everyLook, { tags: { problem: "flagged" } });
    },
  ),
  lie("one-page-in-fifty", "one body in fifty is an error page", bodies, (draft) => {
    draft.plan = { ...draft.plan, recovery: null };
    change(draft, someOf(looks, 0.02), { tags: { problem: "text", container: "unknown" } });
    change(draft, someOf(of("segment_ms", { bytes: "looked" }), 0.02), {
      tags: { outcome: "wrong" },
    });
  }),
  lie(
    "cut-segments",
    "segments are truncated at 70 % in the fault, with a matching length",
    bodies,
    (draft) => {
      draft.plan = {
        ...draft.plan,
        hypothesis: draft.plan.hypothesis.filter(({ title }) => title !== "served"),
      };
      change(draft, someOf(inFault(everyLook), 0.5), { tags: { problem: "brokenOff" } });
      change(draft, someOf(inFault(probes), 0.5), { tags: { outcome: "wrong" } });
    },
  ),
  lie(
    "the-segment-before",
    "one viewer in twenty-five gets the previous segment",
    bodies,
    (draft) =>
      reprint(draft, someOf(inFault(looks), 0.04), ({ startedMs }) =>
        printOf(numberAt(startedMs), hex((numberAt(startedMs) - 1) % 4_096, 9)),
      ),
  ),
  lie("one-body-for-all", "the body is the same for every number", bodies, (draft) => {
    inTs(draft);
    reprint(draft, everyLook, ({ startedMs }) => printOf(numberAt(startedMs), "abcdef012"));
  }),
  lie(
    "boxes-that-stand-still",
    "from the fault on every segment is the same file, its time included",
    bodies,
    (draft) =>
      reprint(draft, inFault(everyLook), ({ startedMs }) =>
        printOf(numberAt(startedMs), "abcdef012"),
      ),
  ),
  lie("two-files-in-turn", "from the fault on every segment is one of two files", bodies, (draft) =>
    reprint(draft, inFault(everyLook), ({ startedMs }) =>
      printOf(numberAt(startedMs), numberAt(startedMs) % 2 === 0 ? "abcdef012" : "abcdef013"),
    ),
  ),
  lie("a-loop-of-five", "the same five files repeat, times included", bodies, (draft) =>
    reprint(draft, everyLook, ({ startedMs }) =>
      printOf(numberAt(startedMs), hex(numberAt(startedMs) % 5, 9)),
    ),
  ),
  lie(
    "never-the-same-twice",
    "the same segment has different bytes at different times",
    bodies,
    (draft) => {
      let turn = 0;
      reprint(draft, looks, ({ startedMs, value }) =>
        ++turn % 3 === 0
          ? printOf(numberAt(startedMs), (0xf0000 + turn).toString(16).padEnd(9, "0"))
          : value,
      );
    },
  ),
  lie("another-container", "a body of an unknown container among boxes", bodies, (draft) =>
    change(draft, someOf(looks, 0.05), { tags: { container: "unknown" } }),
  ),
];

const controls: readonly Honest[] = [
  honest("real-services-as-they-are", "the same run without a lie", () => {}),
  honest(
    "a-short-outage",
    "the edge is gone for a second: four probes fail, and no viewer sent a request then",
    (draft) =>
      change(draft, during(probes, startOf.fault + 900, startOf.fault + 2_900), {
        tags: { outcome: "failed" },
      }),
  ),
  honest(
    "refused-alike",
    "one request in ten is refused, viewer or prober, and viewers retry",
    (draft) => {
      change(draft, someOf(inFault(probes), 0.1), { tags: { outcome: "502" } });
      add(draft, 22, startOf.fault, startOf.recovery, {
        metric: "http_req_ms",
        tags: { lane: "live", status: "502", entry: edge },
        value: 20,
      });
      change(draft, someOf(inFault(of("segment_ms", { lane: "live" })), 0.1), { value: 290 });
    },
  ),
  honest(
    "players-live-on-what-is-cached",
    "for six seconds the newest is refused, and players get what lies further back",
    (draft) => {
      byPlayers(draft);
      const fromMs = startOf.fault + 5_000;
      change(draft, during(probes, fromMs, fromMs + 6_000), { tags: { outcome: "502" } });
    },
  ),
  honest("a-single-refusal", "one probe in sixty is refused, and no viewer", (draft) =>
    change(draft, someOf(probes, 1 / 60), { tags: { outcome: "502" } }),
  ),
  honest(
    "an-outage-that-both-see",
    "the edge refuses all requests for six seconds, and viewers retry",
    (draft) => {
      const [fromMs, untilMs] = [startOf.fault + 5_000, startOf.fault + 11_000];
      change(draft, during(probes, fromMs, untilMs), { tags: { outcome: "502" } });
      drop(draft, during(of("http_req_ms", { lane: "live" }), fromMs, untilMs));
      add(draft, 240, fromMs, untilMs, {
        metric: "http_req_ms",
        tags: { lane: "live", status: "502", entry: edge },
        value: 5,
      });
      const answered = { lane: "live", status: "200", entry: edge };
      add(draft, 60, untilMs, untilMs + 400, { metric: "http_req_ms", tags: answered, value: 30 });
      draft.plan = {
        ...draft.plan,
        hypothesis: draft.plan.hypothesis.filter(({ title }) => title !== "dvr first"),
      };
    },
  ),
  honest(
    "not-yet-there",
    "viewers and the prober ask too early at the live edge, and retry",
    (draft) => {
      add(draft, 300, startOf.baseline, startOf.recovery, {
        metric: "http_req_ms",
        tags: { lane: "live", status: "404", entry: edge },
        value: 4,
      });
      change(draft, someOf(probes, 0.3), { tags: { outcome: "404" } });
    },
  ),
  honest(
    "a-pipeline-that-pauses",
    "no new segment exists for ten seconds, and all requests get 404",
    (draft) => {
      const [fromMs, untilMs] = [startOf.fault + 4_000, startOf.fault + 14_000];
      change(draft, during(probes, fromMs, untilMs), { tags: { outcome: "404" } });
      drop(draft, during(of("http_req_ms", { lane: "live" }), fromMs, untilMs));
      add(draft, 1_600, fromMs, untilMs, {
        metric: "http_req_ms",
        tags: { lane: "live", status: "404", entry: edge },
        value: 4,
      });
      add(draft, 100, untilMs, untilMs + 400, {
        metric: "http_req_ms",
        tags: { lane: "live", status: "200", entry: edge },
        value: 30,
      });
    },
  ),
  honest("some-wait-for-long", "one in five waits for 2 s, viewer or prober", (draft) => {
    change(draft, someOf(inFault(of("http_req_ms", { lane: "live" })), 0.2), { value: 2_000 });
    change(draft, someOf(inFault(probes), 0.2), { value: 2_000 });
  }),
  honest("slow-for-all", "viewers and the prober wait for 450 ms", (draft) => {
    change(draft, of("http_req_ms", { lane: "live" }), { value: 450 });
    change(draft, of("canary_ms"), { value: 450 });
  }),
  honest(
    "an-edge-killed",
    "the edge dies with what it wrote since the last reading, and restarts at zero",
    (draft) => {
      draft.events.splice(8, 0, {
        kind: "exited",
        atMs: startOf.fault + 3_990,
        service: edge,
        expected: true,
        detail: "ended by SIGKILL",
      });
      change(draft, inFault(of("io_bytes", { service: edge })), { value: 500_000 });
    },
  ),
  honest(
    "an-edge-whose-bytes-nobody-counts",
    "its program sends in a way that the kernel does not count per process",
    (draft) => change(draft, of("io_bytes", { service: edge }), { value: 900 }),
  ),
  honest(
    "a-target-elsewhere",
    "its processes are external, so only the generator's bytes and the interfaces are counted",
    (draft) =>
      drop(draft, (sample) => sample.metric === "io_bytes" && sample.tags["service"] !== "k6"),
  ),
  honest(
    "segments-of-half-the-size",
    "bitrate varies: the fault's segments are half as large",
    (draft) => {
      for (const chosen of [of("io_bytes"), of("network_bytes")])
        draft.samples = draft.samples.map((sample) =>
          inFault(chosen)(sample) ? { ...sample, value: sample.value * 0.55 } : sample,
        );
    },
  ),
  honest("counters-that-grow", "the edge counts viewers and the prober", (draft) => {
    for (let at = zeroMs - 2_000; at < zeroMs + spanMs; at += 2_000)
      draft.samples.push({
        metric: "origin_requests_total",
        tags: { service: edge, lane: "live", outcome: "served" },
        startedMs: at,
        value: 18,
      });
  }),
  honest("an-edge-that-counts-all-who-ask", "viewers, the prober, and other clients", (draft) => {
    for (let at = zeroMs - 2_000; at < zeroMs + spanMs; at += 2_000) {
      draft.samples.push({
        metric: "edge_requests",
        tags: { entry: edge },
        startedMs: at,
        value: 25,
      });
    }
  }),
  honest(
    "segments-spoiled-on-purpose",
    "a packager corrupts its segments from the fault on, and their headers say so",
    (draft) => {
      const spoil = faults.badSegments({
        service: "region-a/packager",
        defect: "truncated",
        segments: 4,
      });
      draft.plan = {
        ...draft.plan,
        steps: draft.plan.steps.map((step) => ({ ...step, fault: spoil })),
      };
      draft.events = draft.events
        .filter(({ kind }) => kind !== "exited")
        .map((event) => ("fault" in event ? { ...event, fault: spoil } : event));
      change(draft, inFault(everyLook), { tags: { problem: "flagged" } });
    },
  ),
  honest("transport-streams", "TS instead of boxes", inTs),
  honest("a-slate", "TS of a slate in the fault: segments are the same bytes", (draft) => {
    inTs(draft);
    reprint(draft, inFault(everyLook), ({ startedMs }) =>
      printOf(numberAt(startedMs), "abcdef012"),
    );
  }),
  honest("encrypted-as-a-whole", "the container is unrecognisable", (draft) =>
    change(draft, everyLook, { tags: { container: "unknown" } }),
  ),
  honest(
    "a-second-source",
    "a segment is replaced once, when another packager takes over",
    (draft) => {
      reprint(
        draft,
        during(everyLook, startOf.fault + 7_000, startOf.recovery),
        ({ startedMs, value }) =>
          startedMs % 2_000 > 1_000
            ? printOf(numberAt(startedMs), `bbbbb${hex(numberAt(startedMs), 4)}`)
            : value,
      );
    },
  ),
  honest("a-few-cut-by-the-fault", "two bodies are truncated as an edge dies", (draft) => {
    draft.plan = {
      ...draft.plan,
      hypothesis: draft.plan.hypothesis.filter(({ title }) => title !== "served"),
    };
    change(draft, someOf(during(looks, startOf.fault + 4_000, startOf.fault + 4_801), 1), {
      tags: { problem: "brokenOff" },
    });
  }),
];

export const lyingWitnesses: LieGroup = {
  title: "contradictory witnesses, and bodies that are no segments",
  runs: "hermetic",
  lies,
  honest: controls,
};
