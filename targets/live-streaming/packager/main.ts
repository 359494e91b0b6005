/** A packager: one pipeline that publishes to the publish origin of its region, by the clock alone. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { readConfiguration } from "../service/configuration.ts";
import { createLog, reason } from "../service/log.ts";
import { createMetrics } from "../service/metrics.ts";
import { answerOperations, authorised, drainOnSignal } from "../service/operations.ts";
import { listen, type Listener, pathOf, reply } from "../service/server.ts";
import { publishAtMs, segmentInProduction } from "../stream/template.ts";
import { tokenMaker } from "../stream/token.ts";
import { packagerShape } from "./configuration.ts";
import { createDefectOrders } from "./defects.ts";
import { loadLoops } from "./encode.ts";
import { createJournal, type Journal } from "./journal.ts";
import { epochLocked, loopSegments, type Phase } from "./loop.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { createPublisher } from "./publish.ts";

const settings = readConfiguration(packagerShape);
const log = createLog(`packager-${settings.pipeline}`);
const metrics = createMetrics();
const puts = metrics.counter("packager_puts_total", "Segments, by outcome");
const putMs = metrics.histogram("packager_put_ms", "Time until a segment was acknowledged, in ms", [10, 20, 50, 100, 200, 500, 1000, 2000]);
const journal = counted(createJournal(20_000));
const publisher = createPublisher(settings.publishTo, Date.now);
const orders = createDefectOrders();
let missing: string | null = "encoding";

/** Counts what the journal records, so that the two never disagree. */
function counted(inner: Journal): Journal {
  return {
    after: inner.after,
    add(entry) {
      inner.add(entry);
      puts.add({ outcome: entry.outcome, backfill: String(entry.backfill) });
      if (entry.outcome === "acked") putMs.observe(entry.tookMs);
      else log("segment lost", { number: entry.number, rendition: entry.rendition, status: entry.status, attempts: entry.attempts });
    },
  };
}

const listeners: Listener[] = [];
const drain = drainOnSignal(log, listeners, async () => publisher.close());
const onError = (error: unknown): void => log("request failed", { reason: reason(error) });

listeners.push(
  await listen(settings.listen, (request, response) => {
    if (answerOperations(request, response, metrics, () => drain.draining ? "draining" : missing)) return;
    if (pathOf(request) !== "/journal") return reply(response, 404, "not found\n");
    const after = Number(new URL(request.url ?? "/", "http://packager").searchParams.get("after") ?? "0");
    if (!Number.isSafeInteger(after) || after < 0) return reply(response, 400, "after must be a sequence number\n");
    reply(response, 200, journal.after(after), { "content-type": "application/x-ndjson" });
  }, onError),
  await listen(settings.control, (request, response) => {
    if (!authorised(request, settings.controlToken)) return reply(response, 401, "the control token is needed\n");
    const url = new URL(request.url ?? "/", "http://packager");
    if (request.method !== "POST" || url.pathname !== "/defects") return reply(response, 404, "no such control\n");
    const accepted = orders.order(url.searchParams.get("kind") ?? "", Number(url.searchParams.get("segments") ?? "1"));
    reply(response, accepted ? 200 : 400, accepted ? "ordered\n" : "kind must be timing, missing or rot, segments 1 to 10000\n");
  }, onError),
);

run().catch((error: unknown) => {
  log("cannot go on", { reason: reason(error) });
  process.exit(1);
});

async function run(): Promise<void> {
  const [loops] = await Promise.all([loadLoops(settings), originReady()]);
  const pipeline = createPipeline({
    settings, loops, phase: settings.defences.epochLocking ? epochLocked : ownPhase(), publisher, journal, nowMs: Date.now,
    nextToken: tokenMaker(Date.now, () => randomBytes(16).toString("hex")), spoil: orders.spoil,
  });
  missing = "publishing for the first time";
  while (!(await pipeline.publishStart())) await sleep(200);
  setInterval(() => void pipeline.publishStart(), 1_800_000).unref();
  const current = segmentInProduction(Date.now());
  await live(pipeline, current, pipeline.backfill(current));
}

async function originReady(): Promise<void> {
  while (!(await publisher.ready())) await sleep(100);
}

/** Publishes by the clock for ever; one segment that is slow or lost never delays the next. */
async function live(pipeline: Pipeline, first: number, backfilled: Promise<void>): Promise<void> {
  for (let number = first; !drain.draining; number += 1) {
    await sleep(Math.max(0, publishAtMs(number) - Date.now()));
    // Timers may fire a little early against the wall clock.
    while (Date.now() < publishAtMs(number)) await sleep(1);
    void pipeline.publishSegment(number).then(async (acknowledged) => {
      await backfilled;
      if (acknowledged) missing = null;
    });
  }
}

/** Without epoch locking a pipeline starts its own timeline when it starts, as an encoder does that was just switched on. */
function ownPhase(): Phase {
  const startedMs = Date.now();
  const segments = 1 + (Math.floor(startedMs / 2_000) + settings.seed + settings.pipeline.charCodeAt(0)) % (loopSegments - 1);
  return { segments, ms: 40 * Math.floor((startedMs % 2_000) / 40) };
}
