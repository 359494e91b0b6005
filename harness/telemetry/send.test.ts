import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { stormRun } from "../../test/support/report/storm-run.ts";
import { exportRequests } from "./otlp.ts";
import type { ExportRequest } from "./requests.ts";
import { send } from "./send.ts";

let server: Server | undefined;
afterEach(() => void server?.close());

async function receiver(
  answer: (response: ServerResponse, attempt: number) => void,
): Promise<{ url: string; bodies: string[]; headers: unknown[] }> {
  const bodies: string[] = [],
    headers: unknown[] = [];
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    headers.push(request.headers);
    answer(response, bodies.length);
  });
  await new Promise<void>((listening) => server?.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`,
    bodies,
    headers,
  };
}

const [request] = exportRequests(stormRun().run, {
  everyMs: 10_000,
  pointsPerRequest: 2,
  attributes: {},
}) as unknown as [ExportRequest];
const { signal } = new AbortController();

describe("sending to a receiver", () => {
  it("posts JSON with the user's headers", async () => {
    const { url, bodies, headers } = await receiver((response) => response.end("{}"));
    await send({ url, headers: { authorization: "Basic abc" } }, request, signal);
    expect(JSON.parse(bodies[0] as string)).toEqual(request);
    expect(headers[0]).toMatchObject({
      "content-type": "application/json",
      authorization: "Basic abc",
    });
  });

  it("retries on request, after the requested time", async () => {
    const { url, bodies } = await receiver((response, attempt) =>
      response.writeHead(attempt === 1 ? 503 : 200, { "retry-after": "0" }).end(),
    );
    await send({ url, headers: {} }, request, signal);
    expect(bodies).toHaveLength(2);
  });

  it.each([
    [
      "refuses",
      (response: ServerResponse) => response.writeHead(400).end("out of bounds"),
      "answered 400: out of bounds",
    ],
    [
      "takes only a part",
      (response: ServerResponse) =>
        response.end('{"partialSuccess":{"rejectedDataPoints":"7","errorMessage":"too old"}}'),
      "rejected 7 of the points",
    ],
    [
      "never stops being busy",
      (response: ServerResponse) => response.writeHead(429, { "retry-after": "0" }).end(),
      "answered 429",
    ],
  ])("reports that it %s", async (_what, answer, message) => {
    const { url } = await receiver(answer);
    await expect(send({ url, headers: {} }, request, signal)).rejects.toMatchObject({
      code: "EXPORT_FAILED",
      message: expect.stringContaining(message),
    });
  });

  it("reports an unreachable receiver", async () => {
    await expect(
      send({ url: "http://127.0.0.1:9/v1/metrics", headers: {} }, request, signal),
    ).rejects.toMatchObject({
      code: "EXPORT_FAILED",
      message: expect.stringContaining("cannot be reached"),
    });
  });
});
