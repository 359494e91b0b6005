/**
 * A zone as a machine of its own: one container that does nothing but hold a network interface with
 * the addresses of all services of the zone. Services come and go on it as processes do on a
 * machine, so that a dead one refuses connections instead of vanishing.
 */
import type { DeployRequest } from "../substrate.ts";
import type { Addresses } from "./addresses.ts";
import { Container, type ContainerOptions } from "./container.ts";
import { SeawallError } from "../../base/errors.ts";

const addressedWithinMs = 15_000;

export async function makeZone(
  zone: string,
  layout: DeployRequest["layout"],
  addresses: Addresses,
  network: string,
  options: Pick<ContainerOptions, "docker" | "runId" | "image" | "record" | "logFile">,
): Promise<Container> {
  const own = layout.services
    .filter((service) => service.zone === zone)
    .map((service) => addresses.host(service.name));
  // Not on the interface to the network, which goes away with its addresses when the zone is cut
  // off: the zone's own traffic goes on, and all that comes back is one interface. The kernel
  // answers for an address on whichever interface it is asked.
  const lines = [
    ...own.map((host) => `ip address add ${host}/32 dev lo`),
    "echo addressed",
    "exec sleep infinity",
  ];
  return Container.create({
    ...options,
    what: `zone-${zone}`,
    command: ["/bin/sh", "-e", "-c", lines.join("\n")],
    env: {},
    directory: "/",
    user: "0",
    host: { NetworkMode: network, CapAdd: ["NET_ADMIN"], Memory: 64 * 2 ** 20 },
    address: { network, host: addresses.zones.get(zone) ?? "" },
  });
}

/** Resolves when the zone has all its addresses. */
export async function startZone(zone: Container, signal: AbortSignal): Promise<void> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(addressedWithinMs)]);
  await new Promise<void>((resolve, reject) => {
    late.addEventListener(
      "abort",
      () =>
        reject(
          signal.aborted
            ? signal.reason
            : new SeawallError(
                "ENGINE_FAILED",
                `${zone.name} did not get its addresses within ${addressedWithinMs / 1000} s`,
              ),
        ),
      { once: true },
    );
    zone.start(resolve).catch(reject);
  });
}
