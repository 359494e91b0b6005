import { expect, it } from "vitest";
import originStorm from "../../../experiments/origin-storm.ts";
import type { Claim } from "../../claims/statistics/registry.ts";
import type { Layout } from "../../target/layout.ts";
import { lineOf } from "./problem.ts";
import { queryProblems } from "./queries.ts";

const problems = (query: string, during: Claim["during"] = ["fault"]) =>
  queryProblems(
    {
      ...originStorm,
      phasesMs: { baseline: 8_000, fault: 12_000, recovery: 60_000 },
      hypothesis: [
        {
          title: "errors",
          metric: "errors",
          statistic: "max",
          comparison: "<=",
          limit: 1,
          during,
          samplesMin: 1,
        },
      ],
    },
    {
      services: [{ telemetry: [{ kind: "promql", port: "http", queries: { errors: { query } } }] }],
    } as unknown as Layout,
  ).map(lineOf);

it("accepts a query that looks back less than its phase", () => {
  for (const query of ["up", "rate(x[5s])", "max_over_time(rate(x[2s])[8s:1s])"])
    expect(problems(query)).toEqual([]);
  expect(problems("rate(x[30s])", ["recovery"])).toEqual([]);
});

it.each(["rate(x[12s])", "rate(x[1m])", "max_over_time(x[5m:10s])", "rate(x[2w])"])(
  "refuses %s, whose answer would be of another phase",
  (query) => {
    expect(problems(query)).toEqual([expect.stringContaining("phase fault is no longer")]);
  },
);
