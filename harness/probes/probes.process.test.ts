import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { heldPlan } from "../../test/support/judge/held-run.ts";
import type { Deployment, Instance } from "../target/deployment.ts";
import type { RunningLoad } from "../load/generator.ts";
import type { Metric } from "../metrics/metrics.ts";
import type { Series } from "../metrics/samples.ts";
import type { Service } from "../target/layout.ts";
import { realClock } from "../system/clock.ts";
import { RunningProbes } from "./probes.ts";
import { unlistedMax } from "./unlisted.ts";

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
});

async function instance(
  name: string,
  answers: (asked: number) => string | null,
): Promise<Instance> {
  let asked = 0;
  const server = createServer((_, response) => {
    const text = answers(++asked);
    if (text !== null) response.end(text);
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const service = {
    name,
    telemetry: [{ kind: "prometheus", port: "http", path: "/metrics", series: ["asked_total"] }],
  } as unknown as Service;
  return {
    service,
    state: "running",
    endpoint: () => ({ host: "127.0.0.1", port }),
  } as unknown as Instance;
}

async function probing(instances: readonly Instance[]) {
  const sunk: { readonly series: Series; readonly value: number }[] = [];
  const all: Series[] = [];
  const events: unknown[] = [];
  const sink = {
    series: (series: Series) => all.push(series) - 1,
    sample: (id: number, _: number, value: number) =>
      void sunk.push({ series: all[id] as Series, value }),
  };
  const layout = {
    services: [],
    links: [],
    entries: [],
    playable: () => [],
    content: heldPlan().content,
  };
  const deployment = { instances, layout, resources: async () => [] } as unknown as Deployment;
  const load = { name: "k6", resources: () => null } as unknown as RunningLoad;
  const probes = new RunningProbes({
    deployment,
    load,
    sink,
    events: { event: (event) => void events.push(event) },
    clock: realClock(),
    harnessCpuSeconds: () => 0,
    planned: [],
    metrics: { cpu_seconds: heldPlan().metrics["cpu_seconds"] as Metric },
  });
  return {
    probes,
    sunk,
    events,
    of: (service: string) =>
      sunk
        .filter(
          ({ series }) => series.metric === "asked_total" && series.tags["service"] === service,
        )
        .map(({ value }) => value),
  };
}

it("lets no phase wait for a hung service, and loses no readings of the others", async () => {
  const silent = await instance("silent", () => null);
  const lively = await instance("lively", (asked) => `asked_total ${asked}\n`);
  const { probes, of } = await probing([silent, lively]);
  await using _ = probes;
  const since = performance.now();
  for (let boundary = 0; boundary < 3; boundary++) await probes.readNow();
  expect(performance.now() - since).toBeLessThan(2_900);
  // The first reading contains the counts before.
  expect(of("lively")).toEqual([1, 1]);
  expect(of("silent")).toEqual([]);
});

it("keeps series that the target does not list, except for names of others' metrics", async () => {
  const chatty = await instance(
    "chatty",
    (asked) =>
      `asked_total ${asked}\nown_total{of="x"} ${10 * asked}\nown_level 3\ncpu_seconds 7\n` +
      `process_start_time_seconds 1\n`,
  );
  const { probes, sunk, events } = await probing([chatty]);
  await using _ = probes;
  for (let boundary = 0; boundary < 3; boundary++) await probes.readNow();
  const of = (metric: string): typeof sunk =>
    sunk.filter(({ series }) => series.metric === metric && series.tags["service"] === "chatty");
  expect(of("own_total").map(({ value }) => value)).toEqual([10, 10]);
  expect(of("own_total")[0]?.series).toEqual({
    metric: "own_total",
    kind: "increment",
    tags: { of: "x", service: "chatty" },
  });
  expect(of("own_level").map(({ value }) => value)).toEqual([3, 3, 3]);
  expect([...of("cpu_seconds"), ...of("process_start_time_seconds")]).toEqual([]);
  expect(events).toEqual([]);
});

it("keeps as many of them as a record can hold, and reports the rest", async () => {
  const made = (asked: number): string =>
    Array.from({ length: 400 }, (_, index) => `made_up{n="${400 * asked + index}"} 1`).join("\n");
  const flood = await instance("flood", (asked) => `asked_total ${asked}\n${made(asked)}\n`);
  const { probes, sunk, events, of } = await probing([flood]);
  await using _ = probes;
  for (let boundary = 0; boundary < 3; boundary++) await probes.readNow();
  const kept = sunk.filter(({ series }) => series.metric === "made_up");
  expect(new Set(kept.map(({ series }) => series.tags["n"])).size).toBe(unlistedMax);
  expect(of("flood")).toEqual([1, 1]);
  expect(events).toEqual([
    expect.objectContaining({ kind: "note", text: expect.stringContaining("flood exposes more") }),
  ]);
});
