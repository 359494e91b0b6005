/**
 * Services that never reported what a claim needs: their work is missing, and the rest looks
 * complete.
 */
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import { type Draft, drop, heldDraft, reporter, runOf, zeroMs } from "../support/judge/held-run.ts";
import { judge } from "../../harness/judge/judge.ts";

import type { SampleKind } from "../../harness/metrics/samples.ts";
import { judged, type Lie, type LieGroup, type Outcome } from "./lie.ts";

const origins = ["region-a/origin-read", "region-b/origin-read"];
const claimOn = (metric: string, where: Claim["where"] = {}): Claim => ({
  title: "few",
  metric,
  where,
  statistic: "sum",
  comparison: "<=",
  limit: 100_000,
  during: ["fault"],
  samplesMin: 1,
});

/** Two origins that each report a series every 2 s, and a claim on it. */
function reported(
  metric: string,
  kind: SampleKind,
  claim: Claim,
  tags: Readonly<Record<string, string>> = {},
): Draft {
  const draft = heldDraft();
  const telemetry = [
    ...(draft.plan.telemetry ?? []),
    ...origins.map((service) => reporter(service, { service }, [service], metric, kind)),
  ];
  draft.plan = { ...draft.plan, telemetry, hypothesis: [...draft.plan.hypothesis, claim] };
  for (const service of origins)
    for (let ms = -4_000; ms < 63_000; ms += 2_000)
      draft.samples.push({
        metric,
        tags: { service, ...tags },
        startedMs: zeroMs + ms + 5,
        value: 8,
      });
  return draft;
}

const requests = (claim = claimOn("origin_requests_total", { lane: "live" })): Draft =>
  reported("origin_requests_total", "increment", claim, { lane: "live", outcome: "served" });
const after = (draft: Draft, change: (draft: Draft) => void): Outcome => {
  change(draft);
  return judged(judge(runOf(draft)));
};
const of =
  (service: string) =>
  (sample: Draft["samples"][number]): boolean =>
    sample.tags["service"] === service;
const [first = "", second = ""] = origins;

const lies: readonly Omit<Lie, "caughtBy">[] = [
  {
    name: "an-origin-that-was-never-read",
    says: "half of the requests are half of the load",
    plant: () => after(requests(), (draft) => drop(draft, of(second))),
  },
  {
    name: "an-origin-that-was-read-once",
    says: "and said nothing from then on",
    plant: () =>
      after(requests(), (draft) =>
        drop(draft, (sample) => of(second)(sample) && sample.startedMs > zeroMs + 10_000),
      ),
  },
  {
    name: "a-series-of-another-name",
    says: "one of two services exposes it under another name",
    plant: () =>
      after(requests(), (draft) => {
        draft.samples = draft.samples.map((sample) =>
          of(second)(sample) ? { ...sample, metric: "requests_total" } : sample,
        );
      }),
  },
  {
    name: "a-record-that-names-nobody",
    says: "its plan is from before sources were kept",
    plant: () =>
      after(requests(), (draft) => {
        const { telemetry: _, ...older } = draft.plan;
        draft.plan = older;
      }),
  },
  {
    name: "a-plan-that-leaves-one-metric-out",
    says: "no service is declared to report it",
    plant: () =>
      after(requests(), (draft) => {
        draft.plan = {
          ...draft.plan,
          telemetry: (draft.plan.telemetry ?? []).filter(
            ({ where }) => where["service"] === undefined,
          ),
        };
      }),
  },
  {
    name: "the-one-that-is-asked-is-silent",
    says: "a claim on one service, of which only the other reports",
    plant: () =>
      after(requests(claimOn("origin_requests_total", { service: first })), (draft) => {
        drop(draft, of(first));
        draft.samples.push({
          metric: "origin_requests_total",
          tags: { service: first, lane: "live", outcome: "served" },
          startedMs: zeroMs + 30_000,
          value: 1,
        });
      }),
  },
  {
    name: "an-edge-whose-counters-were-never-read",
    says: "the other edge alone decides the claim on collapsing",
    plant: () =>
      after(heldDraft(), (draft) =>
        drop(
          draft,
          ({ metric, tags }) => metric === "origin_gets" && tags["entry"] === "region-b/edge",
        ),
      ),
  },
];

export const silentServices: LieGroup = {
  title: "services that never reported",
  runs: "hermetic",
  lies: lies.map((lie) => ({
    ...lie,
    caughtBy: "target.readings",
  })),
  honest: [
    {
      name: "both-origins-reported",
      says: "each every 2 s",
      plant: () => after(requests(), () => undefined),
    },
    {
      name: "another-origin-is-not-asked",
      says: "a claim on one service, which reports",
      plant: () =>
        after(requests(claimOn("origin_requests_total", { service: second })), (draft) =>
          drop(draft, of(first)),
        ),
    },
    {
      name: "an-origin-that-was-killed",
      says: "a service whose own fault excuses its silence",
      plant: () =>
        after(requests(), (draft) =>
          drop(
            draft,
            (sample) =>
              of(first)(sample) &&
              sample.startedMs > zeroMs + 24_000 &&
              sample.startedMs < zeroMs + 36_000,
          ),
        ),
    },
    {
      name: "a-target's-own-counter",
      says: "a metric that is not Seawall's",
      plant: () =>
        after(
          reported("nginx_http_requests_total", "increment", claimOn("nginx_http_requests_total")),
          () => undefined,
        ),
    },
  ],
};
