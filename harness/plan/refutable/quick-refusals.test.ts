/** A refused request is quick: a limit on waits alone would hold on a dead target. */
import { expect, it } from "vitest";
import type { Claim } from "../../claims/statistics/registry.ts";
import { defineTarget } from "../../target/own-target.ts";
import { planExperiment } from "../plan.ts";

const target = defineTarget({
  name: "shop",
  services: [{ name: "shop", url: "http://127.0.0.1:8080" }],
  entries: ["shop"],
  probes: [{ service: "shop", path: "/", lane: "visit" }],
});
const claim = (metric: string, statistic: string, comparison: string, limit: number): Claim =>
  ({
    id: metric.replaceAll("_", "-"),
    title: metric,
    metric,
    statistic,
    comparison,
    limit,
    during: ["baseline", "fault", "recovery"],
    samplesMin: 10,
  }) as Claim;

function planned(...hypothesis: readonly Claim[]): string {
  try {
    planExperiment(
      {
        name: "visits",
        title: "visits",
        story: "visits",
        tier: "storm",
        target,
        topology: "own",
        phasesMs: { baseline: 10_000, fault: 10_000, recovery: 10_000 },
        load: [
          {
            name: "visits",
            workload: "/w/visits.ts",
            exec: "default",
            lane: "visit",
            ratePerSecond: { baseline: 10, fault: 20, recovery: 10 },
            vus: 50,
          },
        ],
        hypothesis,
        recovery: null,
        method: [],
        blastRadius: { services: [], faultsAtOnceMax: 1 },
        abortWhen: [],
        reliesOn: [],
      },
      {
        substrate: "process",
        substrateWhy: "test",
        supports: () => true,
        seed: 1,
        without: [],
        topology: null,
        workloadExports: () => ["default"],
        rerun: "",
      },
    );
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

const quick = claim("http_req_duration", "p95", "<", 500);

it.each(["http_req_duration", "http_req_ms", "iteration_duration", "http_req_waiting"])(
  "refuses an experiment whose only claim is a limit on %s",
  (metric) => {
    expect(planned(claim(metric, "p95", "<", 500))).toContain(
      "claim something about what users get",
    );
  },
);

it("accepts one that also says that requests are answered, as k6's thresholds say it", () => {
  expect(planned(quick, claim("http_req_failed", "mean", "<", 0.01))).toBe("");
  expect(planned(quick, claim("checks", "mean", ">", 0.99))).toBe("");
});
