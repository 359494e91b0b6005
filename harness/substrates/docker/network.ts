/** A run's own isolated network, in the first free part of 198.18.0.0/15. */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import type Docker from "dockerode";
import { SeawallError } from "../../base/errors.ts";
import type { Layout } from "../../target/layout.ts";
import { type Addresses, addressesOf, overlap, routesIn, runSlots } from "./addresses.ts";
import { engineError, isGone } from "./engine.ts";
import { labelsOf, nameOf, type Recorder } from "./labels.ts";

export interface RunNetwork {
  readonly id: string;
  readonly addresses: Addresses;
  remove(): Promise<void>;
  /**
   * Disconnects a container while its processes keep running. The returned function reconnects it
   * at its address and is idempotent.
   */
  disconnect(container: string, host: string): Promise<() => Promise<void>>;
}

/**
 * The engine refuses a network with overlapping addresses, so the first to create it owns the slot.
 */
export async function makeNetwork(
  docker: Docker,
  layout: Layout,
  runId: string,
  record: Recorder,
): Promise<RunNetwork> {
  const name = nameOf(runId, "network");
  const taken = await takenSubnets(docker);
  const skipped: string[] = [];
  const undone = record("network", name);
  for (let slot = 0; slot < runSlots; slot++) {
    const addresses = addressesOf(layout, slot);
    const holder = taken.find((one) => overlap(one.subnet, addresses.subnet));
    if (holder !== undefined) {
      skipped.push(`${addresses.subnet} belongs to ${holder.name}`);
      continue;
    }
    try {
      const network = await docker.createNetwork({
        Name: name,
        CheckDuplicate: true,
        Driver: "bridge",
        Internal: true,
        Labels: labelsOf(runId, "network"),
        IPAM: {
          Driver: "default",
          Config: [{ Subnet: addresses.subnet, Gateway: addresses.gateway }],
        },
      });
      return {
        id: network.id,
        addresses,
        disconnect: (container, host) => disconnected(network, container, host),
        remove: async () => {
          await network.remove().catch((error: unknown) => {
            if (!isGone(error)) throw engineError(error, `remove the network ${name}`);
          });
          undone();
        },
      };
    } catch (error) {
      const refusal = engineError(error, `make the network ${name}`);
      if (!/overlap|conflict/i.test(refusal.message)) throw refusal;
      skipped.push(`${addresses.subnet} is used by another`);
    }
  }
  throw new SeawallError(
    "PORT_BUSY",
    `no room for the target's network:\n${skipped.map((line) => `  - ${line}`).join("\n")}`,
    {
      hint:
        "`seawall recover` removes what earlier runs left; `docker network ls` shows the " +
        "others.",
    },
  );
}

/** A disconnected container is removed like any other, so the undo of a run needs no reconnect. */
async function disconnected(
  network: Docker.Network,
  container: string,
  host: string,
): Promise<() => Promise<void>> {
  await network.disconnect({ Container: container, Force: true }).catch((error: unknown) => {
    throw engineError(error, "take a zone off its network");
  });
  let back: Promise<void> | null = null;
  return () => {
    back ??= network
      .connect({ Container: container, EndpointConfig: { IPAMConfig: { IPv4Address: host } } })
      .catch((error: unknown) => {
        back = null;
        throw engineError(error, "put a zone back on its network");
      });
    return back;
  };
}

/** Subnets of the engine, and of other networks of this machine. */
async function takenSubnets(docker: Docker): Promise<{ name: string; subnet: string }[]> {
  const networks = await docker.listNetworks().catch((error: unknown) => {
    throw engineError(error, "list its networks");
  });
  const ofEngine = networks.flatMap(({ Name, IPAM }) =>
    (IPAM?.Config ?? []).flatMap(({ Subnet }) =>
      Subnet === undefined || Subnet.includes(":")
        ? []
        : [{ name: `the network ${Name}`, subnet: Subnet }],
    ),
  );
  const ofMachine = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).flatMap(({ family, cidr }) =>
      family === "IPv4" && cidr !== null ? [{ name: `the interface ${name}`, subnet: cidr }] : [],
    ),
  );
  return [...ofEngine, ...ofMachine, ...routes()];
}

/**
 * Node lists no interface that is down, such as the bridge of a killed engine, but its route would
 * still take our packets.
 */
function routes(): { name: string; subnet: string }[] {
  try {
    return routesIn(readFileSync("/proc/net/route", "utf8"));
  } catch {
    return [];
  }
}
