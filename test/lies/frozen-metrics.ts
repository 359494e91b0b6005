/** Services whose metrics stop changing while they work. */
import { type Draft, reporter, zeroMs } from "../support/judge/held-run.ts";
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import { honest, lie } from "./drafts.ts";
import type { Honest, Lie, LieGroup } from "./lie.ts";

const moves = "target.metrics";
const edge = "region-a/edge";
const origin = "region-a/origin-read";
const changed = "exposition_changed";

/** Read every 2 s. `value` returns a reading, or null for none. */
function read(
  draft: Draft,
  metric: string,
  service: string,
  value: (tick: number) => number | null,
): void {
  for (let tick = 0; tick < 32; tick++) {
    const said = value(tick);
    if (said !== null)
      draft.samples.push({
        metric,
        tags: { service, ...(metric === "io_bytes" ? { direction: "written" } : {}) },
        startedMs: zeroMs - 3_400 + 2_000 * tick,
        value: said,
      });
  }
}

/** The service itself claims that its errors stay few. */
function claim(draft: Draft, metric: string, service: string): void {
  const few: Claim = {
    title: "few errors",
    metric,
    where: { service },
    statistic: "sum",
    comparison: "<=",
    limit: 1_000,
    during: ["fault"],
    samplesMin: 1,
  };
  draft.plan = {
    ...draft.plan,
    telemetry: [
      ...(draft.plan.telemetry ?? []),
      reporter(service, { service }, [service], metric, "increment"),
    ],
    hypothesis: [...draft.plan.hypothesis, few],
  };
}

const errors = "origin_metadata_lookups_total";
const requests = "origin_chunks_total";
const inFault = (tick: number): boolean => tick >= 12 && tick < 22;
const grows = (tick: number): number => 20 + (tick % 3);

const lies: readonly Lie[] = [
  lie(
    "frozen-all-along",
    "an edge serves, and its exposition is that of yesterday",
    moves,
    (draft) => {
      claim(draft, errors, edge);
      read(draft, errors, edge, () => 0);
      read(draft, changed, edge, () => 0);
    },
  ),
  lie(
    "frozen-in-the-fault",
    "an edge's exposition freezes during the fault, and changes again afterwards",
    moves,
    (draft) => read(draft, changed, edge, (tick) => (inFault(tick) ? 0 : 1)),
  ),
  lie(
    "frozen-from-then-on",
    "an edge's exposition freezes in the baseline, and no claim uses it",
    moves,
    (draft) => read(draft, changed, edge, (tick) => (tick < 6 ? 1 : 0)),
  ),
  lie(
    "frozen-behind-a-link",
    "an origin's exposition freezes, while its link carries segments",
    moves,
    (draft) => {
      read(draft, changed, origin, (tick) => (tick < 4 ? 1 : 0));
      for (const startedMs of [zeroMs + 5_000, zeroMs + 15_000])
        draft.samples.push({
          metric: "link_bytes",
          tags: { link: `${edge}>${origin}:http` },
          startedMs,
          value: 900_000,
        });
      draft.plan = {
        ...draft.plan,
        links: [{ from: edge, to: origin, port: "http" }],
      };
    },
  ),
  lie(
    "frozen-while-its-processes-write",
    "an origin's exposition freezes, while its processes write megabytes",
    moves,
    (draft) => {
      read(draft, changed, origin, (tick) => (tick < 4 ? 1 : 0));
      read(draft, "io_bytes", origin, () => 500_000);
    },
  ),
  lie(
    "frozen-in-an-older-record",
    "the record has only the selected counters, and they are frozen",
    moves,
    (draft) => {
      claim(draft, errors, edge);
      read(draft, errors, edge, () => 0);
    },
  ),
  lie(
    "requests-that-freeze-alone",
    "the request counter stops in the fault, while the rest of the exposition changes",
    moves,
    (draft) => {
      read(draft, changed, edge, () => 1);
      read(draft, requests, edge, (tick) => (inFault(tick) ? 0 : grows(tick)));
    },
  ),
];

const honests: readonly Honest[] = [
  honest("idle-and-still", "an idle service exposes the same values all the time", (draft) => {
    claim(draft, errors, "region-b/origin-read");
    read(draft, errors, "region-b/origin-read", () => 0);
    read(draft, changed, "region-b/origin-read", () => 0);
    read(draft, "io_bytes", "region-b/origin-read", () => 3_500);
  }),
  honest("no-error-of-many", "an edge counts no error, and its exposition changes", (draft) => {
    claim(draft, errors, edge);
    read(draft, errors, edge, () => 0);
    read(draft, changed, edge, () => 1);
  }),
  honest("new-every-ten-seconds", "an exporter reads its service once in ten seconds", (draft) => {
    read(draft, changed, edge, (tick) => (tick % 5 === 0 ? 1 : 0));
    read(draft, requests, edge, (tick) => (tick % 5 === 0 ? 5 * grows(tick) : 0));
  }),
  honest(
    "text-without-numbers-that-move",
    "no claim uses an exposition that never changes",
    (draft) => read(draft, changed, edge, () => 0),
  ),
  honest(
    "counted-as-something-else",
    "an edge's hits end in the fault, and its misses begin",
    (draft) => {
      read(draft, "origin_chunks_total", edge, (tick) => (inFault(tick) ? 0 : grows(tick)));
      read(draft, "origin_metadata_lookups_total", edge, (tick) =>
        inFault(tick) ? grows(tick) : 0,
      );
    },
  ),
  honest("counts-what-is-rare", "an edge counts what happens in the baseline alone", (draft) => {
    read(draft, changed, edge, () => 1);
    read(draft, "origin_store_requests_total", edge, (tick) => (tick < 10 ? 1 : 0));
  }),
  honest(
    "silent-while-dead",
    "a killed origin exposes nothing, and the same as before on its return",
    (draft) =>
      read(draft, changed, origin, (tick) => (inFault(tick) ? null : tick % 4 === 0 ? 1 : 0)),
  ),
];

export const frozenMetrics: LieGroup = {
  title: "metrics that stand still",
  runs: "hermetic",
  lies,
  honest: honests,
};
