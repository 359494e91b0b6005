/** A packager: one pipeline that publishes to its region's publish origin, by the clock alone. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { readConfiguration } from "../service/configuration.ts";
import { createLog, reason, throttled } from "../service/log.ts";
import { createMetrics } from "../service/metrics.ts";
import { answerOperations, drainOnSignal } from "../service/operations.ts";
import { listen, type Listener } from "../service/server.ts";
import { publishAtMs, segmentInProduction } from "../stream/template.ts";
import { tokenMaker } from "../stream/token.ts";
import { packagerShape } from "./configuration.ts";
import { createDefectOrders } from "./defects.ts";
import { loadLoops } from "./encode.ts";
import { createJournal, type Journal } from "./journal.ts";
import { epochLocked, loopSegments, type Phase } from "./loop.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { answerControl, answerJournal } from "./ports.ts";
import { createPublisher } from "./publish.ts";

const settings = readConfiguration(packagerShape);
const log = createLog(`packager-${settings.pipeline}`);
const sparing = throttled(log, 1_000, Date.now);
const metrics = createMetrics();
const puts = metrics.counter(
  "packager_puts_total",
  "Segments, by lane, outcome, and whether they were history",
);
const flagged = metrics.counter(
  "packager_defects_total",
  "Segments that the inspection found fault with, by fault",
);
const putMs = metrics.histogram(
  "packager_put_ms",
  "Time until a segment was acknowledged, in ms",
  [10, 20, 50, 100, 200, 500, 1000, 2000],
);
const journal = counted(
  createJournal(20_000, {
    path: settings.journalFile,
    onError: (error) => sparing("the journal cannot be kept", { reason: reason(error) }),
  }),
);
const publisher = createPublisher(settings.publishTo, Date.now);
const orders = createDefectOrders();
let missing: string | null = "encoding";
let pipeline: Pipeline | null = null;
metrics.gauge(
  "packager_in_flight",
  "Segments that are being published",
  () => pipeline?.inFlight ?? 0,
);

/** Counts the journal's entries, so that counters and journal never disagree. */
function counted(inner: Journal): Journal {
  return {
    after: inner.after,
    add(entry) {
      inner.add(entry);
      puts.add({ lane: "publish", outcome: entry.outcome, backfill: String(entry.backfill) });
      for (const defect of entry.defects) flagged.add({ lane: "publish", defect });
      if (entry.outcome === "acked") putMs.observe(entry.tookMs);
      else
        log("segment lost", {
          number: entry.number,
          rendition: entry.rendition,
          status: entry.status,
          attempts: entry.attempts,
        });
    },
  };
}

/** How long after a SIGTERM a publication may take, in ms. After that it is journalled as lost. */
const finishMsMax = 2_500;
const listeners: Listener[] = [];
// The ports stay open until the last segment is journalled, because the harness must be able to
// read it.
const drain = drainOnSignal(log, [], async () => {
  await pipeline?.finish(Date.now() + finishMsMax);
  await Promise.all(listeners.map((listener) => listener.drain()));
  publisher.close();
  log("drained");
});
const onError = (error: unknown): void => sparing("request failed", { reason: reason(error) });

listeners.push(
  await listen(
    settings.listen,
    (request, response) => {
      if (
        answerOperations(request, response, metrics, () => (drain.draining ? "draining" : missing))
      )
        return;
      answerJournal(request, response, journal);
    },
    onError,
  ),
  await listen(
    settings.control,
    (request, response) => {
      answerControl(request, response, {
        token: settings.controlToken,
        orders,
        renditions: settings.renditions.map(({ name }) => name),
      });
    },
    onError,
  ),
);

run().catch((error: unknown) => {
  log("cannot continue", { reason: reason(error) });
  process.exit(1);
});

async function run(): Promise<void> {
  const [loops] = await Promise.all([loadLoops(settings), originReady()]);
  const made = createPipeline({
    settings,
    loops,
    phase: settings.defences.epochLocking ? epochLocked : ownPhase(),
    publisher,
    journal,
    nowMs: Date.now,
    sleep,
    nextToken: tokenMaker(Date.now, () => randomBytes(16).toString("hex")),
    spoil: orders.spoil,
  });
  pipeline = made;
  missing = "publishing for the first time";
  while (!drain.draining && !(await made.publishStart())) await sleep(200);
  setInterval(() => void made.publishStart(), 1_800_000).unref();
  const current = segmentInProduction(Date.now());
  await live(made, current, made.backfill(current));
}

async function originReady(): Promise<void> {
  while (!(await publisher.ready())) await sleep(100);
}

/** Publishes by the clock forever. A slow or lost segment never delays the next. */
async function live(on: Pipeline, first: number, backfilled: Promise<void>): Promise<void> {
  for (let number = first; !drain.draining; number += 1) {
    await sleep(Math.max(0, publishAtMs(number) - Date.now()));
    // Timers may fire a little early against the wall clock.
    while (Date.now() < publishAtMs(number)) await sleep(1);
    if (drain.draining) return;
    void on.publishSegment(number).then(async (acknowledged) => {
      await backfilled;
      if (acknowledged) missing = null;
    });
  }
}

/**
 * Without epoch locking, a pipeline's timeline begins at its start, as in an encoder that was just
 * switched on.
 */
function ownPhase(): Phase {
  const startedMs = Date.now();
  const segments =
    1 +
    ((Math.floor(startedMs / 2_000) + settings.seed + settings.pipeline.charCodeAt(0)) %
      (loopSegments - 1));
  return { segments, ms: 40 * Math.floor((startedMs % 2_000) / 40) };
}
