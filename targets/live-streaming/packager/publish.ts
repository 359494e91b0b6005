/** One PUT to the publish origin, repeated until it is acknowledged or its time is over. */
import { Agent, request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { EndpointSettings } from "../service/configuration.ts";

export interface Put {
  readonly path: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Epoch ms after which it counts as lost. */
  readonly deadlineMs: number;
}

export interface PutResult {
  readonly outcome: "acked" | "lost";
  readonly status: number;
  readonly attempts: number;
}

export interface Publisher {
  put(put: Put): Promise<PutResult>;
  ready(): Promise<boolean>;
  close(): void;
}

/** A PUT slower than 500 ms is a bug; twice that, and another attempt is worth more than waiting. */
const attemptMsMax = 1_000;
const pauseMs = 50;

export function createPublisher(at: EndpointSettings, nowMs: () => number): Publisher {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  /** The status, or 0 when there was no answer. */
  const attempt = (method: string, path: string, headers: Readonly<Record<string, string>>, body: Buffer, timeoutMs: number): Promise<number> =>
    new Promise((resolve) => {
      const request = httpRequest({
        host: at.host, port: at.port, agent, method, path, signal: AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs))),
        headers: { ...headers, ...(method === "PUT" ? { "content-length": body.length } : {}) },
      }, (response) => {
        response.resume();
        response.on("error", () => resolve(0));
        response.on("end", () => resolve(response.statusCode ?? 0));
        response.on("close", () => resolve(0));
      });
      request.on("error", () => resolve(0));
      request.end(body);
    });
  return {
    async put({ path, body, headers, deadlineMs }) {
      let status = 0;
      let attempts = 0;
      while (nowMs() < deadlineMs) {
        attempts += 1;
        status = await attempt("PUT", path, headers, body, Math.min(attemptMsMax, deadlineMs - nowMs()));
        if (status === 200) return { outcome: "acked", status, attempts };
        // Refused for what it is: it will be refused again.
        if (status >= 400 && status < 500 && status !== 408 && status !== 429) break;
        await sleep(Math.min(pauseMs, Math.max(0, deadlineMs - nowMs())));
      }
      return { outcome: "lost", status, attempts };
    },
    ready: async () => await attempt("GET", "/health/ready", {}, Buffer.alloc(0), 1_000) === 200,
    close: () => agent.destroy(),
  };
}
