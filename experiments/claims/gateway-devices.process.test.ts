/**
 * Devices against gateways that refuse, are silent, or broadcast: the real load generator against
 * small servers.
 */
import type { RequestListener } from "node:http";
import { expect, test } from "vitest";
import { type Seen, seenOf, serverThat } from "../../test/support/workload.ts";

const stream = {
  event: "main",
  segmentMs: 2_000,
  availabilityStartMs: 0,
  dvrSegments: 20,
  renditions: [],
  segmentPath: "/{number}",
};
const shared = {
  seed: 7,
  entries: [],
  content: stream,
  leadInMs: 0,
  phasesMs: { baseline: 1_000, fault: 4_000, recovery: 2_000 },
};
const scenario = (exec: string, rate: number, duration: string): object => ({
  one: {
    executor: "constant-arrival-rate",
    exec,
    rate,
    timeUnit: "1s",
    duration,
    preAllocatedVUs: 60,
    gracefulStop: "10s",
  },
});
const outcomes = (seen: readonly Seen[], metric: string): string[] =>
  seen
    .filter((one) => one.metric === metric)
    .map(({ tags }) => `${tags["kind"] ?? ""} ${tags["outcome"]}`);
const asked = (seen: readonly Seen[]): number =>
  seen.filter(({ metric }) => metric === "http_req_ms").length;

/** Refuses every request for this long, then none. */
function gatewayThatRefuses(forMs: number, backoff: object | undefined): RequestListener {
  const untilMs = Date.now() + forMs;
  return (request, response) =>
    void request.resume().once("end", () => {
      const busy = Date.now() < untilMs;
      response
        .writeHead(busy ? 503 : 201, { "content-type": "application/json" })
        .end(JSON.stringify({ backoff }));
    });
}

test("retries as guided, and without guidance again and again", async () => {
  const play = (url: string): Promise<Seen[]> =>
    seenOf("starts", {
      ...shared,
      others: { gateways: [{ name: "g", url }] },
      scenarios: scenario("play", 10, "2s"),
    });
  using guided = await serverThat(
    "guided",
    gatewayThatRefuses(60_000, { maxRetries: 2, retryAfterSeconds: 0.5 }),
  );
  using naive = await serverThat("naive", gatewayThatRefuses(4_000, undefined));
  using down = await serverThat(
    "down",
    gatewayThatRefuses(0, { maxRetries: 2, retryAfterSeconds: 0.5 }),
  );
  const [withGuidance, withoutGuidance, turned] = await Promise.all([
    play(guided.url),
    play(naive.url),
    seenOf("starts", {
      ...shared,
      others: {
        gateways: [
          { name: "dead", url: "http://127.0.0.1:1" },
          { name: "g", url: down.url },
        ],
      },
      scenarios: scenario("play", 10, "2s"),
    }),
  ]);
  // Three attempts each, and then no more.
  expect(new Set(outcomes(withGuidance, "start_ms"))).toEqual(new Set(["play shed"]));
  expect(asked(withGuidance)).toBe(3 * outcomes(withGuidance, "start_ms").length);
  const spent = withGuidance
    .filter(({ metric }) => metric === "start_ms")
    .map(({ value }) => value);
  expect(Math.min(...spent)).toBeGreaterThan(1_450);
  expect(
    outcomes(withoutGuidance, "start_ms").every((outcome) =>
      ["play served", "play late"].includes(outcome),
    ),
  ).toBe(true);
  expect(asked(withoutGuidance)).toBeGreaterThan(4 * outcomes(withoutGuidance, "start_ms").length);
  // A device whose gateway is dead uses the other.
  expect(new Set(outcomes(turned, "start_ms"))).toEqual(new Set(["play served"]));
}, 40_000);

test("act on a broadcast at its time, and report one that they missed", async () => {
  const startedMs = Date.now();
  const board =
    (timestampMs: number | null): RequestListener =>
    (request, response) => {
      if (request.method === "POST") return gatewayThatRefuses(0, {})(request, response);
      const notices =
        timestampMs === null || Date.now() < timestampMs
          ? []
          : [{ key: "k", timestampMs, actAtMs: timestampMs + 1_500 }];
      response.end(JSON.stringify({ id: "e-1", notices, pollAfterSeconds: 0.4 }));
    };
  using speaking = await serverThat("speaking", board(startedMs + 3_000));
  using mute = await serverThat("mute", board(null));
  const devices = (url: string): Promise<Seen[]> =>
    seenOf("devices", {
      ...shared,
      others: { gateways: [{ name: "g", url }] },
      scenarios: scenario("device", 10, "1s"),
    });
  const [hearing, deaf] = await Promise.all([devices(speaking.url), devices(mute.url)]);
  expect(new Set(outcomes(hearing, "broadcast_ms"))).toEqual(new Set([" heard"]));
  expect(
    Math.max(
      ...hearing.filter(({ metric }) => metric === "broadcast_ms").map(({ value }) => value),
    ),
  ).toBeLessThan(900);
  const acts = hearing.filter(({ metric }) => metric === "start_ms");
  expect(acts.length).toBe(outcomes(hearing, "broadcast_ms").length);
  for (const act of acts) expect(act.atMs - startedMs).toBeGreaterThan(4_400);
  expect(new Set(outcomes(deaf, "broadcast_ms"))).toEqual(new Set([" missed"]));
}, 40_000);
