/**
 * One short exchange with a port: whether it answers, how soon, and how the connection fails
 * otherwise.
 */
import { connect } from "node:net";
import { markOwn } from "./own-connections.ts";
import type { Pong } from "../target/observer.ts";
import type { Endpoint, Ping } from "../target/layout.ts";

/** Never rejects. */
export function ping(endpoint: Endpoint, { send }: Ping, timeoutMs: number): Promise<Pong> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    let connected = false;
    const socket = connect({ host: endpoint.host, port: endpoint.port, noDelay: true });
    const end = (pong: Pong): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(pong);
    };
    const late = setTimeout(
      () => end({ outcome: connected ? "silent" : "unreachable" }),
      timeoutMs,
    );
    socket.once("connect", () => {
      connected = true;
      markOwn(socket);
      socket.write(send);
    });
    socket.once("data", () => end({ outcome: "answered", tookMs: performance.now() - startedMs }));
    socket.once("end", () => end({ outcome: "closed" }));
    socket.once("error", ({ code }: NodeJS.ErrnoException) =>
      end({ outcome: lost(code, connected) }),
    );
  });
}

/** A reset may follow the connection so quickly that no connect event is emitted. */
function lost(code: string | undefined, connected: boolean): "refused" | "reset" | "unreachable" {
  if (code === "ECONNREFUSED") return "refused";
  return connected || code === "ECONNRESET" || code === "EPIPE" ? "reset" : "unreachable";
}

/** Bytes per send; more than a socket's buffer would only wait there. */
const bunchBytes = 64 * 1024;

/**
 * Throughput of one connection to a port in bytes per second, by its replies. It sends padded pings
 * without waiting, `bytes` in all. Data without a reply within `timeoutMs` does not count; 0
 * without any reply. Never rejects.
 */
export function rateOf(
  endpoint: Endpoint,
  { send, padded = send }: Ping,
  bytes: number,
  timeoutMs: number,
): Promise<number> {
  return new Promise((resolve) => {
    const one = Buffer.from(padded);
    const total = Math.max(2, Math.ceil(bytes / one.length));
    let sent = 0,
      received = 0,
      replyBytes = 0,
      startedMs = 0,
      lastMs = 0;
    const socket = connect({ host: endpoint.host, port: endpoint.port, noDelay: true });
    const answered = (): number => (replyBytes === 0 ? 0 : received / replyBytes - 1);
    const end = (): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(
        answered() <= 0
          ? 0
          : (Math.min(total, answered()) * one.length * 1000) / Math.max(0.01, lastMs - startedMs),
      );
    };
    const more = (): void => {
      while (sent < total && socket.writableLength < bunchBytes) {
        socket.write(one);
        sent += 1;
      }
    };
    const late = setTimeout(end, timeoutMs);
    socket.once("connect", () => {
      markOwn(socket);
      socket.write(one);
    });
    socket.on("drain", more);
    socket.on("data", (part: Buffer) => {
      received += part.length;
      lastMs = performance.now();
      // The first reply arrives alone, so it determines the length of one.
      if (replyBytes === 0) {
        replyBytes = part.length;
        startedMs = lastMs;
        more();
      } else if (answered() >= total - 0.5) end();
    });
    socket.once("end", end);
    socket.once("error", end);
  });
}
