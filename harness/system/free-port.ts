/** Free ports for programs that must know theirs before they start. */
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import type { Endpoint } from "../target/layout.ts";
import { bindProblem } from "./network.ts";

/**
 * Above the conventional ports of system services, and below those that the process substrate
 * assigns to services and links.
 */
const lowestPort = 10_240;
const highestPort = 16_383;
const triesMax = 200;

export interface PortRange {
  readonly from: number;
  /** Exclusive end of the range. */
  readonly to: number;
}

/**
 * A port that stays free until the caller's program binds it, however long that takes. It lies
 * outside the system's range for outgoing connections. While this process lives, other callers, in
 * any process, skip it. Throws if none is left, or if the address is not of this machine.
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
 * Claims the number by binding the same UDP port: released with this process, never in conflict
 * with TCP use.
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
 * If the system uses nearly all of these ports for outgoing connections, any port is acceptable.
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
    // On systems other than Linux: the start of IANA's dynamic range (RFC 6335).
    return 49_152;
  }
}
