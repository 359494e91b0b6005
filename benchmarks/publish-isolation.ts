/**
 * How far a flood of readers delays a PUT, with and without a separate publishing process. Real
 * origins, Cassandra and memcached; 256 KiB bodies at a fixed rate, timed from their due time.
 * Windows with and without a flood alternate, so that other load affects both.
 *
 *     node_modules/.bin/node benchmarks/publish-isolation.ts [PAIRS]
 *
 * Two cores represent the separate machines of publishers, readers and viewers. So the flood runs
 * at the lowest priority in both modes. A separate read origin runs at a low one; a shared process
 * cannot, because that would slow its PUTs as well.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Endpoint } from "../harness/target/layout.ts";
import { putHeaders, startStack, type Stack } from "../test/support/live-streaming/origin-stack.ts";
import { segmentInProduction } from "../targets/live-streaming/stream/template.ts";

const pairs = Number(process.argv[2] ?? 6);
const windowMs = 4_000;
const putsPerSecond = 25;
const connections = 64;
const niceOfReaders = 10;
const body = randomBytes(256 * 1024);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function put(at: Endpoint, number: number, dueMs: number): Promise<number> {
  return new Promise((done, fail) => {
    const request = httpRequest(
      {
        ...at,
        agent,
        method: "PUT",
        path: `/live/main/v720/${number}.m4s`,
        headers: { ...putHeaders(body), "content-length": body.length },
      },
      (response) => {
        response
          .resume()
          .on("end", () =>
            response.statusCode === 200
              ? done(performance.now() - dueMs)
              : fail(new Error(`PUT: ${response.statusCode}`)),
          );
      },
    );
    request.on("error", fail);
    request.end(body);
  });
}

/** Segments of the DVR window, each once, the newest first. */
let next = 0;

async function putWindow(at: Endpoint): Promise<number[]> {
  const startedMs = performance.now();
  const puts: Promise<number>[] = [];
  for (let index = 0; index < (windowMs / 1000) * putsPerSecond; index += 1) {
    const dueMs = startedMs + (index * 1000) / putsPerSecond;
    await sleep(Math.max(0, dueMs - performance.now()));
    next -= 1;
    const one = put(at, next, dueMs);
    // A failure is handled below, after which the stack is taken down. Without a handler until
    // then, it would end this process and leave the stack up.
    one.catch(() => undefined);
    puts.push(one);
  }
  return Promise.all(puts);
}

/**
 * GETs of one live segment from another process, until it is stopped. Resolves with their number
 * per second.
 */
function startFlood(at: Endpoint, path: string): () => Promise<number> {
  const module = resolve(import.meta.dirname, "library/flood.ts");
  const [to, from] = [JSON.stringify(at), JSON.stringify(path)];
  const script = `import { flood } from ${JSON.stringify(module)};
    const flooded = await flood(${to}, process.pid, ${from}, ${connections}, ${windowMs});
    const { answered, seconds, statuses } = flooded;
    console.log(JSON.stringify([answered / seconds, [...statuses.keys()]]));`;
  const child = spawn("nice", ["-n", "19", process.execPath, "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (part: Buffer) => {
    said += part.toString();
  });
  const exit = once(child, "exit");
  return async () => {
    await exit;
    const [perSecond, statuses] = JSON.parse(said) as [number, string[]];
    if (statuses.some((status) => status !== "200"))
      throw new Error(`GETs were answered ${statuses.join(", ")}`);
    return perSecond;
  };
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN;

async function measure(
  stack: Stack,
): Promise<{ quiet: number[]; flooded: number[]; getsPerSecond: number }> {
  next = segmentInProduction(Date.now()) - 2;
  await putWindow(stack.at.publish);
  const path = `/live/main/v720/${next}.m4s`;
  const quiet: number[] = [];
  const flooded: number[] = [];
  const rates: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    quiet.push(...(await putWindow(stack.at.publish)));
    const rate = startFlood(stack.at.read, path);
    flooded.push(...(await putWindow(stack.at.publish)));
    rates.push(await rate());
  }
  return { quiet, flooded, getsPerSecond: percentile(rates, 0.5) };
}

process.stdout.write(
  `${pairs} pairs of windows of ${windowMs} ms, ${putsPerSecond} PUTs of 256 KiB a second, ` +
    `${connections} readers\n`,
);
process.stdout.write(
  `${"publishIsolation".padEnd(18)} quiet p50/p99 ms   flooded p50/p99 ms   p50 moves   p99 ` +
    `moves   GETs/s\n`,
);
for (const publishIsolation of [true, false]) {
  await using stack = await startStack({
    publishIsolation,
    niceOfReaders: publishIsolation ? niceOfReaders : 0,
  });
  const { quiet, flooded, getsPerSecond } = await measure(stack);
  const both = (values: readonly number[]): string =>
    `${percentile(values, 0.5).toFixed(1)} / ${percentile(values, 0.99).toFixed(1)}`;
  const moves = (share: number): string =>
    `${((percentile(flooded, share) / percentile(quiet, share) - 1) * 100).toFixed(0)} %`;
  process.stdout.write(
    `${(publishIsolation ? "on" : "off").padEnd(18)} ${both(quiet).padStart(16)} ` +
      `${both(flooded).padStart(20)} ${moves(0.5).padStart(11)} ${moves(0.99).padStart(11)} ` +
      `${getsPerSecond.toFixed(0).padStart(8)}\n`,
  );
}
agent.destroy();
