/**
 * The TCP connections of some addresses, from the system's tables: open ones, and those closed
 * within the last minute. `ss` (iproute2) also reports the bytes of each open one. Without it,
 * /proc/net/tcp lists the connections only.
 */
import { readFile } from "node:fs/promises";
import { runWell } from "./child.ts";
import type { Endpoint } from "../target/layout.ts";

const withinMs = 3_000;
const outputBytesMax = 64 * 1024 * 1024;

export interface SeenConnection {
  /** The requested address, `127.0.0.1:20100`, and the other end. */
  readonly at: string;
  readonly other: string;
  /** Both directions together; null for a closed connection, or if bytes are not counted. */
  readonly bytes: number | null;
}

/** Runs `ss` with these arguments and returns its output. */
export type RunSs = (args: readonly string[]) => Promise<string>;

const runHere: RunSs = async (args) => {
  const { stdout } = await runWell("ss", args, { timeoutMs: withinMs, keptChars: outputBytesMax });
  return stdout;
};

/**
 * `bytesCounted`: whether `bytes` of an open connection is meaningful. Rejects if neither source
 * works.
 */
export interface SeenConnections {
  readonly connections: readonly SeenConnection[];
  readonly bytesCounted: boolean;
}

export async function connectionsAt(
  endpoints: readonly Endpoint[],
  run: RunSs = runHere,
): Promise<SeenConnections> {
  const addresses = new Set(endpoints.map(({ host, port }) => `${host}:${port}`));
  // The kernel applies the filter, so that the thousands of connections of the load are not read.
  const filter = [...addresses]
    .flatMap((address) => [`src ${address}`, `dst ${address}`])
    .join(" or ");
  try {
    return { connections: parseSs(await run(["-HOtina", filter]), addresses), bytesCounted: true };
  } catch (error) {
    const { cause } = error as { readonly cause?: NodeJS.ErrnoException };
    if (run !== runHere || cause?.code !== "ENOENT") throw error;
    return {
      connections: parseTable(await readFile("/proc/net/tcp", "latin1"), addresses),
      bytesCounted: false,
    };
  }
}

/**
 * One line per socket (`-O`): state, two queues, local and peer address, and internal information
 * (`-i`).
 */
export function parseSs(text: string, addresses: ReadonlySet<string>): SeenConnection[] {
  return text.split("\n").flatMap((line) => {
    const [state = "", , , local = "", peer = ""] = line.split(/\s+/, 5);
    if (state === "" || state === "LISTEN") return [];
    const number = (name: string): number | null => {
      const found = new RegExp(`\\b${name}:(\\d+)`).exec(line)?.[1];
      return found === undefined ? null : Number(found);
    };
    // Acknowledged bytes include the SYN as one byte, so they are the second choice.
    const sent = number("bytes_sent") ?? number("bytes_acked");
    const received = number("bytes_received");
    const isOpen = /\b(?:bytes_|rtt|cwnd)/.test(line);
    return pairOf(local, peer, addresses, isOpen ? (sent ?? 0) + (received ?? 0) : null);
  });
}

/** proc(5): addresses in hexadecimal, in the machine's byte order; 0A is LISTEN. */
export function parseTable(text: string, addresses: ReadonlySet<string>): SeenConnection[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, local = "", peer = "", state = ""] = line.trim().split(/\s+/, 4);
      if (local === "" || state === "0A") return [];
      return pairOf(addressOf(local), addressOf(peer), addresses, state === "01" ? 0 : null);
    });
}

function addressOf(hexadecimal: string): string {
  const [host = "", port = ""] = hexadecimal.split(":");
  const bytes = (host.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  return `${bytes.reverse().join(".")}:${Number.parseInt(port, 16)}`;
}

function pairOf(
  local: string,
  peer: string,
  addresses: ReadonlySet<string>,
  bytes: number | null,
): SeenConnection[] {
  if (addresses.has(local)) return [{ at: local, other: peer, bytes }];
  return addresses.has(peer) ? [{ at: peer, other: local, bytes }] : [];
}
