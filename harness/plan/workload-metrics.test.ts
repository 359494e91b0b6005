import { describe, expect, it } from "vitest";
import { metricsMadeIn } from "./workload-metrics.ts";

describe("the metrics of a script", () => {
  it("have the kind of their k6 type", () => {
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

  it("exclude names with another meaning", () => {
    expect(
      metricsMadeIn(
        'new Trend("http_req_ms", true); new Trend("iteration_begun"); new ' +
          'Counter("checks"); new Trend(name);',
      ),
    ).toEqual({});
  });

  it("have a constant value only if each call in the text passes the same number", () => {
    const always = (text: string): number | undefined =>
      metricsMadeIn(`const x = new Trend("x_ms", true); ${text}`)["x_ms"]?.always;
    expect(always("x.add(30); x.add(30.0, { lane: 'live' });")).toBe(30);
    expect(always('log("x.add(5)"); x.add(-1);')).toBe(-1);
    expect(always("x.add(30); x.add(31);")).toBeUndefined();
    expect(always("x.add(answer.timings.duration);")).toBeUndefined();
    expect(always("x.add(30); later(x);")).toBeUndefined();
    expect(always("x.add(30 + wait);")).toBeUndefined();
    expect(always("")).toBeUndefined();
    expect(
      metricsMadeIn('export const x = new Gauge("g"); x.add(1);')["g"]?.always,
    ).toBeUndefined();
    expect(metricsMadeIn('const x = new Counter("c"); x.add(1);')["c"]?.always).toBeUndefined();
  });
});
