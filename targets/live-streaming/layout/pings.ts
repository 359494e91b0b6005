/** What can be said to a port so that it answers shortly and nothing changes. */
import type { Ping } from "../../../harness/core/target.ts";

/** Any answer will do, a refusal as well. */
export const httpPing: Ping = { send: "GET /health/live HTTP/1.1\r\nHost: ping\r\n\r\n" };

export const memcachedPing: Ping = { send: "version\r\n" };

/** OPTIONS of the CQL native protocol v4: flags 0, stream 0, opcode 5, no body; answered with SUPPORTED before any login. */
export const cqlPing: Ping = { send: Uint8Array.of(0x04, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00) };
