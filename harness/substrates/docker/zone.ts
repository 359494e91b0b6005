/**
 * A zone as a machine of its own: a container that only holds a network interface with the
 * addresses of all its services. Services start and stop on it as processes do on a machine. So a
 * dead one refuses connections instead of vanishing.
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
  // Not on the interface to the network, whose addresses vanish when the zone is disconnected. Here
  // the zone's own traffic continues, and a reconnect restores a single interface. The kernel
  // answers for an address on whichever interface receives the request.
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
