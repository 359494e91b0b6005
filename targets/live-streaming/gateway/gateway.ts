/**
 * Builds a gateway from its settings: routes, background tasks and shutdown. `main.ts` handles
 * sockets and signals.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { createGradient2 } from "../service/gradient2.ts";
import { type Log, reason } from "../service/log.ts";
import type { Metrics } from "../service/metrics.ts";
import { answerOperations, authorised } from "../service/operations.ts";
import { type Handler, pathOf, reply } from "../service/server.ts";
import { type Audience, createAudience } from "./audience.ts";
import { createBoard } from "./board.ts";
import { readJson } from "./body.ts";
import { createBroadcasts } from "./broadcasts.ts";
import type { GatewayConfiguration } from "./configuration.ts";
import { watchEdges } from "./edge-watch.ts";
import { eventByEvent, openEventFile } from "./event-file.ts";
import { createEvents } from "./events.ts";
import { createGate } from "./admission-http.ts";
import { createIngest, type IngestCounts } from "./ingest.ts";
import { placeIn } from "./jitter.ts";
import { createSessionStart } from "./session-start.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { batch, limitOf, movesAtOnce, noticeKeysMax, maintainMs } from "./limits.ts";
import { createSerialStage } from "./serial-stage.ts";
import { createSteering, type Steering } from "./steering.ts";
import { createTelemetry } from "./telemetry.ts";
import { type BusyMs, createUtilisation } from "./utilisation.ts";
import { createWorkers } from "./workers.ts";

export interface Gateway {
  readonly serve: Handler;
  readonly control: Handler;
  /** Polls the edges and moves sessions to usable ones, until `signal` fires. */
  maintain(signal: AbortSignal): void;
  /** Closes all open channels. */
  closeChannels(): void;
  /** Stores the queued events. The counters agree from then on. */
  close(): Promise<IngestCounts>;
}

const eventFileBytesMax = 64 * 1024 * 1024;
/**
 * Sessions of a lost edge act within this time: before their buffers run empty, but not all at
 * once. A chosen value.
 */
const moveSpreadMs = 1_000;
const beatMs = 15_000;

export interface Surroundings {
  readonly log: Log;
  /** For events that may be frequent. */
  readonly quietLog: Log;
  readonly draining: () => boolean;
  /** How long the event loop has been busy. */
  readonly loopBusyMs: BusyMs;
}

export async function createGateway(
  settings: GatewayConfiguration,
  { log, quietLog, draining, loopBusyMs }: Surroundings,
): Promise<Gateway> {
  const { defences } = settings;
  const telemetry = createTelemetry(settings.edges.map(({ name }) => name));
  const epoch = randomBytes(4).toString("hex");
  const nowMs = (): number => performance.now();
  const front = createSerialStage({ msMin: settings.requestMsMin, nowMs });
  const disk = createSerialStage({ msMin: settings.writeMsMin, nowMs });
  const workers = createWorkers(settings.signers, nowMs);
  const utilisation = createUtilisation(
    [() => workers.busyMs(), front.busyMs, disk.busyMs, loopBusyMs],
    nowMs,
  );
  const limit = createGradient2(limitOf(settings.signers));
  const gate = createGate({ ...defences, front, utilisation, telemetry, random: Math.random });
  const steering = createSteering({
    edges: settings.edges,
    ownRegion: settings.region,
    enabled: defences.steering,
    sessionsMax: settings.sessionsMax,
  });
  const startSession = createSessionStart({
    ...settings,
    ...defences,
    limit,
    workers,
    steering,
    nowMs: Date.now,
    monotonicMs: nowMs,
  });
  const sessions = createSessions({
    ...settings,
    ...defences,
    gate,
    startSession,
    steering,
    telemetry,
    nowMs: Date.now,
  });
  const board = createBoard(noticeKeysMax);
  const audience = createAudience({
    board,
    epoch,
    connectedMax: settings.connectedMax,
    jitter: defences.jitter,
  });
  const broadcasts = createBroadcasts({
    gate,
    board,
    audience,
    sessions,
    epoch,
    jitter: defences.jitter,
    nowMs: Date.now,
  });
  const file = defences.boundedIngest
    ? await openEventFile(settings.eventsFile, eventFileBytesMax)
    : eventByEvent(settings.eventsFile);
  const ingest = createIngest({
    ...batch,
    bounded: defences.boundedIngest,
    queueMax: settings.eventsQueueMax,
    sink: {
      async append(lines) {
        await disk.pass();
        return file.append(lines);
      },
    },
    onFailure: (error) => quietLog("events could not be stored", { reason: reason(error) }),
  });
  const events = createEvents(gate, ingest, Date.now);
  const { metrics } = telemetry;
  metrics.gauge("gateway_utilisation", "How busy the gateway is, 0 to 1", () => utilisation.now);
  metrics.gauge("gateway_limit", "Session starts taken on at once, at most", () => limit.limit);
  metrics.gauge("gateway_in_flight", "Session starts under way", () => limit.inFlight);
  metrics.gauge("gateway_waiting", "Session starts that wait for a signer", () => workers.waiting);
  exposeState(metrics, steering, audience, () => ingest.counts);
  const rebalance = rebalancer(
    steering,
    audience,
    sessions,
    (session, to, atMs) =>
      placeIn({ from: atMs, spread: moveSpreadMs }, defences.jitter, session, to),
    telemetry.moved,
    log,
  );

  return {
    serve(request, response) {
      if (answerOperations(request, response, metrics, () => (draining() ? "draining" : null)))
        return;
      switch (`${request.method} ${pathOf(request)}`) {
        case "POST /sessions":
          return sessions.start(request, response);
        case "GET /sessions/current":
        case "DELETE /sessions/current":
          return sessions.current(request, response);
        case "GET /broadcasts":
          return broadcasts.channel(request, response);
        case "GET /broadcasts/latest":
          return broadcasts.look(request, response);
        case "POST /events":
          return events(request, response);
        case "GET /ingest":
          return reply(response, 200, `${JSON.stringify(ingest.counts)}\n`, {
            "content-type": "application/json",
          });
        default:
          return reply(
            response,
            paths.has(pathOf(request)) ? 405 : 404,
            "not found\n",
            request.complete ? {} : { connection: "close" },
          );
      }
    },
    control(request, response) {
      if (!authorised(request, settings.controlToken))
        return reply(response, 401, "the control token is needed\n", { connection: "close" });
      switch (`${request.method} ${pathOf(request)}`) {
        case "POST /broadcasts":
          return broadcasts.post(request, response);
        case "GET /broadcasts":
          return broadcasts.showBoard(response);
        case "POST /capacity":
          return setCapacity(request, response, steering, rebalance);
        case "GET /edges":
          return reply(response, 200, `${JSON.stringify(steering.edges)}\n`, {
            "content-type": "application/json",
          });
        default:
          return reply(response, 404, "no such control\n", { connection: "close" });
      }
    },
    maintain(signal) {
      const timers = [
        setInterval(() => audience.beat(), beatMs),
        setInterval(() => {
          steering.expire(Date.now());
          rebalance();
        }, maintainMs),
      ];
      signal.addEventListener("abort", () => timers.forEach(clearInterval), { once: true });
      if (!defences.steering) return;
      void watchEdges(settings.edges, signal, (edge, usable) => {
        log(usable ? "edge is back" : "edge is lost", { edge });
        steering.setUsable(edge, usable);
        rebalance();
      });
    },
    closeChannels: () => audience.endAll(),
    async close() {
      await ingest.flush();
      await file.close();
      return ingest.counts;
    },
  };
}

