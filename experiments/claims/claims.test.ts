import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import type { Experiment } from "../../harness/experiment/experiment.ts";
import type { Phase } from "../../harness/base/phases.ts";
import type { Tags } from "../../harness/metrics/tags.ts";
import {
  type Draft,
  heldDraft,
  reporter,
  runOf,
  startOf,
  zeroMs,
} from "../../test/support/judge/held-run.ts";
import { judge } from "../../harness/judge/judge.ts";
import { vacuousProblems } from "../../harness/plan/problems/vacuous.ts";
import { durable } from "./durable.ts";
import { liveServed } from "./live-served.ts";
import { bothRegionsPublish, publications } from "./publications.ts";
import { shedOrder } from "./shed-order.ts";

const folder = resolve(import.meta.dirname, "..");
const files = readdirSync(folder).filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
);
/** The claims that the synthetic run of the tests below is judged by. */
const mission: readonly Claim[] = [
  ...liveServed(8),
  ...bothRegionsPublish({ samplesMin: 8 }),
  ...shedOrder(),
  durable(),
];
/**
 * The factor by which an experiment may exceed what its topology needs per region. It excludes
 * limits that nothing could violate.
 */
const loosest = { ackedMin: 0.8, refusedMax: 0.15 };

describe.each(files)("%s", (file) => {
  it("carries all claims of the mission, with enough samples to judge", async () => {
    const { default: experiment } = (await import(`${folder}/${file}`)) as { default: Experiment };
    const regions = new Set(
      experiment.target.topologies[experiment.topology]
        ?.layout()
        .services.filter(({ kind }) => kind === "packager")
        .map(({ region }) => region),
    );
    expect(regions.size).toBeGreaterThan(0);
    for (const region of regions) {
      const [acked, refused] = publications({ [region]: { samplesMin: 3 } });
      for (const wanted of [acked, refused]) {
        const { samplesMin, limit: _, comparison: _how, ...sentence } = wanted as Claim;
        const found = experiment.hypothesis.find(({ title }) => title === sentence.title);
        expect(found).toMatchObject(sentence);
        expect(found?.samplesMin).toBeGreaterThanOrEqual(samplesMin);
        if (wanted === acked) expect(found?.limit).toBeGreaterThanOrEqual(loosest.ackedMin);
        else expect(found?.limit).toBeLessThanOrEqual(loosest.refusedMax);
      }
    }
    for (const { samplesMin, ...claim } of [...liveServed(8), ...shedOrder(), durable()]) {
      expect(experiment.hypothesis).toContainEqual(expect.objectContaining(claim));
      expect(
        experiment.hypothesis.find(({ title }) => title === claim.title)?.samplesMin,
        claim.title,
      ).toBeGreaterThanOrEqual(Math.min(samplesMin, 4));
    }
    expect(vacuousProblems(experiment)).toEqual([]);
  });
});

/** A run in which the mission's claims hold, without shedding. */
function whole(): Draft {
  const draft = heldDraft();
  const every = (everyMs: number, add: (startedMs: number) => void, laterMs = 0): void => {
    for (let ms = zeroMs - 2_000; ms < zeroMs + 62_000; ms += everyMs) add(ms + laterMs);
  };
  const origin = (service: string, lane: string, outcome: string, laterMs: number): void =>
    every(
      2_000,
      (startedMs) =>
        draft.samples.push({
          metric: "origin_requests_total",
          tags: { service, lane, outcome },
          startedMs,
          value: 0,
        }),
      laterMs,
    );
  for (const [index, region] of ["region-a", "region-b"].entries()) {
    const laterMs = 30 * index;
    for (const lane of ["live", "dvr"]) origin(`${region}/origin-read`, lane, "shed", laterMs);
    every(
      500,
      (startedMs) =>
        draft.samples.push({
          metric: "delivered",
          tags: { entry: `${region}/edge`, rendition: "v360", outcome: "right" },
          startedMs,
          value: 1,
        }),
      laterMs,
    );
    every(2_000, (startedMs) =>
      draft.samples.push({
        metric: "durable",
        tags: { pipeline: region, outcome: "intact" },
        startedMs,
        value: 1,
      }),
    );
  }
  every(200, (startedMs) =>
    draft.samples.push({
      metric: "segment_ms",
      tags: {
        lane: "live",
        outcome: "served",
        entry: "region-a/edge",
        rendition: "v360",
        bytes: "compared",
      },
      startedMs,
      value: 40,
    }),
  );
  const origins = ["region-a/origin-read", "region-b/origin-read"];
  const telemetry = [
    ...(draft.plan.telemetry ?? []),
    ...origins.map((service) =>
      reporter(service, { service }, [service], "origin_requests_total", "increment"),
    ),
  ];
  return { ...draft, plan: { ...draft.plan, hypothesis: mission, telemetry } };
}

