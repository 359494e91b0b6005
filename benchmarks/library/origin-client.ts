/**
 * Calls an origin as a packager and as an edge do, and times each answer from the request to its
 * last byte.
 */
import { createHash, randomBytes } from "node:crypto";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { once } from "node:events";
import type { Endpoint } from "../../harness/target/layout.ts";

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

export interface Timed {
  readonly status: number;
  readonly bytes: number;
  readonly tookMs: number;
}

export function ask(
  at: Endpoint,
  method: string,
  path: string,
  headers: Readonly<Record<string, string | number>> = {},
  body?: Buffer,
): Promise<Timed> {
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: at.host,
        port: at.port,
        agent,
        method,
        path,
        headers,
        signal: AbortSignal.timeout(20_000),
      },
      (response) => {
        let bytes = 0;
        response.on("data", (part: Buffer) => (bytes += part.length));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, bytes, tookMs: performance.now() - startMs }),
        );
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

export function put(at: Endpoint, path: string, pipeline: string, body: Buffer): Promise<Timed> {
  return ask(
    at,
    "PUT",
    path,
    {
      "x-sha256": createHash("sha256").update(body).digest("hex"),
      "x-pipeline": pipeline,
      "x-defects": "",
      "x-token": `${Date.now()}-${randomBytes(16).toString("hex")}`,
      "content-length": body.length,
    },
    body,
  );
}

export const get = (at: Endpoint, path: string): Promise<Timed> => ask(at, "GET", path);

/** Empties a memcached, so that the next read comes from the store. */
export async function flush(at: Endpoint): Promise<void> {
  const socket = connect(at.port, at.host);
  socket.end("flush_all\r\nquit\r\n");
  socket.resume();
  await once(socket, "close");
}
