import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import type { EndpointSettings } from "../service/configuration.ts";
import { attemptMsMax, createPublisher, type Publisher, type Put } from "./publish.ts";

const cleanups: (() => void)[] = [];
afterAll(() => {
  for (const cleanup of cleanups) cleanup();
});

interface Origin {
  readonly at: EndpointSettings;
  readonly asked: IncomingMessage["headers"][];
}

async function origin(answer: number | "silent" | ((times: number) => number)): Promise<Origin> {
  const asked: IncomingMessage["headers"][] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    asked.push(request.headers);
    if (answer !== "silent")
      response.writeHead(typeof answer === "number" ? answer : answer(asked.length)).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { at: { host: "127.0.0.1", port: (server.address() as AddressInfo).port }, asked };
}

const dead: Origin = { at: { host: "127.0.0.1", port: 1 }, asked: [] };
const put = (withinMs: number): Put => ({
  path: "/live/main/v720/1.m4s",
  body: Buffer.from("x"),
  headers: { "x-token": "t" },
  deadlineMs: Date.now() + withinMs,
});
function publisher(...origins: readonly Origin[]): Publisher {
  const created = createPublisher(
    origins.map(({ at }) => at),
    Date.now,
  );
  cleanups.push(() => created.close());
  return created;
}

test("tries all origins of a region before a segment is lost, each long enough to answer", () => {
  for (const origins of [1, 2, 3]) {
    expect(attemptMsMax(origins)).toBeGreaterThanOrEqual(500);
    expect(attemptMsMax(origins) * origins).toBeLessThan(2_000);
  }
});

describe("a publisher with several origins", () => {
  test("moves from a dead origin to the next at once, with the same token, and stays there", async () => {
    const good = await origin(200);
    const both = publisher(dead, good);
    const startedMs = performance.now();
    expect(await both.put(put(2_000))).toEqual({
      outcome: "acked",
      status: 200,
      attempts: 2,
      refusals: 0,
    });
    // Well before an attempt would be abandoned.
    expect(performance.now() - startedMs).toBeLessThan(attemptMsMax(2));
    expect(await both.put(put(2_000))).toEqual({
      outcome: "acked",
      status: 200,
      attempts: 1,
      refusals: 0,
    });
    expect(good.asked.map((headers) => headers["x-token"])).toEqual(["t", "t"]);
  });

  test("leaves a silent one in time", async () => {
    const [silent, good] = [await origin("silent"), await origin(200)];
    expect(await publisher(silent, good).put(put(2_000))).toEqual({
      outcome: "acked",
      status: 200,
      attempts: 2,
      refusals: 0,
    });
    expect(silent.asked.length).toBe(1);
  });

  test("stays with a busy origin while there is time, because two would write the same", async () => {
    const asked: number[] = [];
    const server = createServer((request, response) => {
      request.resume();
      asked.push(Date.now());
      setTimeout(() => response.writeHead(200).end(), 700);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    cleanups.push(
      () => void server.close(),
      () => server.closeAllConnections(),
    );
    const busy: Origin = {
      at: { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
      asked: [],
    };
    expect(await publisher(busy, busy, busy).put(put(20_000))).toEqual({
      outcome: "acked",
      status: 200,
      attempts: 1,
      refusals: 0,
    });
    expect(asked).toHaveLength(1);
  });

  test("asks another if one cannot accept the PUT, and no other if the request itself is refused", async () => {
    const [full, good, strict] = [await origin(503), await origin(200), await origin(422)];
    expect(await publisher(full, good).put(put(2_000))).toMatchObject({
      outcome: "acked",
      attempts: 2,
      refusals: 1,
    });
    expect(await publisher(strict, good).put(put(2_000))).toEqual({
      outcome: "lost",
      status: 422,
      attempts: 1,
      refusals: 0,
    });
  });

  test("returns to the first if it recovers in time, and gives up after that", async () => {
    const slow = await origin((times) => (times < 3 ? 503 : 200));
    expect(await publisher(slow, dead).put(put(2_000))).toMatchObject({
      outcome: "acked",
      status: 200,
    });
    const lost = await publisher(dead, dead).put(put(400));
    expect(lost).toMatchObject({ outcome: "lost", status: 0 });
    expect(lost.attempts).toBeGreaterThan(2);
  });

  test("is ready with one ready origin, and ends early on request", async () => {
    const [good, full] = [await origin(200), await origin(503)];
    expect([await publisher(dead, good).ready(), await publisher(dead, full).ready()]).toEqual([
      true,
      false,
    ]);
    const ending = publisher(full);
    ending.finishBy(Date.now() + 600);
    const startedMs = performance.now();
    const result = await ending.put(put(60_000));
    // On a busy machine the end can cut off the last attempt, which then has no status.
    expect(result.outcome).toBe("lost");
    expect([0, 503]).toContain(result.status);
    expect(performance.now() - startedMs).toBeLessThan(30_000);
  });
});
