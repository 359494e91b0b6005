import { describe, expect, it } from "vitest";
import { metricsMadeIn } from "./workload-metrics.ts";

describe("the metrics that a script makes", () => {
  it("are of the kind that k6's type has", () => {
    const made = metricsMadeIn(`
      import { Trend, Counter } from "k6/metrics";
      import * as metrics from "k6/metrics";
      const wait = new Trend("wait_ms", true);
      const size = new metrics.Trend('size');
      new Counter("orders"); new metrics.Rate(\`paid\`); new Gauge( "queue" );
    `);
    expect(
      Object.fromEntries(
        Object.entries(made).map(([name, { kind, unit }]) => [name, `${kind} ${unit}`]),
      ),
    ).toEqual({
      wait_ms: "duration ms",
      size: "event ",
      orders: "increment ",
      paid: "event ",
      queue: "gauge ",
    });
    expect(made["paid"]?.most).toBe(1);
    expect(
      Object.values(made).every(
        ({ openTags, source }) => openTags === true && source === "generator",
      ),
    ).toBe(true);
  });

  it("are none of those that mean something already", () => {
    expect(
      metricsMadeIn(
        'new Trend("http_req_ms", true); new Trend("iteration_begun"); new Counter("checks"); new Trend(name);',
      ),
    ).toEqual({});
  });
});
