import { expect, test } from "vitest";
import { createFront } from "./front.ts";

test("reads one request after another, and is as busy as it has read", async () => {
  let now = 1_000;
  const waits: number[] = [];
  const front = createFront({ requestMsMin: 1.5, nowMs: () => now, sleep: (ms) => Promise.resolve(waits.push(ms)) });
  await Promise.all([front.read(), front.read(), front.read()]);
  expect(waits).toEqual([1.5, 3, 4.5]);
  now += 3;
  expect(front.busyMs()).toBe(3);
  now += 100;
  expect(front.busyMs()).toBe(4.5);
  await front.read();
  expect(waits.at(-1)).toBe(1.5);
});

test("a request that takes no time does not wait", () => {
  expect(createFront({ requestMsMin: 0, nowMs: () => 0 }).read()).toBeUndefined();
});
