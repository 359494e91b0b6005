/**
 * The baseline that the origin replaced: an object store with one bucket, `PUT` and `GET
 * /objects/KEY`, `GET /keys?prefix=P&after=K`. It stores real data. It models time: each request
 * takes as long as it did there, and excess requests are refused.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { readConfiguration } from "../service/configuration.ts";
import { createLog, reason, throttled } from "../service/log.ts";
import { createMetrics } from "../service/metrics.ts";
import { answerOperations, drainOnSignal } from "../service/operations.ts";
import { header, listen, type Listener, pathOf, reply } from "../service/server.ts";
import { isKey, openBucket } from "./bucket.ts";
import { objectStoreShape } from "./configuration.ts";
import { latencies, seeded } from "./latency.ts";
import { createThrottle } from "./throttle.ts";

const objectBytesMax = 16 * 1024 * 1024;
const expireEveryMs = 60_000;

const settings = readConfiguration(objectStoreShape);
const log = createLog("object-store");
const often = throttled(log, 1_000, Date.now);
const metrics = createMetrics();
const requests = metrics.counter(
  "object_store_requests_total",
  "Requests, by operation and outcome",
);
for (const operation of ["read", "write", "list"])
  for (const outcome of ["served", "shed"]) requests.add({ operation, outcome }, 0);
const random = seeded(settings.seed);
const readMs = latencies(settings.readMs, random);
const writeMs = latencies(settings.writeMs, random);
const throttle = createThrottle(settings.requestsPerSecondMax);
const bucket = await openBucket(settings.directory);
metrics.gauge("object_store_objects", "Objects kept", () => bucket.size);

type Operation = "read" | "write" | "list";

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const startedMs = performance.now();
  const path = pathOf(request);
  const key = path.startsWith("/objects/") ? path.slice("/objects/".length) : null;
  const operation: Operation = key === null ? "list" : request.method === "PUT" ? "write" : "read";
  const count = (outcome: string): void => requests.add({ operation, outcome });
  const refuse = (status: number, text: string, outcome = "rejected"): void => {
    count(outcome);
    // The body of a refused request was not read.
    reply(response, status, `${text}\n`, request.complete ? {} : { connection: "close" });
    if (!request.complete) request.resume();
  };
  if (request.method !== "GET" && operation !== "write") return refuse(405, "MethodNotAllowed");
  const query = new URL(request.url ?? "/", "http://store").searchParams;
  const prefix = query.get("prefix") ?? "";
  const after = query.get("after") ?? "";
  if (key === null ? path !== "/keys" || !isKey(prefix.replace(/\/$/, "")) : !isKey(key))
    return refuse(400, "InvalidKey");
  const event = (key ?? prefix).split("/")[0] ?? "";
  if (!throttle.admit(event, startedMs)) return refuse(503, "SlowDown", "shed");

  if (operation === "write" && key !== null) {
    const body = await bodyOf(request);
    if (typeof body === "number")
      return refuse(body, body === 413 ? "EntityTooLarge" : "IncompleteBody");
    const doneMs = startedMs + writeMs();
    // The wait precedes the write, because the acknowledgement takes the time, and the object
    // exists only from then on.
    await sleep(Math.max(0, doneMs - performance.now()));
    await bucket.put(key, body);
    count("served");
    return reply(response, 200, "");
  }
  const doneMs = startedMs + readMs();
  const found =
    key === null ? Buffer.from(JSON.stringify(bucket.list(prefix, after))) : await bucket.get(key);
  await sleep(Math.max(0, doneMs - performance.now()));
  if (found === null) return refuse(404, "NoSuchKey", "not_found");
  count("served");
  response.writeHead(200, {
    "content-length": found.length,
    "content-type": key === null ? "application/json" : "application/octet-stream",
  });
  response.end(found);
}

/** The body, or the status that rejects it. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | number> {
  const bytes = Number(header(request, "content-length") ?? Number.NaN);
  if (!Number.isSafeInteger(bytes) || bytes < 0) return 411;
  if (bytes > objectBytesMax) return 413;
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  return body.length === bytes ? body : 400;
}

const listeners: Listener[] = [];
const drain = drainOnSignal(log, listeners, async () => undefined);
listeners.push(
  await listen(
    settings.listen,
    (request, response) => {
      if (answerOperations(request, response, metrics, () => (drain.draining ? "draining" : null)))
        return;
      return handle(request, response);
    },
    (error) => often("request failed", { reason: reason(error) }),
  ),
);

setInterval(() => {
  bucket
    .expire(Date.now() - settings.keptSeconds * 1000, settings.keptForEver)
    .catch((error: unknown) => often("old objects stay", { reason: reason(error) }));
}, expireEveryMs).unref();
log("listening", { ...settings.listen, objects: bucket.size });
