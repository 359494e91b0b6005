/**
 * How soon after its publication a segment reaches viewers behind two tiers. Packagers, origins,
 * Cassandra, fill nodes and edges are real, and all links pass through Toxiproxy. One viewer per
 * rendition and edge requests the next segment every 25 ms, from 2.2 s before it is due. Until 100
 * ms before, the caches of both tiers answer 404. Then the request is held, and finally answered.
 * Prints the time from the acknowledged PUT to the viewer's last byte, for the pipeline of the
 * viewer's region and for the first of both.
 *
 *     node_modules/.bin/node benchmarks/edge-flip.ts [SECONDS]
 */
import "../targets/live-streaming/tools/recipes.ts";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { heldPlan } from "../test/support/judge/held-run.ts";
import type { Layout } from "../harness/target/layout.ts";
import type { Tools } from "../harness/target/tools.ts";
import { provision } from "../harness/provision/provision.ts";
import { processSubstrate } from "../harness/substrates/process/deploy.ts";
import { realClock } from "../harness/system/clock.ts";
import { httpGet } from "../harness/system/network.ts";
import { edge, fill } from "../targets/live-streaming/layout/edge.ts";
import type { Site } from "../targets/live-streaming/layout/site.ts";
import type { Entry } from "../targets/live-streaming/packager/journal.ts";
import { event, renditions } from "../targets/live-streaming/stream/event.ts";
import { publishAtMs, segmentInProduction } from "../targets/live-streaming/stream/template.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";

const seconds = Number(process.argv[2] ?? 90);
const pollMs = 25;
const sites: readonly Site[] = ["a", "b"].map((pipeline) => ({
  name: `region-${pipeline}`,
  region: `region-${pipeline}`,
  zone: `region-${pipeline}-1`,
  pipeline,
}));

/**
 * The quick topology with a fill node in each region, without the services that segment viewers do
 * not need.
 */
function twoTiers(): Layout {
  const quick = liveStreaming.topologies["quick"]?.layout();
  if (quick === undefined) throw new Error("the target has no topology quick");
  const kept = quick.services.filter(({ kind }) => kind !== "edge" && kind !== "gateway");
  const names = new Set(kept.map(({ name }) => name));
  const fromEach = (from: string, to: string): Layout["links"] =>
    sites.flatMap((site) =>
      sites.map((other) => ({
        from: `${site.name}/${from}`,
        to: `${other.name}/${to}`,
        port: "http",
      })),
    );
  return {
    ...quick,
    services: [
      ...kept,
      ...sites.map((site) => fill(site, sites)),
      ...sites.map((site) => edge(site, sites, sites)),
    ],
    links: [
      ...quick.links.filter(({ from }) => names.has(from)),
      ...fromEach("fill", "origin-read"),
      ...fromEach("edge", "fill"),
      ...fromEach("edge", "origin-read"),
    ],
  };
}

const layout = twoTiers();
const folder = mkdtempSync(join(tmpdir(), "seawall-flip-"));
const cacheDirectory = process.env["SEAWALL_MEDIA"] ?? join(homedir(), ".cache/seawall/media");
mkdirSync(cacheDirectory, { recursive: true });
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
const tools = (await provision(
  [...new Set(["toxiproxy" as const, ...layout.services.flatMap((service) => service.tools)])],
  { env: process.env },
)) as Tools;
try {
  await using deployment = await processSubstrate({
    tools,
    clock: realClock(),
    cacheDirectory,
  }).deploy({
    plan: heldPlan(),
    runId: `flip-${process.pid}`,
    controlToken: "token-of-the-benchmark",
    layout,
    logsDirectory: folder,
    undo: { record: () => () => undefined },
    signal: stopping.signal,
    progress: (text) => process.stderr.write(`${text}\n`),
  });
  const seenAtMs = new Map<string, Map<string, number>>();
  const polled: Record<number, number> = {};
  const endMs = Date.now() + seconds * 1_000;
  await Promise.all(
    layout.entries.flatMap(({ service, port }) =>
      renditions.map(({ name }) =>
        watch(deployment.instance(service).endpoint(port), service, name),
      ),
    ),
  );
  const acked = await acknowledged();
  const segments = new Set([...seenAtMs.values()].flatMap((seen) => [...seen.keys()])).size;
  process.stdout.write(
    `404→200 through two tiers, ms from an acknowledged PUT to the last byte: ${segments} ` +
      `segments; answers while polling ${JSON.stringify(polled)}\n`,
  );
  report("own region's PUT", (edgeName, segment) =>
    acked.get(edgeName.replace("/edge", ""))?.get(segment),
  );
  report("first PUT of both", (_, segment) =>
    Math.min(...[...acked.values()].map((one) => one.get(segment) ?? Number.POSITIVE_INFINITY)),
  );

  function report(
    title: string,
    since: (edgeName: string, segment: string) => number | undefined,
  ): void {
    const flips = [...seenAtMs]
      .flatMap(([edgeName, seen]) =>
        [...seen].map(([segment, atMs]) => atMs - (since(edgeName, segment) ?? Number.NaN)),
      )
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    const at = (share: number): string =>
      (flips[Math.max(0, Math.ceil(share * flips.length) - 1)] ?? Number.NaN).toFixed(0);
    process.stdout.write(
      `  since ${title.padEnd(18)} ${flips.length} samples: min ${at(0)}  p50 ${at(0.5)}  ` +
        `p95 ${at(0.95)}  p99 ${at(0.99)}  max ${at(1)}\n`,
    );
  }

  async function watch(
    endpoint: { readonly host: string; readonly port: number },
    edgeName: string,
    rendition: string,
  ): Promise<void> {
    const agent = new Agent({ keepAlive: true });
    const polls: Promise<void>[] = [];
    const seen = seenAtMs.get(edgeName) ?? new Map<string, number>();
    seenAtMs.set(edgeName, seen);
    for (
      let number = segmentInProduction(Date.now()) + 2;
      publishAtMs(number) < endMs;
      number += 1
    ) {
      await sleep(Math.max(0, publishAtMs(number) - 2_200 - Date.now()));
      polls.push(poll(number));
    }
    await Promise.all(polls);
    agent.destroy();

    async function poll(number: number): Promise<void> {
      for (let status = 0; status !== 200 && Date.now() < publishAtMs(number) + 4_000; ) {
        status = await httpGet(endpoint, `/live/${event}/${rendition}/${number}.m4s`, {
          timeoutMs: 8_000,
          agent,
          discardBody: true,
        }).then(
          (answer) => answer.status,
          () => 0,
        );
        polled[status] = (polled[status] ?? 0) + 1;
        if (status === 200) seen.set(`${rendition}/${number}`, Date.now());
        else await sleep(pollMs);
      }
    }
  }

  /** When each region's origin acknowledged each segment, by `RENDITION/NUMBER`. */
  async function acknowledged(): Promise<Map<string, Map<string, number>>> {
    const all = new Map<string, Map<string, number>>();
    for (const { name } of sites) {
      const own = new Map<string, number>();
      all.set(name, own);
      const { body } = await httpGet(
        deployment.instance(`${name}/packager`).endpoint("http"),
        "/journal?after=0",
        { timeoutMs: 5_000 },
      );
      for (const { rendition, number, outcome, atMs } of String(body)
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Entry)) {
        if (outcome === "acked") own.set(`${rendition}/${number}`, atMs);
      }
    }
    return all;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
