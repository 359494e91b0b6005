/**
 * Claims the first slot with free ports, so that two runs on one machine do not interfere. The
 * system arbitrates: one process of the machine can bind a UDP port, whatever its cache folder, and
 * the port is released with it. A run in another network namespace has other ports.
 */
import { createSocket, type Socket } from "node:dgram";
import { SeawallError } from "../../base/errors.ts";
import type { UndoLedger } from "../../record/undo.ts";
import type { Endpoint, Layout } from "../../target/layout.ts";
import { bindProblem, holderOf } from "../../system/network.ts";
import { statOf } from "../../system/processes.ts";
import { type Addresses, addressesOf, slots } from "./addresses.ts";

export interface ClaimedSlot {
  readonly addresses: Addresses;
  /** Why the slots before this one could not be used. */
  readonly skipped: readonly string[];
  /**
   * Clock ticks from boot to the start of the claiming process: a later listener on a port of the
   * slot is younger.
   */
  readonly sinceTicks: number;
  release(): void;
}

/**
 * `answers`: links with an HTTP proxy, by name. `claimHost`: the address whose UDP ports are the
 * claims.
 */
export async function claimSlot(
  layout: Layout,
  undo: UndoLedger,
  answers: ReadonlySet<string> = new Set(),
  claimHost = "127.0.0.1",
): Promise<ClaimedSlot> {
  const skipped: string[] = [];
  const sinceTicks = statOf(process.pid)?.startTicks ?? 0;
  for (let slot = 0; slot < slots; slot++) {
    const addresses = addressesOf(layout, slot, answers);
    const claim = await claimed({ host: claimHost, port: addresses.proxyControl.port });
    if (claim === null) {
      skipped.push(`slot ${slot} belongs to another run`);
      continue;
    }
    let portsUndone = (): void => {};
    const release = (): void => {
      portsUndone();
      claim.close();
    };
    try {
      const problem = await firstProblem(addresses.all);
      if (problem === null) {
        portsUndone = undo.record({ kind: "ports", endpoints: addresses.all });
        return { addresses, skipped, sinceTicks, release };
      }
      skipped.push(problem);
    } catch (error) {
      release();
      throw error;
    }
    release();
  }
  throw new SeawallError(
    "PORT_BUSY",
    `no room for the target on this machine:\n${skipped.map((line) => `  - ${line}`).join("\n")}`,
    {
      hint: "Stop what holds these ports; if an earlier run left it, run `seawall recover`.",
    },
  );
}

/**
 * The port stays bound until it is closed, or this process ends; null if another process has it.
 */
function claimed({ host, port }: Endpoint): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => resolve(null));
    socket.bind({ address: host, port, exclusive: true }, () => {
      // No packets are expected there.
      socket.removeAllListeners("error").on("error", () => {});
      socket.unref();
      resolve(socket);
    });
  });
}

async function firstProblem(endpoints: readonly Endpoint[]): Promise<string | null> {
  for (const endpoint of endpoints) {
    const code = await bindProblem(endpoint);
    if (code === null) continue;
    const where = `${endpoint.host}:${endpoint.port}`;
    if (code === "EADDRNOTAVAIL") {
      throw new SeawallError(
        "PORT_BUSY",
        `the loopback address ${endpoint.host} does not exist on this machine`,
        {
          hint:
            "Only Linux answers on all of 127.0.0.0/8; elsewhere add the address: sudo " +
            `ifconfig lo0 alias ${endpoint.host}`,
        },
      );
    }
    const holder = code === "EADDRINUSE" ? holderOf(endpoint.port) : null;
    return code === "EADDRINUSE"
      ? `port ${where} is busy${holder === null ? "" : `: held by ${holder}`}`
      : `port ${where} cannot be used (${code})`;
  }
  return null;
}
