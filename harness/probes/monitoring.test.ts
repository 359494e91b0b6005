import { describe, expect, it } from "vitest";
import type { Series } from "../metrics/samples.ts";
import { readAlerts, readQueries } from "./monitoring.ts";

/** What is read when each path that begins so gets that answer. */
async function read(
  of: typeof readQueries | typeof readAlerts,
  telemetry: Parameters<typeof readQueries>[0] & Parameters<typeof readAlerts>[0],
  answer: { readonly status?: number; readonly body: unknown },
): Promise<readonly (Series & { readonly value: number })[]> {
  const made: Series[] = [];
  const all: (Series & { value: number })[] = [];
  await of(telemetry, {
    service: "watcher",
    get: async () => ({ status: answer.status ?? 200, body: JSON.stringify(answer.body) }),
    nowMs: () => 5,
    sink: {
      series: (one) => made.push(one) - 1,
      sample: (id, _atMs, value) => all.push({ ...(made[id] as Series), value }),
    },
  });
  return all;
}
const telemetry = {
  kind: "promql",
  port: "http",
  queries: { errors: { query: "sum(rate(errors[5s]))" } },
  alerts: ["Down", "Slow"],
} as unknown as Parameters<typeof read>[1];

describe("queries of Prometheus", () => {
  const vector = (...result: readonly unknown[]): unknown => ({
    status: "success",
    data: { resultType: "vector", result },
  });

  it("are gauges with the labels of their series", async () => {
    const body = vector(
      { metric: { __name__: "errors", job: "api", service: "x" }, value: [1, "0.5"] },
      { metric: { job: "front" }, value: [1, "2"] },
    );
    expect(await read(readQueries, telemetry, { body })).toEqual([
      {
        metric: "errors",
        kind: "gauge",
        tags: { job: "api", exported_service: "x", service: "watcher" },
        value: 0.5,
      },
      { metric: "errors", kind: "gauge", tags: { job: "front", service: "watcher" }, value: 2 },
    ]);
  });

  it("take a scalar, and leave out what is nothing or no number", async () => {
    const scalar = { status: "success", data: { resultType: "scalar", result: [1, "7"] } };
    expect(await read(readQueries, telemetry, { body: scalar })).toMatchObject([{ value: 7 }]);
    for (const body of [vector(), vector({ metric: {}, value: [1, "NaN"] }), {}])
      expect(await read(readQueries, telemetry, { body })).toEqual([]);
  });

  it("fail where Prometheus does, or answers without end", async () => {
    await expect(
      read(readQueries, telemetry, { status: 422, body: { status: "error" } }),
    ).rejects.toThrow("422");
    const many = Array.from({ length: 501 }, (_, id) => ({ metric: { id }, value: [1, "1"] }));
    await expect(read(readQueries, telemetry, { body: vector(...many) })).rejects.toThrow("501");
  });
});

it("records of each watched alert whether it fires and is not silenced", async () => {
  const body = [
    { labels: { alertname: "Down" }, status: { state: "active" } },
    { labels: { alertname: "Slow" }, status: { state: "suppressed" } },
    { labels: { alertname: "Other" }, status: { state: "active" } },
  ];
  const read1 = await read(readAlerts, telemetry, { body });
  expect(read1.map(({ tags, value }) => [tags["alert"], value])).toEqual([
    ["Down", 1],
    ["Slow", 0],
  ]);
  await expect(read(readAlerts, telemetry, { status: 503, body: {} })).rejects.toThrow("503");
});
