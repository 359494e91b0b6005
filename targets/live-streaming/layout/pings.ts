/**
 * Harmless requests to which a port answers quickly, and the operations that services of a kind
 * accept.
 */
import type { Operation, Ping } from "../../../harness/target/layout.ts";

/** Any answer counts, including a refusal. */
export const httpPing: Ping = {
  send: httpGet(""),
  padded: httpGet(`X-Padding: ${"x".repeat(3_000)}\r\n`),
};

/** The padding stays below Varnish's configured header limit. */
function httpGet(padding: string): string {
  return `GET /health/live HTTP/1.1\r\nHost: ping\r\n${padding}\r\n`;
}

/** Keys have at most 250 bytes. */
export const memcachedPing: Ping = { send: "version\r\n", padded: `get ${"x".repeat(240)}\r\n` };

/**
 * OPTIONS of the CQL native protocol v4: flags 0, stream 0, opcode 5. The answer is SUPPORTED,
 * before any login.
 */
export const cqlPing: Ping = { send: cqlOptions(0), padded: cqlOptions(4_096) };

/** Bytes after the header are ignored. */
function cqlOptions(bodyBytes: number): Uint8Array {
  const frame = new Uint8Array(9 + bodyBytes);
  frame.set([0x04, 0x00, 0x00, 0x00, 0x05]);
  new DataView(frame.buffer).setUint32(5, bodyBytes);
  return frame;
}

/** The time of an HTTP service: any answer carries it. */
export const httpClock: Operation = {
  kind: "http",
  port: "http",
  method: "GET",
  path: "/health/live",
  reads: "date",
};

/** One item, written and read back. All other items are private. */
export const memcachedCache: Readonly<Record<"fill" | "look" | "flush", Operation>> = {
  fill: {
    kind: "tcp",
    port: "memcached",
    send: "set seawall-mark 0 600 4\r\nmark\r\n",
    expect: /^STORED\r\n/,
  },
  look: {
    kind: "tcp",
    port: "memcached",
    send: "get seawall-mark\r\n",
    expect: /(?:^|\n)(VALUE|END)/,
    means: { VALUE: "hit", END: "miss" },
  },
  flush: { kind: "tcp", port: "memcached", send: "flush_all\r\n", expect: /^OK\r\n/ },
};
