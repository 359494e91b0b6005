/**
 * A playback gateway: starts sessions, steers them, sends devices notices, and ingests their
 * events.
 */
import { performance } from "node:perf_hooks";
import { readConfiguration } from "../service/configuration.ts";
import { createLog, reason, throttled } from "../service/log.ts";
import { drainOnSignal } from "../service/operations.ts";
import { listen, type Listener } from "../service/server.ts";
import { gatewayShape } from "./configuration.ts";
import { createGateway } from "./gateway.ts";

/** Well within the drain's limit. */
const dawdleMsMax = 2_000;

const settings = readConfiguration(gatewayShape);
const log = createLog(settings.name);
const quietLog = throttled(log, 1_000, Date.now);
const ending = new AbortController();
const gateway = await createGateway(settings, {
  log,
  quietLog,
  draining: () => drain.draining,
  loopBusyMs: () => performance.eventLoopUtilization().active,
});
const listeners: Listener[] = [];
const drain = drainOnSignal(
  log,
  listeners,
  async () => log("events reconciled", { ...(await gateway.close()) }),
  () => {
    ending.abort();
    gateway.closeChannels();
    // A slow client must not delay the storing of the remaining events.
    setTimeout(() => {
      for (const { server } of listeners) server.closeAllConnections();
    }, dawdleMsMax).unref();
  },
);
const onError = (error: unknown): void => quietLog("request failed", { reason: reason(error) });
listeners.push(
  await listen(settings.listen, gateway.serve, onError),
  await listen(settings.control, gateway.control, onError),
);
gateway.maintain(ending.signal);
log("listening", { ...settings.listen });
