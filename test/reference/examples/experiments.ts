/** One example for each part of an experiment, as the reference shows it. */
import type { GameDay, Load, Recovery, ScriptLoad, Step } from "../../../harness/index.ts";
import type { Experiment } from "../../../harness/experiment/experiment.ts";

export const load: Load = {
  name: "visits",
  workload: "./visits.ts",
  exec: "default",
  lane: "browse",
  ratePerSecond: { baseline: 10, fault: 40, recovery: 10 },
  // A visit takes 2 s at most: 40 a second × 2 s, and a reserve.
  vus: 120,
  env: { BASE_URL: "{url}" },
  secrets: ["SHOP_TOKEN"],
};

export const scenarios: ScriptLoad = {
  workload: "./visits.ts",
  scenarios: true,
  lane: "browse",
  env: { BASE_URL: "{url}" },
};

export const recovery: Recovery = {
  title: "Visitors are served as before",
  goodput: { metric: "http_req_ms", where: { lane: "browse" } },
  having: { status: "200" },
  shareMin: 0.99,
  ofBaselineMin: 0.8,
  withinMs: 4_000,
  windowMs: 2_000,
};

export const step: Step = {
  atMs: 2_000,
  forMs: 6_000,
  fault: { kind: "kill", service: "origin-a" },
};

export const abort: Experiment["abortWhen"][number] = {
  unless: {
    title: "At least half of the visitors are served",
    statistic: "share",
    metric: "http_req_ms",
    where: { lane: "browse" },
    having: { status: "200" },
    comparison: ">=",
    limit: 0.5,
    during: ["baseline", "fault", "recovery"],
    samplesMin: 50,
  },
  windowMs: 5_000,
};

export const day: GameDay = {
  name: "friday",
  title: "Rehearsal before the match",
  purpose: "Is the team ready to lose an origin at the start of the match?",
  waitMsMax: 600_000,
  steps: [
    { experiment: "./storm.ts", brief: "The audience grows by a factor of 8.", expect: "held" },
    { experiment: "./origin-lost.ts", hold: { waitMsMax: 300_000 } },
  ],
};
