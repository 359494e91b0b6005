import { expect, it } from "vitest";
import type { LinkHandle } from "../../target/deployment.ts";
import type { SeenConnection } from "../../system/sockets.ts";
import { LinkTraffic } from "./traffic.ts";

const link = {
  entry: { host: "127.0.0.1", port: 20_100 },
  link: { from: "a", to: "b", port: "http" },
} as unknown as LinkHandle;
const seen = (port: number, bytes: number | null): SeenConnection => ({
  at: "127.0.0.1:20100",
  other: `127.0.0.1:${port}`,
  bytes,
});

async function totals(
  bytesCounted: boolean,
  ...looks: readonly (readonly SeenConnection[])[]
): Promise<unknown[]> {
  const left = [...looks];
  const traffic = new LinkTraffic([link], async () => ({
    connections: left.shift() ?? [],
    bytesCounted,
  }));
  const all: unknown[] = [];
  for (let look = 0; look < looks.length; look++) all.push(...(await traffic.read()));
  return all;
}

it("counts each connection once, and its bytes since", async () => {
  const name = "a>b:http";
  expect(
    await totals(
      true,
      [seen(1, 100), seen(1, 90)],
      [seen(1, 150), seen(2, null)],
      [seen(2, null)],
      [seen(2, null), seen(1, 30)],
    ),
  ).toEqual([
    { link: name, connections: 1, bytes: 100 },
    { link: name, connections: 2, bytes: 150 },
    { link: name, connections: 2, bytes: 150 },
    { link: name, connections: 3, bytes: 180 },
  ]);
});

it("counts an open connection at each reading if bytes are not counted", async () => {
  expect(await totals(false, [seen(1, 0)], [seen(1, 0)])).toEqual([
    { link: "a>b:http", connections: 1 },
    { link: "a>b:http", connections: 2 },
  ]);
});

it("reads nothing if no link is struck", async () => {
  expect(await new LinkTraffic([], () => Promise.reject(new Error("asked"))).read()).toEqual([]);
});
