import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { SampleSink } from "../metrics/samples.ts";
import { stormRun } from "../../test/support/report/storm-run.ts";
import { LiveExport, type Pace } from "./live.ts";
import type { HistogramPoint, Metric, NumberPoint } from "./points.ts";
import type { ExportRequest } from "./requests.ts";
import { send } from "./send.ts";

const { run } = stormRun();
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A receiver that a test starts; it notes what came and when. */
async function receiver(
  answer: (response: ServerResponse) => void,
): Promise<{ url: string; bodies: ExportRequest[] }> {
  const bodies: ExportRequest[] = [];
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push(JSON.parse(body) as ExportRequest);
    answer(response);
  });
  await new Promise<void>((listening) => server?.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`,
    bodies,
  };
}

function recorderOf(): SampleSink & { readonly samples: number[] } {
  const samples: number[] = [];
  return { samples, series: () => 0, sample: (_series, _atMs, value) => void samples.push(value) };
}

/** More often than usual, so that tests wait less. */
const quick: Pace = { everyMs: 100, requestMsMax: 5_000, lastMsMax: 200 };

function liveTo(url: string, inner: SampleSink): LiveExport {
  return new LiveExport(inner, {
    pace: quick,
    runId: "r1",
    plan: run.plan,
    nowMs: () => Date.now(),
    send: (request, signal) => send({ url, headers: {} }, request, signal, 1),
  });
}

const series = { metric: "segment_ms", kind: "duration", tags: { lane: "live" } } as const;
const metricsIn = (bodies: readonly ExportRequest[]): Metric[] =>
  bodies.flatMap((body) => body.resourceMetrics[0].scopeMetrics[0].metrics);
const countIn = (bodies: readonly ExportRequest[]): number =>
  metricsIn(bodies)
    .filter(({ name }) => name === "seawall.segment")
    .flatMap((metric) => (metric.histogram?.dataPoints ?? []) as HistogramPoint[])
    .reduce((most, point) => Math.max(most, Number(point.count)), 0);
const spansIn = (bodies: readonly ExportRequest[], name: string): number[] =>
  metricsIn(bodies)
    .filter((metric) => metric.name === name)
    .flatMap((metric) => (metric.gauge?.dataPoints ?? []) as NumberPoint[])
    .map(({ asDouble }) => asDouble);

describe("a run that is sent while it happens", () => {
  it("shows a sample at once, and phases and faults from start to end", async () => {
    const { url, bodies } = await receiver((response) => response.end("{}"));
    const recorder = recorderOf();
    const live = liveTo(url, recorder);
    const id = live.series(series);
    live.sample(id, Date.now(), 12);
    live.event({ kind: "phase", phase: "fault", atMs: Date.now() });
    const [injected] = run.events.filter((event) => event.kind === "injected");
    if (injected === undefined) throw new Error("the storm breaks nothing");
    live.event({ ...injected, atMs: Date.now() });
    const began = Date.now();
    while (countIn(bodies) < 1 && Date.now() - began < 3_000) await delay(10);
    expect(countIn(bodies)).toBe(1);
    expect(spansIn(bodies, "seawall.phase")).toContain(1);
    expect(spansIn(bodies, "seawall.fault")).toContain(1);
    live.sample(id, Date.now(), 13);
    live.event({ kind: "finished", atMs: Date.now() });
    await live.end();
    expect(countIn(bodies)).toBe(2);
    expect(spansIn(bodies, "seawall.phase").at(-1)).toBe(0);
    expect(spansIn(bodies, "seawall.fault").at(-1)).toBe(0);
    expect(live.complaint).toBeNull();
    expect(recorder.samples).toEqual([12, 13]);
  });

  it.each([
    ["dead", async () => "http://127.0.0.1:9/v1/metrics"],
    ["silent", async () => (await receiver(() => {})).url],
    ["refusing", async () => (await receiver((response) => response.writeHead(500).end("no"))).url],
  ])("records every sample at once where the receiver is %s", async (_how, urlOf) => {
    const recorder = recorderOf();
    const live = liveTo(await urlOf(), recorder);
    const id = live.series(series);
    const began = performance.now();
    for (let index = 0; index < 20_000; index++) live.sample(id, Date.now(), index);
    expect(recorder.samples).toHaveLength(20_000);
    const tookMs = performance.now() - began;
    await delay(120);
    for (let index = 0; index < 20_000; index++) live.sample(id, Date.now(), index);
    expect(recorder.samples).toHaveLength(40_000);
    const endBegan = performance.now();
    await live.end();
    expect(performance.now() - endBegan).toBeLessThan(4_000);
    // Adding to totals, not waiting: 20,000 samples are minutes of a run.
    expect(tookMs).toBeLessThan(2_000);
  });

  it("keeps one request on its way, whatever a slow receiver takes", async () => {
    const { url, bodies } = await receiver(() => {});
    const live = liveTo(url, recorderOf());
    const id = live.series(series);
    live.sample(id, Date.now(), 1);
    await delay(450);
    expect(bodies.length).toBe(1);
    await live.end();
    expect(bodies.length).toBe(1);
    expect(live.complaint).toBe("1 of 1 requests failed: the receiver does not answer");
  });
});
