/**
 * PUT and GET of 1 MiB at the origin on `zones`, with three copies and a majority for each write.
 * One request at a time, in turn at the origins of all zones, while the packagers publish as usual.
 * The baseline is a bare node:http server in this process.
 *
 *     node_modules/.bin/node benchmarks/origin.ts [SEGMENTS]
 */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Endpoint } from "../harness/target/layout.ts";
import { event } from "../targets/live-streaming/stream/event.ts";
import { segmentInProduction } from "../targets/live-streaming/stream/template.ts";
import { flush, get, put, type Timed } from "./library/origin-client.ts";
import { p50p99, percentile } from "./library/percentiles.ts";
import { targetUp } from "./library/target-up.ts";

const segments = Number(process.argv[2] ?? 200);
const body = randomBytes(1024 * 1024);

async function inTurn(
  paths: readonly string[],
  at: readonly Endpoint[],
  one: (at: Endpoint, path: string) => Promise<Timed>,
): Promise<number[]> {
  const tookMs: number[] = [];
  for (const [index, path] of paths.entries()) {
    const endpoint = at[index % at.length];
    if (endpoint === undefined) throw new Error("there is no origin to ask");
    const answer = await one(endpoint, path);
    if (answer.status === 200) tookMs.push(answer.tookMs);
  }
  return tookMs;
}

const putOne = (at: Endpoint, path: string): Promise<Timed> => put(at, path, "a", body);

async function bare(paths: readonly string[]): Promise<{ puts: number[]; gets: number[] }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.end(request.method === "GET" ? body : "published\n"));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const at = [{ host: "127.0.0.1", port: (server.address() as AddressInfo).port }];
  const result = { puts: await inTurn(paths, at, putOne), gets: await inTurn(paths, at, get) };
  server.closeAllConnections();
  server.close();
  return result;
}

await using target = await targetUp("zones");
const endpoints = (kind: string, port: string): Endpoint[] =>
  target.deployment.instances
    .filter((instance) => instance.service.kind === kind)
    .map((instance) => instance.endpoint(port));
const first = segmentInProduction(Date.now()) - 1_500;
const paths = Array.from(
  { length: segments + 30 },
  (_, index) => `/live/${event}/v720/${first + index}.m4s`,
);
await inTurn(paths.splice(0, 30), endpoints("origin-publish", "http"), putOne);

const plain = await bare(paths);
const puts = await inTurn(paths, endpoints("origin-publish", "http"), putOne);
const fromMemory = await inTurn(paths, endpoints("origin-read", "http"), get);
await Promise.all(endpoints("memcached", "memcached").map(flush));
const fromStore = await inTurn(paths, endpoints("origin-read", "http"), get);

const row = (name: string, values: readonly number[], yardstick: readonly number[]): void => {
  const times = percentile(values, 0.5) / percentile(yardstick, 0.5);
  line(name, p50p99(values), `${values.length}/${segments}`, `${times.toFixed(1)} ×`);
};
function line(name: string, quantiles: string, answered: string, times: string): void {
  const cells = [quantiles.padStart(18), answered.padStart(12), times.padStart(12)];
  process.stdout.write(`${name.padEnd(28)}${cells.join("")}\n`);
}
process.stdout.write(
  `\nzones, playable after ${(target.upMs / 1000).toFixed(0)} s; 1 MiB at the origin, one ` +
    "at a time\n",
);
line("", "p50 / p99 ms", "answered", "p50 / bare");
row("PUT, bare node:http", plain.puts, plain.puts);
row("PUT", puts, plain.puts);
row("GET, bare node:http", plain.gets, plain.gets);
row("GET from memcached", fromMemory, plain.gets);
row("GET from Cassandra", fromStore, plain.gets);
