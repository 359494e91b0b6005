/** Claims whose samples the load script alone decides, so that the target cannot violate them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { streaming } from "../../targets/live-streaming/pack/pack.ts";
import originStorm from "../../experiments/origin-storm.ts";
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import { playsIn } from "../../harness/experiment/plays.ts";
import { planExperiment } from "../../harness/plan/plan.ts";
import { metricsMadeIn } from "../../harness/plan/workload-metrics.ts";
import { type Honest, type Lie, type LieGroup, type Outcome, planned } from "./lie.ts";

/** A user's own script in place of the catalogue's live viewers. */
const script = `
  import { Counter, Gauge, Rate, Trend } from "k6/metrics";
  const think = new Trend("think_ms", true);
  const queue = new Gauge("queue_length");
  const paid = new Rate("paid");
  const size = new Trend("basket_size");
  const orders = new Counter("orders");
  export const plays = { live: [{ metric: "http_req_ms", lane: "live", patienceMs: 4_000 }] };
  export function live() {
    const answer = http.get(url);
    think.add(30);
    queue.add(5, { lane: "live" });
    paid.add(true);
    size.add(answer.json().length);
    if (answer.status === 201) orders.add(1);
  }
`;

const text = (name: string): string =>
  name === "own" ? script : readFileSync(join(streaming.workloads ?? "", `${name}.ts`), "utf8");

function claiming(claim: object): Outcome {
  const base = { title: "under test", during: ["baseline", "fault", "recovery"], samplesMin: 5 };
  const live = { workload: "own", exec: "live" };
  return planned(() =>
    planExperiment(
      {
        ...originStorm,
        reliesOn: [],
        load: [
          ...originStorm.load,
          ...originStorm.load.slice(0, 1).map((load) => ({ ...load, ...live, name: "own" })),
        ],
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
        browser: "chromium",
        workloadExports: (name) =>
          [...text(name).matchAll(/^\s*export function (\w+)/gm)].map((match) => match[1] ?? ""),
        workloadPlays: (name) => playsIn(text(name)),
        workloadMetrics: (name) => metricsMadeIn(text(name)),
      },
    ),
  );
}

type Row = readonly [name: string, says: string, claim: object, caughtBy?: string];
const least = (metric: string, statistic: string, limit: number): object => ({
  metric,
  statistic,
  comparison: ">=",
  limit,
  where: { lane: "live" },
});
const most = (metric: string, statistic: string, limit: number): object => ({
  metric,
  statistic,
  comparison: "<=",
  limit,
});

const lies: readonly Row[] = [
  [
    "as-many-as-begin",
    "a request for each iteration",
    least("http_reqs", "sum", 300),
    "the load alone",
  ],
  [
    "as-often-as-planned",
    "requests at the planned rate",
    least("http_reqs", "rate", 20),
    "the load alone",
  ],
  [
    "a-byte-for-each",
    "each iteration sends something",
    least("data_sent", "sum", 8_000),
    "the load alone",
  ],
  [
    "time-to-think",
    "the pause that the script makes",
    most("think_ms", "p99", 50),
    "always sets think_ms to 30",
  ],
  [
    "a-number-of-its-own",
    "a gauge that the script sets",
    most("queue_length", "max", 10),
    "always sets queue_length to 5",
  ],
  [
    "always-paid",
    "a rate that is always one",
    { ...least("paid", "mean", 0.9), where: {} },
    "always sets paid to 1",
  ],
  [
    "what-a-print-comes-to",
    "the greatest print of a body",
    least("body_seen", "max", 1),
    "are codes",
  ],
  [
    "what-the-machine-moved",
    "bytes of all interfaces",
    { ...least("network_bytes", "sum", 10), where: {} },
    "about the harness alone",
  ],
];

const honest: readonly Row[] = [
  ["more-than-one-for-each", "three requests an iteration", least("http_reqs", "rate", 900)],
  ["no-more-retries", "a request and a half for each", most("http_reqs", "rate", 2_000)],
  [
    "orders-that-came-back",
    "a counter behind a condition",
    { ...least("orders", "sum", 100), where: {} },
  ],
  ["what-an-answer-holds", "a value of the answer", most("basket_size", "p99", 10)],
  [
    "answered-with-200",
    "requests with a status",
    { ...least("http_reqs", "sum", 300), where: { lane: "live", status: "200" } },
  ],
];

const lie = ([name, says, claim, caughtBy = ""]: Row): Lie => ({
  name,
  says,
  caughtBy,
  plant: () => claiming(claim),
});
const control = ([name, says, claim]: Row): Honest => ({
  name,
  says,
  plant: () => claiming(claim),
});

export const decidedByLoad: LieGroup = {
  title: "claims that the load alone decides",
  runs: "hermetic",
  lies: lies.map(lie),
  honest: honest.map(control),
};
