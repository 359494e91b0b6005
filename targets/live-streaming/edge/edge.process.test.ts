/**
 * One real Varnish in front of origins that count requests: each defence of a single tier, and its
 * absence when switched off.
 */
import "../tools/recipes.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { provision } from "../../../harness/provision/provision.ts";
import {
  type Answer,
  Bench,
  controlToken,
  get,
  segment,
  settingsFor,
  upstream,
} from "../../../test/support/live-streaming/edge-bench.ts";
import { banSender, pathPattern } from "../origin/invalidation.ts";
import type { EdgeSettings } from "./settings.ts";

const { varnish } = await provision(["varnish"], { env: process.env });
const bench = new Bench(varnish);
afterAll(() => bench[Symbol.asyncDispose]());

const served = (): Answer => ({ status: 200, headers: { "x-ttl-ms": "60000" } });
/** One zone per port. With three zones, the first two are in the edge's region. */
const originsAt = (ports: readonly number[]): EdgeSettings["origins"] =>
  ports.map((port, index) =>
    ports.length === 3 && index < 2
      ? upstream(`region-a-${index + 1}`, "region-a", port)
      : upstream(`region-${"abc"[index]}`, `region-${"abc"[index]}`, port),
  ) as never;

async function edge(
  ports: readonly number[],
  without: readonly (keyof EdgeSettings["defences"])[] = [],
): Promise<string> {
  return (await bench.node(settingsFor({ origins: originsAt(ports) }, without))).base;
}

