import { resolve } from "node:path";
import { expect, it } from "vitest";
import { metricIn } from "../metrics/metrics.ts";
import { readRun } from "./read-run.ts";

it("reads a record that does not say its metrics with those of its time", async () => {
  const { plan, series } = await readRun(resolve(import.meta.dirname, "../../reports/sample"));
  expect(plan.harm?.metric).toBe("segment_ms");
  // Some series that services expose were always known by the record alone.
  const others = new Set(
    series.map(({ metric }) => metric).filter((metric) => !metric.startsWith("origin_")),
  );
  expect(others.size).toBeGreaterThan(10);
  expect([...others].filter((metric) => metricIn(plan.metrics, metric) === undefined)).toEqual([]);
});
