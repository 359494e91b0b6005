import { expect, test } from "vitest";
import { createSerialStage } from "./serial-stage.ts";

test("admits one after another, and is as busy as it is used", async () => {
  let now = 1_000;
  const waits: number[] = [];
  const station = createSerialStage({
    msMin: 1.5,
    nowMs: () => now,
    sleep: (ms) => Promise.resolve(waits.push(ms)),
  });
  await Promise.all([station.pass(), station.pass(), station.pass()]);
  expect(waits).toEqual([1.5, 3, 4.5]);
  now += 3;
  expect(station.busyMs()).toBe(3);
  now += 100;
  expect(station.busyMs()).toBe(4.5);
  await station.pass();
  expect(waits.at(-1)).toBe(1.5);
});

test("makes nothing wait if it takes no time", () => {
  expect(createSerialStage({ msMin: 0, nowMs: () => 0 }).pass()).toBeUndefined();
});
