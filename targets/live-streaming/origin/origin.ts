/** Builds an origin: memory, store, cache, feeds, and its three ports. */
import { connectCaches, noCache } from "../cache/client.ts";
import { createLog, reason, throttled } from "../service/log.ts";
import { answerOperations, authorised, drainOnSignal } from "../service/operations.ts";
import { type Handler, listen, type Listener, pathOf, reply } from "../service/server.ts";
import { openStore } from "../store/open.ts";
import { measured } from "../store/measured.ts";
import type { Store } from "../store/store.ts";
import { segmentInProduction } from "../stream/template.ts";
import { createChunkReader } from "./chunk-reader.ts";
import { createConcurrency } from "./concurrency.ts";
import type { OriginConfiguration } from "./configuration.ts";
import { createControl } from "./control.ts";
import type { Directive } from "./directive.ts";
import { createDirectives } from "./directives.ts";
import { createFeed, snapshotOf, subscribe } from "./feed.ts";
import { banSender, createInvalidation, wallClock } from "./invalidation.ts";
import { createLookup, lookupIntervalMs, lookupsAtOnceMax } from "./lookup.ts";
import { createMetadata, gapWindowSegments } from "./metadata.ts";
import type { Publication } from "../stream/candidate.ts";
import { createPublisher } from "./publish.ts";
import { createReader } from "./read.ts";
import { followDirectives, recallPublications } from "./read-from-store.ts";
import { createStoreLoad } from "./shedding.ts";
import { createTelemetry, storeLoadOptions } from "./telemetry.ts";

/** A region whose publish origin is down must not prevent this origin's start. */
const feedPatienceMs = 5_000;
const forgetEveryMs = 30_000;

