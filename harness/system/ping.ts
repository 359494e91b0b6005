/** One short exchange with a port: does it answer, how soon, and what becomes of the connection if it does not. */
import { connect } from "node:net";
import type { Endpoint, Ping } from "../core/target.ts";

export type Pong =
  /** The first bytes of a reply came after `tookMs`, counted from the moment of connecting. */
  | { readonly outcome: "answered"; readonly tookMs: number }
  | { readonly outcome: "refused" }
  /** Closed or reset by the other side before anything came. */
  | { readonly outcome: "closed" }
  | { readonly outcome: "reset" }
  /** Connected, and nothing came within the time. */
  | { readonly outcome: "silent" }
  /** Not even a connection within the time. */
  | { readonly outcome: "unreachable" };

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
    const late = setTimeout(() => end({ outcome: connected ? "silent" : "unreachable" }), timeoutMs);
    socket.once("connect", () => {
      connected = true;
      socket.write(send);
    });
    socket.once("data", () => end({ outcome: "answered", tookMs: performance.now() - startedMs }));
    socket.once("end", () => end({ outcome: "closed" }));
    socket.once("error", (error: NodeJS.ErrnoException) => end({ outcome: error.code === "ECONNREFUSED" ? "refused" : connected ? "reset" : "unreachable" }));
  });
}

export function describePong(pong: Pong): string {
  switch (pong.outcome) {
    case "answered": return `answered after ${pong.tookMs.toFixed(pong.tookMs < 10 ? 1 : 0)} ms`;
    case "refused": return "refused the connection";
    case "closed": return "closed the connection";
    case "reset": return "reset the connection";
    case "silent": return "took the connection and kept silent";
    case "unreachable": return "could not be reached";
  }
}
