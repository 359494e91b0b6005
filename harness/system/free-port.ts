/** Ports for programs that must be told theirs before they start. */
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import type { Endpoint } from "../target/layout.ts";
import { bindProblem } from "./network.ts";

/**
 * Above what a system's services have by convention, and below what the process substrate gives
 * services and links, which it does not claim.
 */
const lowestPort = 10_240;
const highestPort = 16_383;
const triesMax = 200;

export interface PortRange {
  readonly from: number;
  /** No longer of the range. */
  readonly to: number;
}

/**
 * A port that stays free until the caller's program takes it, however long that starts. The system
 * gives outgoing connections whatever is free in a range of its own, so it is not of that; and any
 * other caller, in this process or another, passes it over for as long as this process lives.
 * Throws where none is left, or the address is not of this machine.
 */
export async function freePort(
  host: string,
  { from, to }: PortRange = portsToChoose(),
): Promise<number> {
  let problem: string | null = null;
  for (let tries = 0; tries < triesMax; tries += 1) {
    const port = randomInt(from, to);
    problem = (await claimProblem({ host, port })) ?? (await bindProblem({ host, port }));
    if (problem === null) return port;
  }
  throw new Error(`no free port of ${host} was found (${problem})`);
}

/**
 * By the UDP port of that number, which goes with this process, and which nobody wants who was
 * given a port for TCP.
 */
function claimProblem({ host, port }: Endpoint): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.unref();
      resolve(null);
    });
  });
}

/**
 * Where a system gives nearly all of these to outgoing connections, it was set up so, and any must
 * do.
 */
export function portsToChoose(): PortRange {
  const first = firstOutgoingPort();
  return {
    from: lowestPort,
    to: first >= lowestPort + 1_000 ? Math.min(first, highestPort + 1) : highestPort + 1,
  };
}

export function firstOutgoingPort(): number {
  try {
    return Number(
      readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").trim().split(/\s+/)[0],
    );
  } catch {
    // Elsewhere than on Linux: where IANA has them begin (RFC 6335).
    return 49_152;
  }
}
