/**
 * A link within a compose project. A Toxiproxy in a container of the run takes the names of the
 * service at its end, so that others connect to the proxy. The service keeps the name of its
 * container, by which the proxy reaches it.
 */
import { readFile } from "node:fs/promises";
import type Docker from "dockerode";
import { SeawallError } from "../../base/errors.ts";
import type { Clock, LinkHandle } from "../../target/deployment.ts";
import { type Endpoint, type Link, usersSide } from "../../target/layout.ts";
import { linkName } from "../../target/where.ts";
import { parseTable, type SeenConnections } from "../../system/sockets.ts";
import { Container, type ContainerOptions } from "../docker/container.ts";
import { proxyService } from "../proxy/service.ts";
import { LinkProxy } from "../proxy/toxiproxy.ts";
import { untilReady } from "../ready.ts";
import type { ComposeInstance } from "./instance.ts";
import { sharingProblem } from "./project.ts";

/** A port that no service under its name uses. */
const controlPort = 8_474;

export interface LinkOptions
  extends Pick<ContainerOptions, "docker" | "runId" | "image" | "record" | "logFile"> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface MadeLink {
  readonly handle: LinkHandle;
  readonly proxy: Container;
}

/** `from` is null for the users. */
export async function makeLink(
  link: Link,
  from: ComposeInstance | null,
  to: ComposeInstance,
  options: LinkOptions,
): Promise<MadeLink> {
  const { network, name, aliases } = await sharedNetwork(link, from, to);
  const port = to.inside(link.port).port;
  const proxy = await Container.create({
    ...options,
    what: `proxy-${linkName(link)}`,
    command: ["/toxiproxy-server", "-host", "0.0.0.0", "-port", String(controlPort)],
    env: { LOG_LEVEL: "error" },
    directory: "/",
    user: "0",
    host: { NetworkMode: name, Init: false, Memory: 128 * 2 ** 20, CapAdd: ["NET_BIND_SERVICE"] },
    ...(from === null ? {} : { address: { network: name, aliases } }),
  });
  await proxy.start();
  const host = await addressOf(options.docker, proxy, network);
  const control = { host, port: controlPort };
  const problem = await untilReady(proxyService, () => control, options.clock, options.signal);
  if (problem !== null)
    throw new SeawallError(
      "PROXY_FAILED",
      `Toxiproxy does not start in its container: ${problem}`,
      {
        hint: "Look at logs/ in the run directory.",
      },
    );
  const [handle] = await new LinkProxy(control).create([
    {
      link,
      listen: { host, port },
      upstream: { host: to.containerName, port },
      exit: to.inside(link.port),
    },
  ]);
  if (handle === undefined) throw new Error(`the link ${linkName(link)} was not made`);
  if (from === null) return { handle, proxy };
  // Its clients may have kept the address that they looked up before. The last change is reverted
  // first, so that they look again when the service has its name back.
  const lookAgain = from.willLookAgain(options.signal);
  await to.reconnect(network, []);
  await lookAgain();
  return { handle: moved(handle, () => to.inside(link.port)), proxy };
}

/** The service behind the proxy may change its address. */
function moved(handle: LinkHandle, exit: () => Endpoint): LinkHandle {
  return {
    link: handle.link,
    entry: handle.entry,
    get exit() {
      return exit();
    },
    impose: (toxic) => handle.impose(toxic),
    observe: (what) => handle.observe(what),
    cut: () => handle.cut(),
    restore: () => handle.restore(),
  };
}

async function sharedNetwork(
  link: Link,
  from: ComposeInstance | null,
  to: ComposeInstance,
): Promise<{ network: string; name: string; aliases: string[] }> {
  const [ours, theirs] = await Promise.all([to.networks(), from?.networks()]);
  const shared = [...ours].filter(([id]) => theirs?.has(id) ?? true);
  const [first, second] = shared;
  if (first === undefined || (second !== undefined && from !== null))
    throw new SeawallError("SERVICE_FAILED", sharingProblem(link, shared.length), {
      hint: `Only ${usersSide} reach a service by its address. Leave the link out.`,
    });
  const [network, { name, aliases }] = first;
  return { network, name, aliases: aliases.filter((alias) => alias !== to.containerName) };
}

async function addressOf(docker: Docker, { id }: Container, network: string): Promise<string> {
  const { NetworkSettings } = await docker.getContainer(id).inspect();
  const found = Object.values(NetworkSettings.Networks).find(
    ({ NetworkID }) => NetworkID === network,
  );
  const address = found?.IPAddress ?? "";
  if (address === "")
    throw new SeawallError("PROXY_FAILED", "Toxiproxy has no address in its container's network");
  return address;
}

/** The connections at the proxied ends, from the tables of their own networks. */
export async function connectionsIn(
  proxies: readonly Container[],
  endpoints: readonly Endpoint[],
): Promise<SeenConnections> {
  const addresses = new Set(endpoints.map(({ host, port }) => `${host}:${port}`));
  const tables = await Promise.all(
    proxies.map(({ pid }) => readFile(`/proc/${pid}/net/tcp`, "latin1")),
  );
  const connections = tables.flatMap((table) => parseTable(table, addresses));
  return { connections, bytesCounted: false };
}
