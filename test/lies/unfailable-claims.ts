/**
 * Experiments whose claims no record could refute, whatever the target does; and some that could
 * never hold.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { streaming } from "../../targets/live-streaming/pack/pack.ts";
import originStorm from "../../experiments/origin-storm.ts";
import startSurge from "../../experiments/start-surge.ts";
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import type { Experiment, Load, Recovery } from "../../harness/experiment/experiment.ts";
import type { Phase } from "../../harness/base/phases.ts";
import { planExperiment } from "../../harness/plan/plan.ts";
import { playsIn } from "../../harness/experiment/plays.ts";
import { type LieGroup, type Outcome, planned } from "./lie.ts";

const workload = (name: string): string =>
  readFileSync(join(streaming.workloads ?? "", `${name}.ts`), "utf8");

function plan(experiment: Experiment): Outcome {
  return planned(() =>
    planExperiment(experiment, {
      substrate: "process",
      substrateWhy: "test",
      supports: () => true,
      seed: 1,
      without: [],
      topology: null,
      rerun: "",
      browser: "chromium",
      workloadExports: (name) =>
        [...workload(name).matchAll(/^export function (\w+)/gm)].map((match) => match[1] as string),
      workloadPlays: (name) => playsIn(workload(name)),
    }),
  );
}

const every: readonly Phase[] = ["baseline", "fault", "recovery"];
const live = { metric: "segment_ms", where: { lane: "live" } };
const base = { title: "under test", ...live, during: every, samplesMin: 5 };
const claiming = (changes: object): Experiment => ({
  ...originStorm,
  reliesOn: [],
  hypothesis: [{ ...base, ...changes } as unknown as Claim],
});
const share = (changes: object): Experiment =>
  claiming({
    statistic: "share",
    having: { outcome: "served" },
    comparison: ">=",
    limit: 0.99,
    ...changes,
  });
const later = (of: Phase, times: number): object => ({
  limit: { of, times },
  during: ["fault", "recovery"],
});
const shed = (lane: string): object => ({ metric: "segment_ms", where: { lane, outcome: "shed" } });
const order = (changes: object): Experiment =>
  claiming({
    ...shed("live"),
    statistic: "windowsWithout",
    first: shed("dvr"),
    windowMs: 2_000,
    comparison: "<=",
    limit: 0,
    samplesMin: 2,
    ...changes,
  });
const recovering = (changes: Partial<Recovery>): Experiment => ({
  ...originStorm,
  recovery: { ...(originStorm.recovery as Recovery), ...changes },
});
const loading = (changes: Partial<Load>): Experiment => ({
  ...originStorm,
  load: originStorm.load.map((load) => (load.name === "live" ? { ...load, ...changes } : load)),
});
const aborting = (changes: object): Experiment => ({
  ...originStorm,
  abortWhen: [
    {
      windowMs: 5_000,
      unless: {
        ...base,
        title: "not hopeless",
        statistic: "share",
        having: { outcome: "served" },
        comparison: ">=",
        limit: 0.1,
        ...changes,
      } as Claim,
    },
  ],
});
const counter = { metric: "origin_requests_total", where: { lane: "live", outcome: "shed" } };
const surging = (claim: object): Experiment => ({
  ...startSurge,
  reliesOn: [],
  hypothesis: [...startSurge.hypothesis, { ...base, ...claim } as unknown as Claim],
});

type Row = readonly [name: string, says: string, experiment: Experiment, caughtBy?: string];
const cannotFail = 'claim "under test": in every phase no record refutes it';
const cannotFailLater = 'claim "under test": in fault and recovery no record refutes it';

const lies: readonly Row[] = [
  ["times-zero", "at least nothing of the baseline", share(later("baseline", 0)), cannotFailLater],
  [
    "times-minus-five",
    "at least less than nothing of the baseline",
    share(later("baseline", -5)),
    cannotFailLater,
  ],
  [
    "times-a-billion",
    "a wait of a billion times the baseline's",
    claiming({ statistic: "p99", comparison: "<=", ...later("baseline", 1e9) }),
    cannotFailLater,
  ],
  [
    "p99-above-zero",
    "any wait is longer than less than nothing",
    claiming({ statistic: "p99", comparison: ">", ...later("baseline", -1) }),
    cannotFailLater,
  ],
  [
    "status-with-a-letter",
    "5O3 is no status",
    claiming({
      metric: "http_req_ms",
      statistic: "share",
      having: { status: "5O3" },
      comparison: "<=",
      limit: 0.01,
    }),
    "a status is three digits",
  ],
  [
    "unknown-edge",
    "egde serves nothing",
    share({ having: { entry: "region-a/egde" }, comparison: "<=", limit: 0.01 }),
    'did you mean "region-a/edge"',
  ],
  [
    "unknown-home",
    "no viewer has it as home",
    share({ where: { lane: "live", home: "region-a/egde" } }),
    'did you mean "region-a/edge"',
  ],
  [
    "unknown-rendition",
    "there is no such rendition",
    share({ where: { lane: "live", rendition: "v7200" } }),
    'did you mean "v720"',
  ],
  [
    "unknown-service",
    "no service of this name reports it",
    claiming({
      ...counter,
      where: { service: "region-a/orign-read" },
      statistic: "sum",
      comparison: "<=",
      limit: 0,
    }),
    'did you mean "region-a/origin-read"',
  ],
  [
    "unknown-pipeline",
    "there is no such pipeline",
    claiming({
      metric: "publish_ms",
      where: { pipeline: "c" },
      statistic: "share",
      having: { outcome: "acked" },
      comparison: ">=",
      limit: 0.9,
    }),
    "publish_ms's tag pipeline",
  ],
  [
    "unknown-origin",
    "there is no such origin",
    claiming({
      metric: "origin_gets",
      where: { origin: "region-c" },
      statistic: "sum",
      comparison: "<=",
      limit: 0,
    }),
    'did you mean "region-a"',
  ],
  [
    "unknown-edge-in-windows",
    "no window has any",
    order({ where: { lane: "live", outcome: "shed", entry: "region-z/edge" } }),
    "segment_ms's tag entry",
  ],
  [
    "unknown-edge-comes-first",
    "it cannot come first",
    order({ first: { metric: "segment_ms", where: { lane: "dvr", entry: "region-z/edge" } } }),
    "segment_ms's tag entry",
  ],
  [
    "windows-up-to-a-thousand",
    "a phase has a dozen",
    order({ limit: 1_000 }),
    'claim "under test": in',
  ],
  [
    "windows-as-many-as-there-are",
    "each may be bad",
    order({ limit: 12, during: ["fault"] }),
    'claim "under test": in fault no record refutes it',
  ],
  [
    "windows-that-are-their-own-first",
    "it precedes itself",
    order({ first: shed("live") }),
    cannotFail,
  ],
  [
    "windows-whose-first-is-the-whole-lane",
    "a DVR viewer always sends requests",
    order({ first: { metric: "segment_ms", where: { lane: "dvr" } } }),
    cannotFail,
  ],
  [
    "windows-whose-first-is-anything",
    "a viewer always sends requests",
    order({ first: { metric: "segment_ms" } }),
    cannotFail,
  ],
  [
    "a-window-of-ten-minutes",
    "longer than its phase",
    order({ windowMs: 600_000, samplesMin: 1 }),
    'claim "under test": in every phase one window of 600000 ms is longer than the phase',
  ],
  [
    "p99-beyond-the-deadline",
    "viewers give up after 4 s",
    claiming({ statistic: "p99", comparison: "<=", limit: 5_000 }),
    cannotFail,
  ],
  [
    "p99-of-those-served-at-the-deadline",
    "a served viewer is served in 4 s",
    claiming({
      where: { lane: "live", outcome: "served" },
      statistic: "p99",
      comparison: "<=",
      limit: 4_000,
    }),
    cannotFail,
  ],
  [
    "mean-beyond-the-deadline",
    "viewers give up after 4 s",
    claiming({ statistic: "mean", comparison: "<=", limit: 4_500 }),
    cannotFail,
  ],
  [
    "max-of-dvr-beyond-the-deadline",
    "they give up after 8 s",
    claiming({ where: { lane: "dvr" }, statistic: "max", comparison: "<=", limit: 8_500 }),
    cannotFail,
  ],
  [
    "count-beyond-the-load",
    "more than are offered",
    claiming({
      where: { lane: "live", outcome: "lost" },
      statistic: "count",
      comparison: "<=",
      limit: 1e6,
      samplesMin: 0,
    }),
    "no record refutes it",
  ],
  [
    "sum-beyond-the-load",
    "more than all together can request",
    claiming({ ...counter, statistic: "sum", comparison: "<=", limit: 1e15, samplesMin: 1 }),
    "no record refutes it",
  ],
  [
    "rate-beyond-the-load",
    "more than all together can request",
    claiming({ ...counter, statistic: "rate", comparison: "<=", limit: 1e12, samplesMin: 1 }),
    "no record refutes it",
  ],
  [
    "rate-of-durations",
    "a single answer after 4 s is 4,000 a second",
    claiming({ statistic: "rate", comparison: ">=", limit: 10, unit: "/s", samplesMin: 1 }),
    "segment_ms is a duration, so rate adds up ms",
  ],
  [
    "sum-of-durations",
    "few slow answers are as many as many quick ones",
    claiming({ statistic: "sum", comparison: ">=", limit: 1_000, samplesMin: 1 }),
    "segment_ms is a duration, so sum adds up ms",
  ],
  [
    "sum-of-readings",
    "it grows with the number of readings",
    claiming({
      metric: "open_sockets",
      where: {},
      statistic: "sum",
      comparison: "<=",
      limit: 10_000,
      samplesMin: 1,
    }),
    "open_sockets is a reading, and sum adds readings up",
  ],
  [
    "per-a-million-million",
    "divided until nothing is left",
    claiming({
      metric: "origin_gets",
      where: { lane: "live" },
      statistic: "ratio",
      per: { ...live, times: 1e12 },
      comparison: "<=",
      limit: 1,
    }),
    "no record refutes it",
  ],
  [
    "a-share-of-a-mean-of-one",
    "a gauge of 0 to 1",
    surging({
      metric: "gateway_utilisation",
      where: {},
      statistic: "mean",
      comparison: "<=",
      limit: 1,
      samplesMin: 1,
    }),
    cannotFail,
  ],
  [
    "fewer-are-inconclusive",
    "five or more, of five or more",
    claiming({
      where: { lane: "live", outcome: "served" },
      statistic: "count",
      comparison: ">=",
      limit: 5,
      samplesMin: 5,
    }),
    "no record refutes it",
  ],
  [
    "as-many-as-are-offered",
    "the load alone decides",
    claiming({ statistic: "count", comparison: ">=", limit: 100 }),
    "no record refutes it",
  ],
  ["a-share-of-next-to-nothing", "one in a thousand million", share({ limit: 1e-9 }), cannotFail],
  [
    "lost-up-to-all-but-a-trace",
    "one viewer saves it",
    share({ having: { outcome: "lost" }, comparison: "<=", limit: 0.999999 }),
    cannotFail,
  ],
  [
    "at-home-as-ever",
    "a live viewer stays at its home",
    share({ where: { lane: "live", home: "region-a/edge" }, having: { entry: "region-a/edge" } }),
    cannotFail,
  ],
  [
    "half-at-home",
    "the workload alone decides",
    share({ having: { home: "region-a/edge" }, limit: 0.4 }),
    cannotFail,
  ],
  [
    "half-compared",
    "the workload alone decides",
    share({ having: { bytes: "compared" }, limit: 0.1 }),
    cannotFail,
  ],
  [
    "starts-on-time",
    "of the generator",
    claiming({ metric: "start_late_ms", statistic: "p99", comparison: "<=", limit: 500 }),
    "it is about the harness alone",
  ],
  [
    "drops-nobody",
    "of the generator",
    claiming({
      metric: "dropped_iterations",
      where: {},
      statistic: "sum",
      comparison: "<=",
      limit: 1,
      samplesMin: 0,
    }),
    "it is about the harness alone",
  ],
  [
    "k6-is-idle",
    "of the generator",
    claiming({
      metric: "cpu_seconds",
      where: { service: "k6" },
      statistic: "sum",
      comparison: "<=",
      limit: 100,
      samplesMin: 1,
    }),
    "it is about the harness alone",
  ],
  [
    "seawall-is-small",
    "of the harness",
    claiming({
      metric: "resident_bytes",
      where: { service: "seawall" },
      statistic: "max",
      comparison: "<=",
      limit: 4e9,
      samplesMin: 1,
    }),
    "it is about the harness alone",
  ],
  [
    "the-prober-is-on-time",
    "of the harness",
    claiming({
      metric: "canary_late_ms",
      where: {},
      statistic: "p99",
      comparison: "<=",
      limit: 500,
    }),
    "it is about the harness alone",
  ],
  [
    "recovers-at-home",
    "each has it as home",
    recovering({
      goodput: { metric: "segment_ms", where: { lane: "live", home: "region-a/edge" } },
      having: { entry: "region-a/edge" },
    }),
    "recovery: no record refutes it",
  ],
  [
    "recovers-as-it-asked",
    "live players always do",
    recovering({ goodput: { metric: "segment_ms" }, having: { lane: "live" } }),
    "recovery: no record",
  ],
  [
    "recovers-when-all-are-lost",
    "a lost segment counts as good",
    recovering({ having: { outcome: "lost" } }),
    "it holds in a run in which no user gets anything",
  ],
  [
    "recovers-without-a-pipeline",
    "what is lost comes from no pipeline",
    recovering({ having: { pipeline: "none" } }),
    "it holds in a run in which no user gets anything",
  ],
  [
    "recovers-on-time",
    "of the generator",
    recovering({ goodput: { metric: "start_late_ms" }, having: { lane: "live" } }),
    "start_late_ms is measured by the harness",
  ],
  [
    "recovers-for-the-prober",
    "not a viewer's metric",
    recovering({ goodput: { metric: "canary_ms" }, having: { outcome: "served" } }),
    "canary_ms is measured by the harness",
  ],
  [
    "recovers-for-one",
    "one in a thousand million",
    recovering({ shareMin: 1e-9, ofBaselineMin: 1e-9 }),
    "recovery: no record refutes it",
  ],
  [
    "recovers-at-an-unknown-edge",
    "egde serves nothing",
    recovering({
      goodput: { metric: "segment_ms", where: { lane: "live", entry: "region-a/egde" } },
    }),
    'did you mean "region-a/edge"',
  ],
  [
    "live-played-by-dvr",
    "the lane is not what it plays",
    loading({ exec: "dvr" }),
    "load live: viewers.dvr plays lane dvr, not live",
  ],
  [
    "starts-played-by-viewers",
    "the lane is not what it plays",
    {
      ...originStorm,
      load: [
        ...originStorm.load,
        { ...(originStorm.load[0] as Load), name: "start", lane: "start" },
      ],
    },
    "load start: viewers.live plays lane live, not start",
  ],
  [
    "an-abort-that-never-comes",
    "viewers give up after 4 s",
    aborting({ statistic: "p99", comparison: "<=", limit: 60_000 }),
    'abortWhen "not hopeless": in every phase no record refutes it',
  ],
  [
    "an-abort-at-an-unknown-status",
    "5O3 is no status",
    aborting({ metric: "http_req_ms", having: { status: "5O3" }, comparison: "<=", limit: 0.5 }),
    "a status is three digits",
  ],
  ["never-so", "more than all", share({ comparison: ">", limit: 1 }), "no record satisfies it"],
  [
    "never-fast-enough",
    "a wait of less than nothing",
    claiming({ statistic: "p50", comparison: "<", limit: 0 }),
    "no record satisfies it",
  ],
  [
    "never-enough",
    "more than are offered",
    claiming({ statistic: "count", comparison: ">=", limit: 1e9 }),
    "no record satisfies it",
  ],
  [
    "never-any",
    "the lane has no requests",
    share({ where: { lane: "start" }, samplesMin: 0 }),
    "no record yields the 1 samples that it needs",
  ],
  [
    "nothing-of-viewers",
    "an experiment about a counter, with nothing to recover from",
    {
      ...claiming({ ...counter, statistic: "sum", comparison: "<=", limit: 10, samplesMin: 1 }),
      method: [],
      recovery: null,
    },
    "hypothesis: a run in which no user gets anything would hold",
  ],
];

const honest: readonly Row[] = [
  ["a-tight-limit", "all are served", share({ comparison: "==", limit: 1 })],
  ["a-loose-limit", "half are served", share({ limit: 0.5 })],
  ["a-very-loose-limit", "one in twenty is served", share({ limit: 0.05, samplesMin: 60 })],
  [
    "a-wait-near-the-deadline",
    "3.9 s of 4 s",
    claiming({ statistic: "p99", comparison: "<=", limit: 3_900 }),
  ],
  [
    "a-wait-as-in-the-baseline",
    "three times the baseline's",
    claiming({ statistic: "p95", comparison: "<=", ...later("baseline", 3) }),
  ],
  ["a-share-as-in-the-baseline", "nine tenths of the baseline's", share(later("baseline", 0.9))],
  [
    "a-counter-of-zero",
    "nothing is shed",
    claiming({ ...counter, statistic: "sum", comparison: "==", limit: 0, samplesMin: 1 }),
  ],
  [
    "a-counter-at-most-zero",
    "nothing is shed",
    claiming({ ...counter, statistic: "sum", comparison: "<=", limit: 0, samplesMin: 1 }),
  ],
  [
    "a-counter-that-grows",
    "DVR is shed",
    claiming({
      metric: "origin_requests_total",
      where: { lane: "dvr", outcome: "shed" },
      statistic: "sum",
      comparison: ">=",
      limit: 100,
      during: ["fault"],
    }),
  ],
  ["shed-order", "DVR first", order({})],
  ["shed-order-in-two-windows", "in all but two windows", order({ limit: 2 })],
  [
    "processor-time-of-a-service",
    "the target's own",
    claiming({
      metric: "cpu_seconds",
      where: { service: "region-a/edge" },
      statistic: "sum",
      comparison: "<=",
      limit: 30,
      samplesMin: 1,
    }),
  ],
  [
    "requests-per-segment",
    "collapsed",
    claiming({
      metric: "origin_gets",
      where: { lane: "live" },
      statistic: "ratio",
      per: { metric: "publish_ms", where: { outcome: "acked" }, times: 2 },
      comparison: "<=",
      limit: 1.2,
    }),
  ],
  [
    "half-busy",
    "a gauge of 0 to 1",
    surging({
      metric: "gateway_utilisation",
      where: {},
      statistic: "mean",
      comparison: "<=",
      limit: 0.5,
      samplesMin: 1,
    }),
  ],
  ["an-abort-that-comes", "almost no viewer is served", aborting({})],
  [
    "answers-of-one-status",
    "one in a hundred is refused",
    claiming({
      metric: "http_req_ms",
      statistic: "share",
      having: { status: "503" },
      comparison: "<=",
      limit: 0.01,
    }),
  ],
  ["a-loose-recovery", "half are served again", recovering({ shareMin: 0.5, ofBaselineMin: 0.5 })],
];

export const unfailableClaims: LieGroup = {
  title: "experiments that cannot fail",
  runs: "hermetic",
  lies: lies.map(([name, says, experiment, caughtBy = ""]) => ({
    name,
    says,
    caughtBy,
    plant: () => plan(experiment),
  })),
  honest: honest.map(([name, says, experiment]) => ({ name, says, plant: () => plan(experiment) })),
};
