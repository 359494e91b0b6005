import { expect, test } from "vitest";
import { createGradient2 } from "../service/gradient2.ts";
import { createSessionStart, nominalBitsPerSecond } from "./session-start.ts";
import { createSteering } from "./steering.ts";
import { createWorkers } from "./workers.ts";

const renditions = [
  { kind: "video", bitsPerSecond: 300 },
  { kind: "video", bitsPerSecond: 100 },
  { kind: "audio", bitsPerSecond: 10 },
] as const;
const here = new AbortController().signal;

function gateway({ admission = true, limit = 5, capacity = 10_000 } = {}) {
  let nowMs = 0;
  const ends: (() => void)[] = [];
  const places = createGradient2({ min: limit, initial: limit, max: limit });
  const start = createSessionStart({
    admission,
    renditions,
    limit: places,
    workers: createWorkers(1, () => nowMs),
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    steering: createSteering({
      edges: [{ name: "e", region: "r", capacityBitsPerSecond: capacity }],
      ownRegion: "r",
      enabled: true,
      sessionsMax: 100,
    }),
  });
  const work = (): Promise<string> => new Promise((done) => ends.push(() => done("key")));
  return {
    places,
    ask: (bucket: "CRITICAL" | "BEST_EFFORT", session: string, left = here) =>
      start(bucket, { session }, work, left),
    finish: async (tookMs: number) => {
      nowMs += tookMs;
      ends.shift()?.();
      await new Promise((soon) => setImmediate(soon));
    },
  };
}

test("takes a place, a signer and an edge, and returns the place", async () => {
  const { ask, finish, places } = gateway();
  const start = ask("CRITICAL", "s");
  expect(places.inFlight).toBe(1);
  await finish(7);
  expect(await start).toEqual({
    kind: "started",
    edge: "e",
    bitsPerSecond: 310,
    made: "key",
    tookMs: 7,
  });
  expect(places.inFlight).toBe(0);
});

test("reserves a fifth of the places for critical requests, and has no limit without admission", async () => {
  const { ask } = gateway();
  for (const session of ["1", "2", "3", "4"]) void ask("BEST_EFFORT", session);
  expect(await ask("BEST_EFFORT", "5")).toEqual({ kind: "shed" });
  const fifth = ask("CRITICAL", "6");
  expect(await Promise.race([fifth, Promise.resolve("waits")])).toBe("waits");
  expect(await ask("CRITICAL", "7")).toEqual({ kind: "shed" });
  const open = gateway({ admission: false, limit: 1 });
  for (const session of ["1", "2"])
    expect(await Promise.race([open.ask("BEST_EFFORT", session), Promise.resolve("waits")])).toBe(
      "waits",
    );
});

test("starts no session for a departed device, or when no edge has room", async () => {
  const { ask, finish, places } = gateway();
  const left = new AbortController();
  const start = ask("CRITICAL", "s", left.signal);
  left.abort();
  await finish(5);
  expect([await start, places.inFlight]).toEqual([{ kind: "aborted" }, 0]);
  const full = gateway({ capacity: 1 });
  const none = full.ask("CRITICAL", "s");
  await full.finish(5);
  expect(await none).toEqual({ kind: "full" });
});

test("picks the highest bitrate within the device's limit, or the lowest there is", () => {
  expect([Infinity, 309, 1].map((max) => nominalBitsPerSecond(renditions, max))).toEqual([
    310, 110, 110,
  ]);
});
