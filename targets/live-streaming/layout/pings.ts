/**
 * What can be said to a port so that it answers shortly and nothing changes, and what services of a
 * kind can be told to do.
 */
import type { Operation, Ping } from "../../../harness/target/layout.ts";

/** Any answer will do, a refusal as well. */
export const httpPing: Ping = {
  send: httpGet(""),
  padded: httpGet(`X-Padding: ${"x".repeat(3_000)}\r\n`),
};

/** The padding stays below the longest header that Varnish is told to take. */
function httpGet(padding: string): string {
  return `GET /health/live HTTP/1.1\r\nHost: ping\r\n${padding}\r\n`;
}

/** Keys are 250 bytes at most. */
export const memcachedPing: Ping = { send: "version\r\n", padded: `get ${"x".repeat(240)}\r\n` };

/**
 * OPTIONS of the CQL native protocol v4: flags 0, stream 0, opcode 5; answered with SUPPORTED
 * before any login.
 */
export const cqlPing: Ping = { send: cqlOptions(0), padded: cqlOptions(4_096) };

/** Whatever follows the header is passed over. */
function cqlOptions(bodyBytes: number): Uint8Array {
  const frame = new Uint8Array(9 + bodyBytes);
  frame.set([0x04, 0x00, 0x00, 0x00, 0x05]);
  new DataView(frame.buffer).setUint32(5, bodyBytes);
  return frame;
}

/** What an HTTP service says of the time: any answer carries it. */
export const httpClock: Operation = {
  kind: "http",
  port: "http",
  method: "GET",
  path: "/health/live",
  reads: "date",
};

/** One item, put in and looked for; every other is none of anybody's business. */
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
