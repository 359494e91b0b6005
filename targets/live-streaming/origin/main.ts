/** An origin: the publish stack or the read stack of one region, by its configuration. Each is a process with store sessions of its own. */
import { setTimeout as sleep } from "node:timers/promises";
import { connectCache, noCache } from "../cache/client.ts";
import { readConfiguration } from "../service/configuration.ts";
import { createLog, reason, throttled } from "../service/log.ts";
import { answerOperations, authorised, drainOnSignal } from "../service/operations.ts";
import { listen, type Listener, pathOf, reply } from "../service/server.ts";
import { connectCassandra } from "../store/cassandra.ts";
import { bucketSegments } from "../store/schema.ts";
import { measured } from "../store/measured.ts";
import type { Store } from "../store/store.ts";
import { segmentInProduction } from "../stream/template.ts";
import { createChunkReader } from "./chunk-reader.ts";
import { originShape } from "./configuration.ts";
import { createFeed, subscribe, type Subscription } from "./feed.ts";
import { createLookup } from "./lookup.ts";
import { createMetadata } from "./metadata.ts";
import { createPublisher } from "./publish.ts";
import { createReader } from "./read.ts";
import { createStoreLoad } from "./shedding.ts";
import { createTelemetry, storeBearableMs, storeTargetMs } from "./telemetry.ts";

const settings = readConfiguration(originShape);
const { defences } = settings;
const log = createLog(`${settings.region}/origin-${settings.role}`);
const often = throttled(log, 1_000, Date.now);
const ending = new AbortController();
const telemetry = createTelemetry();
const metadata = createMetadata();
const storeLoad = createStoreLoad({ targetMs: storeTargetMs, bearableMs: storeBearableMs, windowMs: 2_000, samplesMin: 20 });
const onCacheFailure = (error: unknown): void => {
  telemetry.cacheFailed();
  often("the chunk cache failed", { reason: reason(error) });
};
const cache = defences.chunkCache ? connectCache(settings.memcached, Date.now, onCacheFailure) : noCache;
const feed = createFeed(() => metadata.all());
let store: Store | null = null;

telemetry.metrics.gauge("origin_metadata_segments", "Segments known in memory", () => metadata.size);
telemetry.metrics.gauge("origin_waiting", "Requests held open now", () => metadata.waiting);
telemetry.metrics.gauge("origin_store_slow_share", "Share of slow store requests in the last two seconds", () => storeLoad.slowness(Date.now()).slowShare);

const subscriptions: Subscription[] = settings.feeds.map((at) =>
  subscribe({ at, onPublication: (publication) => metadata.add(publication), log, signal: ending.signal }));
telemetry.metrics.gauge("origin_feed_connected", "Publish origins that are heard", () => subscriptions.filter(({ connected }) => connected).length);

/** A region whose publish origin is down must not keep this origin from starting. */
const feedPatienceMs = 5_000;
let storeConnectedAtMs = Infinity;

function notReady(): string | null {
  if (drain.draining) return "draining";
  if (store === null) return "waiting for the store";
  const silent = settings.feeds.length > 0 && !subscriptions.every(({ everCaughtUp }) => everCaughtUp);
  return silent && Date.now() < storeConnectedAtMs + feedPatienceMs ? "waiting for the feeds" : null;
}

async function connectStore(): Promise<void> {
  const connected = measured(await connectCassandra(settings.store, log, ending.signal), () => performance.now(), (operation, tookMs, failed) => {
    telemetry.store(operation, tookMs, failed);
    if (operation === "read") storeLoad.record(failed ? Infinity : tookMs, Date.now());
  });
  store = connected;
  storeConnectedAtMs = Date.now();
  log("store connected");
  if (settings.role === "publish") await recall(connected);
}

/** A publish origin that starts again tells its listeners what its pipelines had published before; newest first, however slow the store is. */
async function recall(from: Store): Promise<void> {
  const current = segmentInProduction(Date.now());
  for (let to = current; to > current - settings.dvrWindowSegments; to -= bucketSegments) {
    for (const rendition of settings.renditions) {
      for (const publication of await patiently(() => from.readRange(settings.event, rendition, to - bucketSegments + 1, to))) {
        if (settings.ownPipelines.includes(publication.pipeline) && metadata.add(publication)) feed.announce(publication);
      }
    }
  }
}

async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      often("the store does not tell what was published before", { reason: reason(error) });
      await sleep(500, undefined, { signal: ending.signal });
    }
  }
}

const publish = createPublisher({
  rules: settings, store: () => store, cache, metadata, announce: (publication) => feed.announce(publication), telemetry, log: often, nowMs: Date.now,
});
const read = createReader({
  ...settings, ...defences, metadata, telemetry, storeLoad, nowMs: Date.now,
  chunks: createChunkReader(() => store, cache, telemetry),
  lookup: createLookup({
    store: () => store, nowMs: Date.now, onAsked: () => telemetry.lookup("store"), rememberedMax: 10_000,
    ...(defences.metadataCache ? { intervalMs: 250, atOnceMax: 8 } : { intervalMs: 0, atOnceMax: 4_096 }),
  }),
});

const onError = (error: unknown): void => often("request failed", { reason: reason(error) });
const listeners: Listener[] = [];
const drain = drainOnSignal(log, listeners, async () => {
  cache.close();
  await store?.close();
}, () => {
  ending.abort();
  feed.close();
});
listeners.push(
  await listen(settings.listen, (request, response) => {
    if (answerOperations(request, response, telemetry.metrics, notReady)) return;
    if (settings.role === "publish" && request.method === "PUT") return publish(request, response);
    if (settings.role === "read" && (request.method === "GET" || request.method === "HEAD")) return read(request, response);
    reply(response, 405, "method not allowed\n", { connection: "close" });
  }, onError),
  await listen(settings.control, (request, response) => {
    if (!authorised(request, settings.controlToken)) return reply(response, 401, "the control token is needed\n");
    if (pathOf(request) !== "/metadata") return reply(response, 404, "no such control\n");
    reply(response, 200, metadata.all().map((each) => `${JSON.stringify(each)}\n`).join(""));
  }, onError),
);
if (settings.feedListen !== null) {
  listeners.push(await listen(settings.feedListen, (request, response) => {
    if (pathOf(request) === "/feed") feed.serve(response);
    else reply(response, 404, "no such feed\n");
  }, onError));
}

setInterval(() => metadata.forgetBefore(segmentInProduction(Date.now()) - settings.dvrWindowSegments), 30_000).unref();
log("listening", { ...settings.listen });
connectStore().catch((error: unknown) => {
  if (ending.signal.aborted) return;
  log("the store cannot be used", { reason: reason(error) });
  process.exit(1);
});
