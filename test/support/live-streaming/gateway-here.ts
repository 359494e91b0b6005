/** A gateway in this process, with edges that can be lost, for tests. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listen } from "../../../targets/live-streaming/service/server.ts";
import type { GatewayConfiguration } from "../../../targets/live-streaming/gateway/configuration.ts";
import { createGateway, type Gateway } from "../../../targets/live-streaming/gateway/gateway.ts";

export interface StubEdge {
  readonly port: number;
  readonly server: Server;
}

/** Answers `/health/ready` while it lives. */
export async function stubEdge(): Promise<StubEdge> {
  const server = createServer((_request, response) => response.end("ready"));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, server };
}

export async function lose({ server }: StubEdge): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

const on: GatewayConfiguration["defences"] = {
  backoffGuidance: true,
  admission: true,
  steering: true,
  jitter: true,
  boundedIngest: true,
};
export type GatewayDefence = keyof typeof on;

/** Settings for a gateway of region-a. `edgePorts` are those of region-a, region-b… */
export function gatewaySettings(
  directory: string,
  ports: { http: number; control: number },
  edgePorts: readonly number[],
  without: readonly GatewayDefence[] = [],
  more: Partial<GatewayConfiguration> = {},
): GatewayConfiguration {
  return {
    name: "region-a/gateway",
    region: "region-a",
    event: "main",
    renditions: [
      { name: "v720", kind: "video", bitsPerSecond: 1_500_000 },
      { name: "v360", kind: "video", bitsPerSecond: 500_000 },
      { name: "audio", kind: "audio", bitsPerSecond: 96_000 },
    ],
    listen: { host: "127.0.0.1", port: ports.http },
    control: { host: "127.0.0.1", port: ports.control },
    controlToken: "control",
    tokenKey: "a key for tests only",
    edges: edgePorts.map((port, index) => {
      const region = `region-${"abc"[index]}`;
      return {
        name: `${region}/edge`,
        region,
        poll: { host: "127.0.0.1", port },
        url: `http://127.0.0.1:${port}`,
        capacityBitsPerSecond: 100e9,
      };
    }),
    requestMsMin: 0,
    writeMsMin: 0,
    signers: 1,
    keyCost: 2_048,
    startMsMin: 0,
    sessionsMax: 10_000,
    connectedMax: 10_000,
    eventsQueueMax: 20_000,
    eventsFile: join(directory, "events.ndjson"),
    defences: { ...on, ...Object.fromEntries(without.map((name) => [name, false])) },
    ...more,
  };
}

export interface GatewayHere extends AsyncDisposable {
  readonly base: string;
  readonly control: string;
  readonly gateway: Gateway;
  readonly eventsFile: string;
}

export async function gatewayHere(
  edgePorts: readonly number[],
  without: readonly GatewayDefence[] = [],
  more: Partial<GatewayConfiguration> = {},
): Promise<GatewayHere> {
  const directory = mkdtempSync(join(tmpdir(), "seawall-gateway-"));
  const settings = gatewaySettings(directory, { http: 1, control: 1 }, edgePorts, without, {
    keyCost: 2,
    ...more,
  });
  const quiet = (): void => undefined;
  const gateway = await createGateway(settings, {
    log: quiet,
    quietLog: quiet,
    draining: () => false,
    loopBusyMs: () => 0,
  });
  const anywhere = { host: "127.0.0.1", port: 0 };
  const listeners = [
    await listen(anywhere, gateway.serve, quiet),
    await listen(anywhere, gateway.control, quiet),
  ] as const;
  const ending = new AbortController();
  gateway.maintain(ending.signal);
  const [base, control] = listeners.map(
    ({ server }) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  ) as [string, string];
  return {
    base,
    control,
    gateway,
    eventsFile: settings.eventsFile,
    async [Symbol.asyncDispose]() {
      ending.abort();
      gateway.closeChannels();
      for (const { server } of listeners) server.closeAllConnections();
      await Promise.all(listeners.map((listener) => listener.drain()));
      await gateway.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
