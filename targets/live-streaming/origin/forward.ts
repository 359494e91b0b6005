/**
 * A publish origin without isolation: it keeps its addresses and forwards to the process that
 * serves reads.
 */
import {
  Agent,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { EndpointSettings } from "../service/configuration.ts";
import { createLog, reason, throttled } from "../service/log.ts";
import { answerOperations, drainOnSignal } from "../service/operations.ts";
import { type Handler, listen, type Listener, reply } from "../service/server.ts";
import type { ForwardConfiguration } from "./configuration.ts";
import { createTelemetry } from "./telemetry.ts";

export async function runForward(settings: ForwardConfiguration): Promise<void> {
  const log = createLog(`${settings.region}/origin-publish`);
  const often = throttled(log, 1_000, Date.now);
  // It refuses, reads and writes nothing itself, and its counters say so.
  const { metrics } = createTelemetry();
  const forwarded = metrics.counter(
    "origin_forwarded_total",
    "Requests passed on to the shared process, by outcome",
  );
  const agent = new Agent({ keepAlive: true });
  let ready = false;

  const passOn =
    (to: EndpointSettings): Handler =>
    (request, response) => {
      const onward = httpRequest(
        { ...to, agent, method: request.method, path: request.url, headers: request.headers },
        (answer) => {
          forwarded.add({ outcome: "answered" });
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.on("error", () => response.destroy());
          answer.pipe(response);
        },
      );
      onward.on("error", (error) => {
        forwarded.add({ outcome: "failed" });
        often("cannot pass on", { reason: reason(error) });
        refuse(request, response);
      });
      response.on("close", () => onward.destroy());
      request.pipe(onward);
    };

  const askReady = (): void => {
    const question = httpRequest(
      { ...settings.to.http, agent, path: "/health/ready", timeout: 1_000 },
      (answer) => {
        ready = answer.statusCode === 200;
        answer.resume();
      },
    );
    question.on("timeout", () => question.destroy());
    question.on("error", () => {
      ready = false;
    });
    question.end();
  };
  askReady();
  const timer = setInterval(askReady, 250);

  const listeners: Listener[] = [];
  const drain = drainOnSignal(
    log,
    listeners,
    async () => agent.destroy(),
    () => clearInterval(timer),
  );
  const notReady = (): string | null =>
    drain.draining ? "draining" : ready ? null : "waiting for the shared process";
  const onError = (error: unknown): void => often("request failed", { reason: reason(error) });
  const data = passOn(settings.to.http);
  listeners.push(
    await listen(
      settings.listen,
      (request, response) =>
        answerOperations(request, response, metrics, notReady)
          ? undefined
          : data(request, response),
      onError,
    ),
    await listen(settings.control, passOn(settings.to.control), onError),
    await listen(settings.feedListen, data, onError),
  );
  log("listening", { ...settings.listen, for: settings.to.http });
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else
    reply(
      response,
      503,
      "the shared process does not answer\n",
      request.complete ? {} : { connection: "close" },
    );
}
