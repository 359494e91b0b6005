/**
 * How the harness observes a running target from outside: one short exchange with a port, or a bare
 * connection.
 */
import type { Endpoint, Ping } from "./layout.ts";

export type Pong =
  /** The first bytes of a reply arrived `tookMs` after the start of the connection. */
  | { readonly outcome: "answered"; readonly tookMs: number }
  | { readonly outcome: "refused" }
  /** The other side closed or reset the connection before any reply. */
  | { readonly outcome: "closed" }
  | { readonly outcome: "reset" }
  /** Connected, but no reply within the timeout. */
  | { readonly outcome: "silent" }
  /** No connection within the timeout. */
  | { readonly outcome: "unreachable" };

/** One GET. */
export interface Asking {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For the whole exchange. What has arrived until then counts. */
  readonly timeoutMs: number;
}

/** An answer as its client sees it. */
export interface SeenAnswer {
  readonly outcome: "answered";
  readonly status: number;
  readonly type: string | null;
  readonly firstByteMs: number;
  readonly tookMs: number;
  /** As announced; null without an announcement. */
  readonly announcedBytes: number | null;
  readonly bytes: number;
  /** `open`: the time was over before its end. */
  readonly ended: "whole" | "brokenOff" | "reset" | "open";
  /** In hex, of what arrived. */
  readonly sha256: string;
  /** The body, if it is a text of at most a megabyte. */
  readonly text: string | null;
}
/** The client does not trust the certificate; `code` says why: `CERT_HAS_EXPIRED`. */
interface Distrusted {
  readonly outcome: "distrusted";
  readonly code: string;
}
export type Seen = SeenAnswer | Exclude<Pong, { readonly outcome: "answered" }> | Distrusted;

export function describeSeen(seen: Seen): string {
  if (seen.outcome === "distrusted") return `is not trusted (${seen.code})`;
  if (seen.outcome !== "answered") return describePong(seen);
  const { status, type, bytes, firstByteMs, ended } = seen;
  const how = { whole: "", brokenOff: ", broken off", reset: ", reset", open: " so far" }[ended];
  return (
    `has status ${status} after ${Math.round(firstByteMs)} ms, ` +
    `${type ?? "no type"}, ${bytes} bytes${how}`
  );
}

/** `silent`: neither accepted nor refused within the timeout. */
export type Connection = "accepted" | "refused" | "silent";

/** Observes a running target from outside. No method rejects. */
export interface Observer {
  ping(endpoint: Endpoint, ping: Ping, timeoutMs: number): Promise<Pong>;
  tryConnect(endpoint: Endpoint, timeoutMs: number): Promise<Connection>;
  /** Sends one GET, with a connection of its own. */
  ask(endpoint: Endpoint, asking: Asking): Promise<Seen>;
  /** Throughput of one connection to a port in bytes per second; 0 without an answer. */
  rateOf(endpoint: Endpoint, ping: Ping, bytes: number, timeoutMs: number): Promise<number>;
  /** Null if this machine cannot see the process. */
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
