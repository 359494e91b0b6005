/**
 * How the harness looks at a running target from outside, and what it sees: one short exchange with
 * a port, or a bare connection.
 */
import type { Endpoint, Ping } from "./layout.ts";

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

/** `silent`: neither accepted nor refused within the time. */
export type Connection = "accepted" | "refused" | "silent";

/** How the harness looks at a running target from outside. Nothing here rejects. */
export interface Observer {
  ping(endpoint: Endpoint, ping: Ping, timeoutMs: number): Promise<Pong>;
  tryConnect(endpoint: Endpoint, timeoutMs: number): Promise<Connection>;
  /** Bytes per second that a port takes on one connection; 0 when it answers nothing. */
  rateOf(endpoint: Endpoint, ping: Ping, bytes: number, timeoutMs: number): Promise<number>;
  /** Null where this machine cannot see the process. */
  cpuSecondsOf(pid: number): number | null;
}

export function describePong(pong: Pong): string {
  switch (pong.outcome) {
    case "answered":
      return `answered after ${pong.tookMs.toFixed(pong.tookMs < 10 ? 1 : 0)} ms`;
    case "refused":
      return "refused the connection";
    case "closed":
      return "closed the connection";
    case "reset":
      return "reset the connection";
    case "silent":
      return "accepted the connection and sent nothing";
    case "unreachable":
      return "could not be reached";
  }
}
