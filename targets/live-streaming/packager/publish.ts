/**
 * One PUT to the region's publish origins, repeated until one acknowledges it or its time is over.
 */
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
  /** Of the last attempt; 0 without an answer. */
  readonly status: number;
  readonly attempts: number;
  /** Attempts that an origin refused: it answered, and did not accept a valid request. */
  readonly refusals: number;
}

/** 429 and every 5xx: the origin cannot accept it now. A 4xx concerns the request itself. */
export function isRefusal(status: number): boolean {
  return status === 429 || status >= 500;
}

export interface Publisher {
  put(put: Put): Promise<PutResult>;
  /** Whether any origin is ready. */
  ready(): Promise<boolean>;
  /** No attempt lasts beyond this, in epoch ms, because the packager is about to exit. */
  finishBy(deadlineMs: number): void;
  close(): void;
}

const pauseMs = 50;

/**
 * How long one origin may be silent, in ms. A PUT slower than 500 ms is a bug, so none gets less.
 * With fewer origins each gets more, and all are tried within the 2 s after which a segment is
 * lost.
 */
export function attemptMsMax(origins: number): number {
  return Math.max(500, 2_000 / (origins + 1));
}

/**
 * Origins of one region share their store, so an unacknowledged segment may be repeated at the next
 * with the same token.
 */
export function createPublisher(
  origins: readonly EndpointSettings[],
  nowMs: () => number,
): Publisher {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const attemptMs = attemptMsMax(origins.length);
  let endMs = Number.POSITIVE_INFINITY;
  /** The origin that answered last, so that later requests do not rediscover a failed one. */
  let preferred = 0;
  return {
    async put({ path, body, headers, deadlineMs }) {
      let status = 0;
      let attempts = 0;
      let refusals = 0;
      // A PUT without a deadline waits, because an abandoned origin would continue to write while
      // the next writes the same again.
      const patienceMs = Math.max(attemptMs, (deadlineMs - nowMs()) / (origins.length + 2));
      const leftMs = (): number => Math.min(deadlineMs, endMs) - nowMs();
      for (let at = preferred; leftMs() > 0; at = (at + 1) % origins.length) {
        attempts += 1;
        status = await attempt(
          agent,
          origins[at],
          { method: "PUT", path, headers, body },
          Math.min(patienceMs, leftMs()),
        );
        if (status === 200) {
          preferred = at;
          return { outcome: "acked", status, attempts, refusals };
        }
        if (isRefusal(status)) refusals += 1;
        // Refused for its content, so a retry would be refused, too.
        if (status >= 400 && status < 500 && status !== 408 && status !== 429) break;
        // Each origin is tried at once. Only then does a pause help.
        if (attempts % origins.length === 0) await sleep(Math.min(pauseMs, Math.max(0, leftMs())));
      }
      return { outcome: "lost", status, attempts, refusals };
    },
    async ready() {
      const question: Question = {
        method: "GET",
        path: "/health/ready",
        headers: {},
        body: Buffer.alloc(0),
      };
      return (
        await Promise.all(origins.map((origin) => attempt(agent, origin, question, 1_000)))
      ).includes(200);
    },
    finishBy(deadline) {
      endMs = deadline;
    },
    close: () => agent.destroy(),
  };
}

type Question = Pick<Put, "path" | "headers" | "body"> & { readonly method: "GET" | "PUT" };

/** The status, or 0 without an answer. */
function attempt(
  agent: Agent,
  at: EndpointSettings | undefined,
  { method, path, headers, body }: Question,
  timeoutMs: number,
): Promise<number> {
  if (at === undefined) throw new RangeError("a publisher needs an origin");
  return new Promise((resolve) => {
    const request = httpRequest(
      {
        host: at.host,
        port: at.port,
        agent,
        method,
        path,
        signal: AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs))),
        headers: { ...headers, ...(method === "PUT" ? { "content-length": body.length } : {}) },
      },
      (response) => {
        response.resume();
        response.on("error", () => resolve(0));
        response.on("end", () => resolve(response.statusCode ?? 0));
        response.on("close", () => resolve(0));
      },
    );
    request.on("error", () => resolve(0));
    request.end(body);
  });
}