type Change = (draft: Draft) => void;
const refused =
  (service: string, lane: string, phase: Phase, afterMs: number): Change =>
  (draft) =>
    void draft.samples.push({
      metric: "origin_requests_total",
      tags: { service, lane, outcome: "shed" },
      startedMs: startOf[phase] + afterMs,
      value: 5,
    });
const retag =
  (metric: string, outcome: string): Change =>
  (draft) => {
    const index = draft.samples.findIndex(
      (sample) =>
        sample.metric === metric &&
        sample.startedMs > startOf.fault + 5_000 &&
        (metric !== "segment_ms" || sample.tags["bytes"] === "compared"),
    );
    const sample = draft.samples[index];
    if (sample !== undefined)
      draft.samples[index] = { ...sample, tags: { ...sample.tags, outcome } };
  };
const published =
  (tags: Tags): Change =>
  (draft) => {
    const index = draft.samples.findIndex(
      ({ metric, tags: { region }, startedMs }) =>
        metric === "publish_ms" && region === "region-b" && startedMs > startOf.fault + 5_000,
    );
    const sample = draft.samples[index];
    if (sample !== undefined)
      draft.samples[index] = { ...sample, tags: { ...sample.tags, ...tags } };
  };
const without =
  (metric: string): Change =>
  (draft) => {
    draft.samples = draft.samples.filter((sample) => sample.metric !== metric);
  };
const all =
  (...changes: readonly Change[]): Change =>
  (draft) => {
    for (const change of changes) change(draft);
  };

describe("the mission's claims", () => {
  const verdictOf = (change: Change): { status: string; because: string[] } => {
    const draft = whole();
    change(draft);
    const { status, findings } = judge(runOf(draft));
    return {
      status,
      because: findings
        .filter((finding) => finding.status === status && status !== "held")
        .map(({ id }) => id),
    };
  };

  it("hold if every viewer is served and nothing is shed", () => {
    expect(verdictOf(() => undefined)).toEqual({ status: "held", because: [] });
  });

  it.each<[string, Change, string]>([
    [
      "one of a hundred who compare gets other bytes",
      retag("segment_ms", "wrong"),
      "claim.live-bytes-right",
    ],
    [
      "one segment comes out of an edge with a byte changed",
      retag("delivered", "wrong"),
      "claim.delivered-right",
    ],
    [
      "one checksum is not that of its segment",
      retag("delivered", "mislabelled"),
      "claim.delivered-right",
    ],
    ["one acknowledged segment is gone", retag("durable", "missing"), "claim.durable"],
    ["one acknowledged segment has changed", retag("durable", "different"), "claim.durable"],
    [
      "one write is turned away, whatever the origin calls it",
      published({ refused: "yes" }),
      "claim.not-refused-region-b",
    ],
    ["one write is lost", published({ outcome: "lost" }), "claim.acknowledged-region-b"],
    [
      "live is shed and DVR is not",
      refused("region-a/origin-read", "live", "fault", 3_000),
      "claim.dvr-shed-first",
    ],
    [
      "live is shed and only another origin sheds DVR",
      all(
        refused("region-a/origin-read", "live", "fault", 3_000),
        refused("region-b/origin-read", "dvr", "fault", 3_000),
      ),
      "claim.dvr-shed-first",
    ],
    [
      "live is shed long after DVR was",
      all(
        refused("region-a/origin-read", "dvr", "fault", 1_000),
        refused("region-a/origin-read", "live", "fault", 13_000),
      ),
      "claim.dvr-shed-first",
    ],
  ])("are refuted if %s", (_what, change, id) => {
    const { status, because } = verdictOf(change);
    expect([status, because.length]).toEqual(["refuted", expect.any(Number)]);
    expect(because).toContain(id);
  });

  it("hold if live is shed while the same origin sheds DVR", () => {
    const { status } = verdictOf(
      all(
        refused("region-a/origin-read", "dvr", "fault", 3_000),
        refused("region-a/origin-read", "live", "fault", 4_000),
      ),
    );
    expect(status).toBe("held");
  });

  it.each([
    ["what origins shed was never read", "origin_requests_total"],
    ["no packager's journal was read", "publish_ms"],
    ["nothing was read back", "durable"],
    ["nobody looked at what edges deliver", "delivered"],
  ])("are inconclusive if %s", (_what, metric) => {
    expect(verdictOf(without(metric)).status).toBe("inconclusive");
  });

  it("are inconclusive if no journal records what was delivered", () => {
    const { status, because } = verdictOf(
      (draft) =>
        void draft.samples.push({
          metric: "delivered_unknown",
          tags: { entry: "region-a/edge", rendition: "v360" },
          startedMs: startOf.fault + 10,
          value: 1,
        }),
    );
    expect([status, because]).toEqual(["inconclusive", ["target.readings"]]);
  });
});