const paths = new Set([
  "/sessions",
  "/sessions/current",
  "/broadcasts",
  "/broadcasts/latest",
  "/events",
  "/ingest",
]);
const capacityShape = z.strictObject({ edge: z.string(), bitsPerSecond: z.int().nonnegative() });
const capacityBytesMax = 1_024;

async function setCapacity(
  request: IncomingMessage,
  response: ServerResponse,
  steering: Steering,
  rebalance: () => void,
): Promise<void> {
  const body = await readJson(request, capacityShape, capacityBytesMax);
  if (!body.ok)
    return reply(response, body.status ?? 400, `${body.problem}\n`, { connection: "close" });
  const known = steering.setCapacity(body.value.edge, body.value.bitsPerSecond);
  rebalance();
  reply(response, known ? 200 : 404, known ? "set\n" : "no such edge\n");
}

function rebalancer(
  steering: Steering,
  audience: Audience,
  sessions: Sessions,
  actAt: (session: string, to: string, atMs: number) => number,
  moved: (why: string) => void,
  log: Log,
): () => void {
  return () => {
    const moves = steering.rebalance(movesAtOnce);
    const now = Date.now();
    for (const { session, to, why } of moves) {
      moved(why);
      audience.relocate(session, {
        edge: to,
        manifestUrl: sessions.manifestUrl(to),
        actAtMs: actAt(session, to, now),
      });
    }
    if (moves.length > 0)
      log("sessions moved", {
        sessions: moves.length,
        from: moves[0]?.from,
        to: moves[0]?.to,
        why: moves[0]?.why,
      });
  };
}

function exposeState(
  metrics: Metrics,
  steering: Steering,
  audience: Audience,
  counts: () => IngestCounts,
): void {
  metrics.gauge(
    "gateway_sessions",
    "Sessions that hold bitrate on an edge",
    () => steering.sessions,
  );
  metrics.gauge(
    "gateway_edges_usable",
    "Edges that answer",
    () => steering.edges.filter(({ usable }) => usable).length,
  );
  metrics.gauge(
    "gateway_sse_connected",
    "Devices that hold a channel open",
    () => audience.connected,
  );
  metrics.gauge(
    "gateway_sse_behind",
    "Devices with a channel that have undelivered messages",
    () => audience.behind,
  );
  metrics.total(
    "gateway_deliveries_total",
    "Notices and new edges written to channels",
    () => audience.deliveries,
  );
  metrics.total("gateway_events_accepted_total", "Events taken in", () => counts().accepted);
  metrics.total("gateway_events_stored_total", "Events stored", () => counts().stored);
  metrics.total("gateway_events_shed_total", "Events taken in and given up", () => counts().shed);
  metrics.gauge(
    "gateway_events_queued",
    "Events taken in and neither stored nor given up yet",
    () => counts().queued,
  );
}
