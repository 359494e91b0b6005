/**
 * The operational endpoints of every service, `/health/live`, `/health/ready` and `/metrics`, and
 * its shutdown.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { timingSafeEqual } from "node:crypto";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { header, type Listener, pathOf, reply } from "./server.ts";

/** True if it answered. `notReady` names what is still missing, or is null. */
export function answerOperations(
  request: IncomingMessage,
  response: ServerResponse,
  metrics: Metrics,
  notReady: () => string | null,
): boolean {
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  switch (pathOf(request)) {
    case "/health/live":
      reply(response, 200, "live\n");
      return true;
    case "/health/ready": {
      const missing = notReady();
      reply(response, missing === null ? 200 : 503, missing === null ? "ready\n" : `${missing}\n`, {
        "cache-control": "no-store",
      });
      return true;
    }
    case "/metrics":
      reply(response, 200, metrics.render(), { "content-type": "text/plain; version=0.0.4" });
      return true;
    default:
      return false;
  }
}

/** Control endpoints act on the service, so they require this run's token. */
export function authorised(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(header(request, "authorization") ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/**
 * On SIGTERM: report not ready, finish open requests, close all else, exit. A second signal exits
 * at once.
 */
export function drainOnSignal(
  log: Log,
  listeners: readonly Listener[],
  close: () => Promise<void>,
  begin: () => void = () => undefined,
): { readonly draining: boolean } {
  const state = { draining: false };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (state.draining) process.exit(1);
    state.draining = true;
    log("draining", { signal });
    begin();
    Promise.all(listeners.map((listener) => listener.drain()))
      .then(() => close())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
    setTimeout(() => process.exit(0), drainDeadlineMs).unref();
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  return state;
}

const drainDeadlineMs = 4_000;
