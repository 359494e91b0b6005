/**
 * The origin's store against the object store that it replaced. Measures the time from the start of
 * a PUT until the segment is readable at the origin, and the time of a GET. Both get the same
 * requests at the same pace, one after the other on the same machine.
 *
 *     node_modules/.bin/node benchmarks/stores.ts [SEGMENTS]
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { chunkBytes } from "../targets/live-streaming/store/chunk.ts";
import { event } from "../targets/live-streaming/stream/event.ts";
import { segmentInProduction } from "../targets/live-streaming/stream/template.ts";
import type { Endpoint } from "../harness/target/layout.ts";
import { flush, get, put } from "./library/origin-client.ts";
import { p50p99 } from "./library/percentiles.ts";
import { targetUp } from "./library/target-up.ts";

const segments = Number(process.argv[2] ?? 200);
/**
 * A segment of one chunk, so that its GET is one store request, as in the published measurement.
 */
const bytes = chunkBytes;
const paceMs = { put: 100, get: 50 };

interface Figures {
  readonly title: string;
  readonly readableMs: readonly number[];
  readonly getMs: readonly number[];
  /** Reads bypass the cache before the store. */
  readonly getStoredMs: readonly number[];
  /** The GETs of a burst at 200/s that returned the segment. */
  readonly burstMs: readonly number[];
  readonly failed: number;
}

/** Starts requests at its pace, however long each takes. */
async function paced<T>(
  items: readonly T[],
  everyMs: number,
  work: (item: T) => Promise<number | null>,
): Promise<{ tookMs: number[]; failed: number }> {
  const startMs = performance.now();
  const results = await Promise.all(
    items.map(async (item, index) => {
      await sleep(Math.max(0, startMs + index * everyMs - performance.now()));
      return work(item).catch(() => null);
    }),
  );
  return {
    tookMs: results.filter((each) => each !== null),
    failed: results.filter((each) => each === null).length,
  };
}

async function measure(
  topology: string,
  title: string,
  without: readonly string[],
): Promise<Figures> {
  // Load shedding would leave only the quick reads to be measured.
  await using target = await targetUp(topology, without);
  const at = (service: string, port: string): Endpoint =>
    target.deployment.instance(`region-a/${service}`).endpoint(port);
  const publish = at("origin-publish", "http");
  const read = at("origin-read", "http");
  // Numbers within the DVR window that no packager of this run published.
  const first = segmentInProduction(Date.now()) - 1_500;
  const paths = Array.from(
    { length: segments },
    (_, index) => `/live/${event}/v360/${first + index}.m4s`,
  );
  const body = randomBytes(bytes);

  const getOne = async (path: string): Promise<number | null> => {
    const { status, bytes: got, tookMs } = await get(read, path);
    return status === 200 && got === bytes ? tookMs : null;
  };
  const putToReadable = async (path: string): Promise<number | null> => {
    const startMs = performance.now();
    if ((await put(publish, path, "a", body)).status !== 200) return null;
    while ((await getOne(path)) === null) {
      if (performance.now() - startMs > 10_000) return null;
      await sleep(1);
    }
    return performance.now() - startMs;
  };
  await paced(paths.slice(0, 10), 200, putToReadable);
  const rest = paths.slice(10);
  const readable = await paced(rest, paceMs.put, putToReadable);
  const gets = await paced(rest, paceMs.get, getOne);
  if (topology === "quick") await flush(at("memcached", "memcached"));
  const stored = await paced(rest, paceMs.get, getOne);
  const burst = await paced(
    Array.from({ length: 600 }, (_, index) => rest[index % rest.length] ?? ""),
    5,
    getOne,
  );
  return {
    title,
    readableMs: readable.tookMs,
    getMs: gets.tookMs,
    getStoredMs: stored.tookMs,
    burstMs: burst.tookMs,
    failed: readable.failed + gets.failed + stored.failed,
  };
}

const figures = [
  await measure("quick-object-store", "object store", ["adaptiveConcurrency"]),
  await measure("quick", "Cassandra + memcached", ["adaptiveConcurrency", "priorityShedding"]),
];
const row = (name: string, cells: readonly string[]): void =>
  void process.stdout.write(
    `${name.padEnd(48)}${cells.map((cell) => cell.padStart(24)).join("")}\n`,
  );
process.stdout.write(
  `\n${segments - 10} segments of ${bytes / 1024} KiB at the origin of region-a; p50 / p99 in ms\n`,
);
row("", [...figures.map(({ title }) => title), "Netflix, before → after"]);
row("PUT to readable", [...figures.map((each) => p50p99(each.readableMs)), "about 1 s →"]);
row("GET", [...figures.map((each) => p50p99(each.getMs)), "113 / 267 → 25 / 129"]);
row("GET past the memory before the store", [
  ...figures.map((each) => p50p99(each.getStoredMs)),
  "",
]);
row("GET at 200/s, one event (retried if throttled)", [
  ...figures.map((each) => p50p99(each.burstMs)),
  "throttled above 100/s",
]);
row("  of these served", [
  ...figures.map((each) => `${(each.burstMs.length / 6).toFixed(1)} %`),
  "",
]);
row("neither published nor read", [...figures.map((each) => String(each.failed)), ""]);