describe("collapsing", () => {
  const ask = async (without: readonly (keyof EdgeSettings["defences"])[]): Promise<number> => {
    const origin = await bench.origin(() => ({ ...served(), afterMs: 150 }));
    const base = await edge([origin.port], without);
    const path = segment(-1);
    const answers = await Promise.all(Array.from({ length: 200 }, () => get(base + path)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    return origin.asked.length;
  };
  test("sends one origin request for 200 viewers", async () => expect(await ask([])).toBe(1));
  test("sends many without the defence", async () =>
    expect(await ask(["collapsing"])).toBeGreaterThan(50));
});

describe("with two regions", () => {
  test("fails over from a dead region at once, and does not repeat early or shed requests", async () => {
    const own = await bench.origin((path) => (path.includes("v720") ? { status: 502 } : served()));
    const other = await bench.origin(served);
    const base = await edge([own.port, other.port]);
    expect(await get(base + segment(-1))).toMatchObject({
      status: 200,
      cache: "miss",
      servedBy: "region-b",
    });
    await own.stop();
    // Before the probe notices, a request costs a refused connection and one more request.
    const late = [];
    for (let offset = -2; offset > -12; offset -= 1)
      late.push(await get(base + segment(offset, "v360")));
    expect(late.every(({ status, servedBy }) => status === 200 && servedBy === "region-b")).toBe(
      true,
    );
    expect(Math.min(...late.map(({ ms }) => ms))).toBeLessThan(20);
    expect(Math.max(...late.map(({ ms }) => ms))).toBeLessThan(500);
  });

  test("keeps a refusal for load for its max-age and does not forward it to the other region", async () => {
    const own = await bench.origin(() => ({
      status: 503,
      headers: { "x-answer": "shed", "cache-control": "max-age=5" },
    }));
    const other = await bench.origin(served);
    const base = await edge([own.port, other.port]);
    const path = segment(-20);
    for (let times = 0; times < 5; times += 1) expect((await get(base + path)).status).toBe(503);
    expect([own.asked.length, other.asked.length]).toEqual([1, 0]);
  });

  test("replaces a failed zone by the region's next, and fetches a missing segment from the other region", async () => {
    const zone = (failing: string) =>
      bench.origin((path) =>
        path.includes(failing)
          ? { status: 500 }
          : path.includes("audio")
            ? { status: 404, headers: { "x-answer": "missing", "x-ttl-ms": "10" } }
            : served(),
      );
    const [first, second] = [await zone("v720"), await zone("nothing")];
    const far = await bench.origin(served);
    const base = await edge([first.port, second.port, far.port]);
    expect(await get(base + segment(-2, "v360"))).toMatchObject({
      status: 200,
      servedBy: "region-a-1",
    });
    expect(await get(base + segment(-2, "v720"))).toMatchObject({
      status: 200,
      servedBy: "region-a-2",
    });
    expect(await get(base + segment(-2, "audio"))).toMatchObject({
      status: 200,
      servedBy: "region-c",
    });
    expect([first.asked.length, second.asked.length, far.asked.length]).toEqual([3, 1, 1]);
  });

  test("uses other zones of its region but not the other region when switched off", async () => {
    const [first, second, far] = [
      await bench.origin(() => ({ status: 500 })),
      await bench.origin(() => ({ status: 500 })),
      await bench.origin(served),
    ];
    const base = await edge([first.port, second.port, far.port], ["regionFailover"]);
    expect((await get(base + segment(-2))).status).toBe(500);
    expect([first.asked.length, second.asked.length, far.asked.length]).toEqual([1, 1, 0]);
  });
});

test("keeps lifetimes to the millisecond, passes them on, and gates impossible numbers", async () => {
  const origin = await bench.origin(() => ({
    status: 404,
    headers: { "x-answer": "early", "x-ttl-ms": "300" },
  }));
  const base = await edge([origin.port]);
  const path = segment(1);
  await get(base + path);
  await sleep(100);
  const left = Number((await get(base + path)).headers.get("x-ttl-ms"));
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(200);
  expect(origin.asked.length).toBe(1);
  await sleep(220);
  await get(base + path);
  expect(origin.asked.length).toBe(2);
  for (const bad of [
    segment(1000),
    segment(-5000),
    "/live/main/v720/007.m4s",
    "/live/other/v720/1.m4s",
  ]) {
    expect([404, 410]).toContain((await get(base + bad)).status);
  }
  expect(origin.asked.length).toBe(2);
});

describe("notifications", () => {
  const carrying = (path: string): Answer => {
    const version = path.includes("v720") ? "7" : path.includes("v360") ? "3" : "";
    return {
      status: 200,
      headers: {
        "x-ttl-ms": "60000",
        ...(version === ""
          ? {}
          : { "x-notifications-version": version, "x-notifications": `id=ad;seq=${version}` }),
      },
    };
  };
  const carriedOn = async (url: string): Promise<(string | null)[]> => {
    const { headers } = await get(url);
    return [headers.get("x-notifications-version"), headers.get("x-notifications")];
  };

  test("adds the newest set to every answer, cached, old or refused, and ignores an older one", async () => {
    const base = await edge([(await bench.origin(carrying)).port]);
    const old = base + segment(-200, "audio");
    expect(await carriedOn(old)).toEqual([null, null]);
    expect(await carriedOn(base + segment(-1, "v360"))).toEqual(["3", "id=ad;seq=3"]);
    expect(await carriedOn(old)).toEqual(["3", "id=ad;seq=3"]);
    expect(await carriedOn(base + segment(-1, "v720"))).toEqual(["7", "id=ad;seq=7"]);
    expect(await carriedOn(base + segment(-2, "v360"))).toEqual(["7", "id=ad;seq=7"]);
    for (const each of [old, base + segment(-1, "v360"), base + segment(500)])
      expect(await carriedOn(each)).toEqual(["7", "id=ad;seq=7"]);
  });

  test("come only from the segment itself when switched off", async () => {
    const base = await edge([(await bench.origin(carrying)).port], ["notifications"]);
    expect(await carriedOn(base + segment(-1))).toEqual(["7", "id=ad;seq=7"]);
    expect(await carriedOn(base + segment(-200, "audio"))).toEqual([null, null]);
  });
});

test("tells every client the time in ms", async () => {
  const base = await edge([(await bench.origin(served)).port]);
  for (let times = 0; times < 20; times += 1) {
    const before = Date.now();
    const answer = await fetch(`${base}/time`);
    const text = await answer.text();
    const after = Date.now();
    expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(text)).toBeGreaterThanOrEqual(before - 2);
    expect(Date.parse(text)).toBeLessThanOrEqual(after + 2);
    expect([
      answer.status,
      answer.headers.get("access-control-allow-origin"),
      answer.headers.get("cache-control"),
    ]).toEqual([200, "*", "no-store"]);
    await sleep(37);
  }
});

describe("on an operator's request", () => {
  const tell = (
    base: string,
    method: string,
    headers: Record<string, string>,
    path = "/invalidate",
  ): Promise<Response> => fetch(base + path, { method, headers });
  const authorization = `Bearer ${controlToken}`;

  test("forgets exactly what a pattern covers, only with the token and a harmless pattern", async () => {
    const origin = await bench.origin(served);
    const base = await edge([origin.port]);
    const paths = [segment(-10), segment(-9), segment(-8), segment(-9, "audio")];
    for (const path of paths) await get(base + path);
    const number = Number(/(\d+)\.m4s/.exec(paths[1] ?? "")?.[1]);
    const range = { event: "main", renditions: ["v720", "v360"], from: number, to: number };
    const pattern = pathPattern(range);
    // The form that origins send.
    const said = (
      to: { readonly from: number; readonly to: number },
      token = controlToken,
    ): Promise<boolean> =>
      banSender(token)(
        { name: "edge", at: { host: "127.0.0.1", port: Number(new URL(base).port) } },
        { ...range, ...to },
        new AbortController().signal,
      );
    expect((await tell(base, "BAN", { "x-ban-pattern": pattern })).status).toBe(401);
    expect(await said(range, "wrong-token")).toBe(false);
    for (const bad of [
      "",
      ".*",
      "^/x && obj.status == 200$",
      `^/(${"a".repeat(3_000)})$`,
      "^/(unclosed$",
    ]) {
      expect([400, 431], bad.slice(0, 20)).toContain(
        (await tell(base, "BAN", { authorization, "x-ban-pattern": bad })).status,
      );
    }
    expect(
      (await Promise.all(paths.map((path) => get(base + path)))).map(({ cache }) => cache),
    ).toEqual(["hit", "hit", "hit", "hit"]);
    expect(await said(range)).toBe(true);
    expect(
      (await Promise.all(paths.map((path) => get(base + path)))).map(({ cache }) => cache),
    ).toEqual(["hit", "miss", "hit", "hit"]);
    expect(await said({ from: number - 1_801, to: number })).toBe(true);
    expect(
      (await Promise.all(paths.map((path) => get(base + path)))).map(({ cache }) => cache),
    ).toEqual(["miss", "miss", "hit", "hit"]);
  });

  test("discards a copy that was in transit during an invalidation", async () => {
    const origin = await bench.origin(() => ({ ...served(), afterMs: 300 }));
    const base = await edge([origin.port]);
    const path = segment(-9);
    const underWay = get(base + path);
    await sleep(100);
    expect(
      (
        await tell(base, "BAN", {
          authorization,
          "x-ban-pattern": "^/live/main/v720/[0-9]{1,12}\\.m4s$",
        })
      ).status,
    ).toBe(200);
    await underWay;
    await sleep(50);
    expect((await get(base + path)).cache).toBe("miss");
  });

  test("is alive, not ready, closes connections and still answers while it drains", async () => {
    const base = await edge([(await bench.origin(served)).port]);
    expect((await tell(base, "DRAIN", {}, "/")).status).toBe(401);
    expect((await get(`${base}/health/ready`)).status).toBe(200);
    expect((await tell(base, "DRAIN", { authorization }, "/")).status).toBe(200);
    expect([
      (await get(`${base}/health/ready`)).status,
      (await get(`${base}/health/live`)).status,
    ]).toEqual([503, 200]);
    const answer = await get(base + segment(-3));
    expect([answer.status, answer.headers.get("connection")]).toEqual([200, "close"]);
  });
});
