/**
 * Two tiers of real nodes: two edges of one region, its two fill nodes, one of another region, and
 * an origin that counts requests.
 */
import "../tools/recipes.ts";
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { provision } from "../../../harness/provision/provision.ts";
import { segmentInProduction } from "../stream/template.ts";
import {
  type Answer,
  Bench,
  controlToken,
  get,
  type RunningNode,
  segment,
  settingsFor,
  upstream,
} from "../../../test/support/live-streaming/edge-bench.ts";
import { workDirectoryName } from "./launch.ts";

const { varnish } = await provision(["varnish"], { env: process.env });
const bench = new Bench(varnish);
afterAll(() => bench[Symbol.asyncDispose]());

let answer: (path: string) => Answer = () => ({ status: 200, headers: { "x-ttl-ms": "60000" } });
const origin = await bench.origin((path) => answer(path));
const originOf = (site: string, region: string) => [upstream(site, region, origin.port)] as const;
const [first, second, far] = await Promise.all([
  bench.node(settingsFor({ role: "fill", origins: [...originOf("region-a-1", "region-a")] })),
  bench.node(settingsFor({ role: "fill", origins: [...originOf("region-a-2", "region-a")] })),
  bench.node(settingsFor({ role: "fill", origins: [...originOf("region-b-1", "region-b")] })),
]);
const fills = [
  upstream("region-a-1", "region-a", first.port),
  upstream("region-a-2", "region-a", second.port),
  upstream("region-b-1", "region-b", far.port),
];
const nodeOf: Readonly<Record<string, RunningNode>> = {
  "region-a-1": first,
  "region-a-2": second,
  "region-b-1": far,
};
const edges = await Promise.all(
  ["region-a-1", "region-a-2"].map((site) =>
    bench.node(settingsFor({ origins: [...originOf(site, "region-a")], fills })),
  ),
);
const [one, two] = edges.map(({ base }) => base) as [string, string];
// Until the fill nodes' probes are answered, an edge may ask any of them.
await sleep(1_200);

test("fetches a segment once for both edges, through the fill node that owns its rendition", async () => {
  const paths = [-100, -101, -102].flatMap((offset) =>
    ["v720", "v360", "audio"].map((rendition) => segment(offset, rendition)),
  );
  const got = await Promise.all(
    [...paths, ...paths].map((path, index) => get((index < paths.length ? one : two) + path)),
  );
  expect(got.every(({ status }) => status === 200)).toBe(true);
  expect([...origin.asked].sort()).toEqual([...paths].sort());
  const owners = new Map<string, Set<string | null>>();
  for (const [index, { headers }] of got.entries()) {
    const rendition = paths[index % paths.length]?.split("/")[3] ?? "";
    owners.set(rendition, (owners.get(rendition) ?? new Set()).add(headers.get("x-filled-by")));
  }
  expect([...owners.values()].every((of) => of.size === 1)).toBe(true);
});

test("passes on the remaining lifetime, neither restarted nor added up, also of refusals", async () => {
  answer = () => ({ status: 404, headers: { "x-answer": "early", "x-ttl-ms": "1500" } });
  const path = segment(1);
  const before = origin.asked.length;
  const startMs = performance.now();
  await get(one + path);
  await sleep(700);
  const late = await get(two + path);
  expect(Number(late.headers.get("x-ttl-ms"))).toBeLessThanOrEqual(800);
  expect(origin.asked.length - before).toBe(1);
  await sleep(1_560 - (performance.now() - startMs));
  await get(two + path);
  expect(origin.asked.length - before).toBe(2);

  answer = () => ({ status: 503, headers: { "x-answer": "shed", "cache-control": "max-age=2" } });
  const refused = segment(-50);
  await get(one + refused);
  await sleep(600);
  const again = await get(two + refused);
  expect(again).toMatchObject({ status: 503 });
  expect(Number(again.headers.get("x-ttl-ms"))).toBeLessThan(1_450);
  expect(origin.asked.length - before).toBe(3);
});

