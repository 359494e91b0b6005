/**
 * An HTTP listener with limits. Slow headers, slow bodies and idle connections are closed. A drain
 * lets open requests finish.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { EndpointSettings } from "./configuration.ts";

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export interface Listener {
  readonly server: Server;
  /** Accepts no new connection, closes idle ones, and resolves when the last request ends. */
  drain(): Promise<void>;
}

/**
 * Beyond this, new connections are closed at once. Each costs memory, and a descriptor that a store
 * connection may need.
 */
const connectionsMax = 8_192;

export async function listen(
  at: EndpointSettings,
  handle: Handler,
  onError: (error: unknown) => void,
): Promise<Listener> {
  const server = createServer({
    // Above Varnish's 60 s for idle backend connections, or it would pick one that is just closing.
    keepAliveTimeout: 75_000,
    headersTimeout: 5_000,
    requestTimeout: 10_000,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: 8 * 1024,
    noDelay: true,
  });
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const failed = (error: unknown): void => {
      onError(error);
      if (response.headersSent) response.destroy();
      else reply(response, 500, "internal error\n");
    };
    // Most answers are synchronous, and a promise for each would be a good part of their cost.
    try {
      handle(request, response)?.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
  server.on("request", onRequest);
  // Otherwise Node would request the body before any check of the head; see continueIfAsked.
  server.on("checkContinue", onRequest);
  server.maxRequestsPerSocket = 0;
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: at.host, port: at.port, backlog: 2048 }, () => resolve());
  });
  return {
    server,
    drain: () =>
      new Promise((resolve) => {
        // A connection becomes idle only after its last answer, and no event reports that.
        const closing = setInterval(() => server.closeIdleConnections(), 50);
        server.close(() => {
          clearInterval(closing);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

export function reply(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/** A client that sent `Expect: 100-continue` sends its body only after this. */
export function continueIfAsked(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.expect !== undefined && !response.headersSent) response.writeContinue();
}

export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? "/";
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

export function header(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === "string" ? value : null;
}
