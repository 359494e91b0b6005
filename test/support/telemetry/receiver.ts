/** A small receiver of OpenTelemetry, which notes what comes and when. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metric } from "../../../harness/telemetry/points.ts";
import type { ExportRequest } from "../../../harness/telemetry/requests.ts";

export interface Received {
  readonly atMs: number;
  readonly metrics: readonly Metric[];
}

export async function startReceiver(): Promise<
  AsyncDisposable & { readonly url: string; readonly received: Received[] }
> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { resourceMetrics } = JSON.parse(body) as ExportRequest;
    received.push({ atMs: Date.now(), metrics: resourceMetrics[0].scopeMetrics[0].metrics });
    response.end("{}");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