test("gives old copies low priority except at the owner, in their own storage from 300 s on", async () => {
  answer = () => ({ status: 200, headers: { "x-ttl-ms": "600000" }, body: "x".repeat(100_000) });
  // 300 s of ageing, reached in at most 12 s.
  const path = segment(-146);
  const ageing = await get(one + path);
  expect(Number(ageing.headers.get("x-ttl-ms"))).toBeLessThan(12_000);
  const owner = nodeOf[ageing.headers.get("x-filled-by") ?? ""] as RunningNode;
  expect(Number((await get(owner.base + path)).headers.get("x-ttl-ms"))).toBeGreaterThan(590_000);
  expect([storedApart(edges[0] as RunningNode), storedApart(owner)]).toEqual([0, 0]);
  await get(one + segment(-400));
  expect(storedApart(edges[0] as RunningNode)).toBeGreaterThan(90_000);
  expect(storedApart(owner)).toBe(0);
});

test("carries notifications through both tiers, also to an edge that missed their first segment", async () => {
  answer = (path) => ({
    status: 200,
    headers: {
      "x-ttl-ms": "60000",
      ...(path.includes("v720")
        ? {
            "x-notifications-version": "12345678901234",
            "x-notifications": "id=ad;seq=1;payload=eA",
          }
        : {}),
    },
  });
  const old = segment(-201, "v720");
  await get(one + old);
  await get(two + segment(-202, "v720"));
  const heard = await get(two + segment(-203, "v720"));
  expect([
    heard.headers.get("x-notifications-version"),
    heard.headers.get("x-notifications"),
  ]).toEqual(["12345678901234", "id=ad;seq=1;payload=eA"]);
  expect((await get(one + segment(900))).headers.get("x-notifications")).toBe(
    "id=ad;seq=1;payload=eA",
  );
});

test("leaves no old copy when the inner tier is invalidated before the outer one", async () => {
  answer = () => ({ status: 200, headers: { "x-ttl-ms": "60000", "x-segment-sha256": "old" } });
  const [hidden, beside] = [segment(-30), segment(-31)];
  for (const base of [one, two]) for (const path of [hidden, beside]) await get(base + path);
  answer = () => ({ status: 200, headers: { "x-ttl-ms": "60000", "x-segment-sha256": "new" } });
  for (const { base } of [first, second, far, ...edges]) {
    const answer = await fetch(`${base}/invalidate`, {
      method: "BAN",
      headers: {
        authorization: `Bearer ${controlToken}`,
        "x-ban-pattern": `^${hidden.replace(".", "\\.")}$`,
      },
    });
    expect(answer.status).toBe(200);
  }
  const seen = async (path: string): Promise<(string | null)[]> =>
    Promise.all(
      [one, two].map(async (base) => (await get(base + path)).headers.get("x-segment-sha256")),
    );
  expect(await seen(hidden)).toEqual(["new", "new"]);
  expect(await seen(beside)).toEqual(["old", "old"]);
});

test("survives a dead fill node by the next on the ring, then by another region's", async () => {
  answer = () => ({ status: 200, headers: { "x-ttl-ms": "60000" } });
  // The clock advances, so no segment may be requested twice.
  const newest = segmentInProduction(Date.now());
  const ask = async (offsets: readonly number[]) =>
    Promise.all(offsets.map((offset) => get(`${one}/live/main/audio/${newest + offset}.m4s`)));
  const [before] = await ask([-4]);
  const owner = before?.headers.get("x-filled-by") ?? "";
  await nodeOf[owner]?.stop();
  const offsets = Array.from({ length: 20 }, (_, index) => -5 - index);
  const standIns = await ask(offsets);
  expect(standIns.map(({ status }) => status)).toEqual(offsets.map(() => 200));
  const [standIn, ...others] = [
    ...new Set(standIns.map(({ headers }) => headers.get("x-filled-by") ?? "")),
  ];
  expect(others).toEqual([]);
  expect(["region-a-1", "region-a-2"].filter((site) => site !== owner)).toEqual([standIn]);
  await nodeOf[standIn ?? ""]?.stop();
  const abroad = await ask(offsets.map((offset) => offset - 20));
  expect(abroad.map(({ status, headers }) => [status, headers.get("x-filled-by")])).toEqual(
    offsets.map(() => [200, "region-b-1"]),
  );
});

/** Bytes in the storage for old segments. */
function storedApart(node: RunningNode): number {
  const { stdout } = spawnSync(
    varnish.companions["varnishstat"] ?? "",
    ["-n", `${node.directory}/${workDirectoryName}`, "-1", "-f", "SMA.old.g_bytes"],
    { env: { ...process.env, ...varnish.env }, encoding: "utf8" },
  );
  return Number(/g_bytes\s+(\d+)/.exec(stdout)?.[1] ?? Number.NaN);
}
