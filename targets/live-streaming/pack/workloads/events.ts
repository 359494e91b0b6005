/**
 * Player events: ad events, which are paid for, and telemetry. Each iteration sends one batch to
 * one gateway.
 */
import http from "k6/http";
import { Trend } from "k6/metrics";
import { pick, random } from "./library/random.ts";
import { optionsOf, settings } from "./library/settings.ts";

export const options = optionsOf({ ads: 1, telemetry: 1 });
export const needs = ["gateways"] as const;
/**
 * For each function: what it plays, how long an iteration waits at most, and whether it uses edges
 * other than its home. `plan` reads this text.
 */
export const plays = {
  ads: [{ metric: "batch_ms", lane: "ingest", kind: "ad", patienceMs: 2_000 }],
  telemetry: [{ metric: "batch_ms", lane: "ingest", kind: "telemetry", patienceMs: 2_000 }],
} as const;

/** One batch of events in ms, from its scheduled time; `taken` by the gateway, `shed` or `lost`. */
const batchMs = new Trend("batch_ms", true);

const eventsInBatch = 100;
const answerMs = 2_000;
/** The same text each time, because only its syntax is checked. */
const bodies = {
  ad: body("ad.quartile", { creative: "c-1", quartile: 2 }),
  telemetry: body("player.heartbeat", { bufferMs: 4_000, rendition: "v720" }),
};

function body(kind: string, detail: Readonly<Record<string, string | number>>): string {
  return JSON.stringify({
    events: Array.from({ length: eventsInBatch }, (_, index) => ({
      kind,
      atMs: 1_763_000_000_000 + index,
      detail,
    })),
  });
}

/** One batch of ad events, which are paid for. */
export function ads(): void {
  send("ad");
}

/** One batch of telemetry. */
export function telemetry(): void {
  send("telemetry");
}

function send(kind: "ad" | "telemetry"): void {
  const intendedMs = Date.now();
  const gateway = pick(settings.gateways, random(0));
  const tags = { lane: "ingest", kind };
  const { status } = http.post(`${gateway.url}/events`, bodies[kind], {
    headers: { "X-Request-Kind": kind, "Content-Type": "application/json" },
    tags,
    timeout: answerMs,
  });
  batchMs.add(Date.now() - intendedMs, {
    ...tags,
    outcome: status === 202 ? "taken" : status === 503 ? "shed" : "lost",
  });
}