export async function runOrigin(settings: OriginConfiguration): Promise<void> {
  const { defences, role } = settings;
  const publishes = role !== "read";
  const reads = role !== "publish";
  const log = createLog(`${settings.region}/origin-${role}`);
  const often = throttled(log, 1_000, Date.now);
  const ending = new AbortController();
  const telemetry = createTelemetry();
  const { metrics } = telemetry;
  const metadata = createMetadata();
  const directives = createDirectives();
  const storeLoad = createStoreLoad(storeLoadOptions);
  const concurrency = createConcurrency(() => performance.now(), defences.adaptiveConcurrency);
  const onCacheFailure = (error: unknown): void => {
    telemetry.cacheFailed();
    often("the chunk cache failed", { reason: reason(error) });
  };
  const cache = defences.chunkCache
    ? connectCaches(settings.memcached, Date.now, onCacheFailure)
    : noCache;
  const feed = createFeed(() => snapshotOf(directives.all(), metadata.all(), defences.feedCatchUp));
  let connected: Store | null = null;
  let connectedAtMs = Infinity;
  const store = (): Store | null => connected;

  const addPublication = (publication: Publication): boolean => metadata.add(publication);
  const applyDirective = (directive: Directive): boolean => {
    const news = directives.add(directive);
    if (news && directive.kind === "end") metadata.wakeAll();
    return news;
  };
  const announceOwn = (publication: Publication): void => {
    if (settings.ownPipelines.includes(publication.pipeline) && addPublication(publication))
      feed.announce(publication);
  };
  const applyAndAnnounce = (directive: Directive): void => {
    if (applyDirective(directive)) feed.announce({ directive });
  };

  const subscriptions = settings.feeds.map((at) =>
    subscribe({
      at,
      onPublication: addPublication,
      onDirective: applyDirective,
      log,
      signal: ending.signal,
    }),
  );
  metrics.gauge("origin_metadata_segments", "Segments known in memory", () => metadata.size);
  metrics.gauge(
    "origin_metadata_gaps",
    `Segments of the last ${gapWindowSegments} that lie between known ones and are not ` +
      "known in memory",
    () => metadata.gaps(segmentInProduction(Date.now()) - gapWindowSegments),
  );
  metrics.gauge("origin_directives", "Directives known in memory", () => directives.all().length);
  metrics.gauge("origin_waiting", "Requests held open now", () => metadata.waiting);
  metrics.gauge(
    "origin_store_slow_share",
    "Share of slow store requests in the last two seconds",
    () => storeLoad.slowness(Date.now()).slowShare,
  );
  metrics.gauge(
    "origin_concurrency_limit",
    "Chunk reads that may be under way at once",
    () => concurrency.limit,
  );
  metrics.gauge(
    "origin_concurrency_in_flight",
    "Chunk reads under way now",
    () => concurrency.inFlight,
  );
  metrics.gauge(
    "origin_feed_connected",
    "Publish origins that are heard",
    () => subscriptions.filter((each) => each.connected).length,
  );

  const notReady = (): string | null => {
    if (drain.draining) return "draining";
    if (connected === null) return "waiting for the store";
    const silent =
      settings.feeds.length > 0 && !subscriptions.every(({ everCaughtUp }) => everCaughtUp);
    return silent && Date.now() < connectedAtMs + feedPatienceMs ? "waiting for the feeds" : null;
  };

  const connectStore = async (): Promise<void> => {
    const raw = measured(
      await openStore(settings.store, log, ending.signal, concurrency.refused),
      () => performance.now(),
      (operation, tookMs, failed) => {
        telemetry.store(operation, tookMs, failed);
        if (operation === "read") storeLoad.record(failed ? Infinity : tookMs, Date.now());
      },
    );
    const recall = { ...settings, store: raw, log: often, nowMs: Date.now, signal: ending.signal };
    // Before anything is served, because a restarted origin must not show masked segments.
    await followDirectives(recall, publishes ? applyAndAnnounce : applyDirective);
    connected = raw;
    connectedAtMs = Date.now();
    log("store connected");
    if (publishes) await recallPublications(recall, announceOwn);
  };

  const publish = createPublisher({
    rules: { ...settings, isOver: directives.isOver },
    store,
    cache,
    metadata,
    announce: feed.announce,
    telemetry,
    log: often,
    nowMs: Date.now,
  });
  const read = createReader({
    ...settings,
    ...defences,
    metadata,
    directives,
    telemetry,
    storeLoad,
    nowMs: Date.now,
    chunks: createChunkReader(store, cache, telemetry, concurrency),
    stored: createChunkReader(store, noCache, telemetry, concurrency, "throws"),
    lookup: createLookup({
      store,
      nowMs: Date.now,
      onLookup: telemetry.lookup,
      rememberedMax: 10_000,
      ...(defences.metadataCache
        ? {
            intervalMs: (leaf) => lookupIntervalMs(leaf.number, Date.now()),
            atOnceMax: lookupsAtOnceMax.remembering,
          }
        : { intervalMs: () => 0, atOnceMax: lookupsAtOnceMax.forgetful }),
    }),
  });
  const control = createControl({
    ...settings,
    directives,
    store,
    adopt: applyAndAnnounce,
    log,
    nowMs: Date.now,
    invalidation: createInvalidation({
      tiers: settings.edgeTiers,
      send: banSender(settings.controlToken),
      clock: wallClock,
      signal: ending.signal,
      onRound({ confirmed, unconfirmed }) {
        for (const _ of confirmed) telemetry.ban(true);
        for (const _ of unconfirmed) telemetry.ban(false);
        if (unconfirmed.length > 0) log("edges did not confirm", { unconfirmed });
      },
    }),
  });

  const onData: Handler = (request, response) => {
    if (answerOperations(request, response, metrics, notReady)) return;
    if (publishes && request.method === "PUT") return publish(request, response);
    if (role === "shared" && pathOf(request) === "/feed") return feed.serve(response);
    if (reads && (request.method === "GET" || request.method === "HEAD"))
      return read(request, response);
    telemetry.request("junk", "rejected");
    reply(response, 405, "method not allowed\n", { connection: "close" });
  };
  const onControl: Handler = (request, response) => {
    if (!authorised(request, settings.controlToken))
      return reply(response, 401, "the control token is needed\n", { connection: "close" });
    if (request.method === "GET" && pathOf(request) === "/metadata")
      return reply(
        response,
        200,
        metadata
          .all()
          .map((each) => `${JSON.stringify(each)}\n`)
          .join(""),
      );
    if (publishes || request.method === "GET") return control(request, response);
    reply(response, 405, "a publish origin takes orders\n", { connection: "close" });
  };
  const onFeed: Handler = (request, response) => {
    if (request.method === "GET" && pathOf(request) === "/feed") feed.serve(response);
    else reply(response, 404, "no such feed\n", { connection: "close" });
  };

  const onError = (error: unknown): void => often("request failed", { reason: reason(error) });
  const listeners: Listener[] = [];
  const drain = drainOnSignal(
    log,
    listeners,
    async () => {
      cache.close();
      await connected?.close();
    },
    () => {
      ending.abort();
      feed.close();
    },
  );
  listeners.push(
    await listen(settings.listen, onData, onError),
    await listen(settings.control, onControl, onError),
  );
  if (settings.feedListen !== null)
    listeners.push(await listen(settings.feedListen, onFeed, onError));
  setInterval(
    () => metadata.forgetBefore(segmentInProduction(Date.now()) - settings.dvrWindowSegments),
    forgetEveryMs,
  ).unref();
  log("listening", { ...settings.listen });
  connectStore().catch((error: unknown) => {
    if (ending.signal.aborted) return;
    log("the store cannot be used", { reason: reason(error) });
    process.exit(1);
  });
}
