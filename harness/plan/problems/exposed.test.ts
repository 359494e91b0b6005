import { expect, it } from "vitest";
import { registryOf } from "../../record/metric-registry.ts";
import type { Layout, Telemetry } from "../../target/layout.ts";
import { exposedProblems } from "./exposed.ts";

const problems = (telemetry: Telemetry): string[] =>
  exposedProblems(
    { services: [{ name: "shop", telemetry: [telemetry] }] } as unknown as Layout,
    registryOf({ services: [] }),
  );
const exposed = (series: string): Telemetry => ({
  kind: "prometheus",
  port: "http",
  path: "/metrics",
  series: [series],
});
const queried = (name: string): Telemetry => ({
  kind: "promql",
  port: "http",
  queries: { [name]: { query: "1" } },
});

it.each(["http_req_ms", "http_req_failed", "checks", "canary_ms", "cpu_seconds"])(
  "refuses %s as the name of a series or a query, which would speak for another",
  (name) => {
    expect(problems(exposed(name))).toHaveLength(1);
    expect(problems(queried(name))).toHaveLength(1);
  },
);

it("accepts names of its own", () => {
  expect(problems(exposed("orders_total"))).toEqual([]);
  expect(problems(queried("errors"))).toEqual([]);
});
