import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { inTime } from "./in-time.ts";

test("settles as the promise does", async () => {
  expect(await inTime(Promise.resolve(7), 1_000)).toBe(7);
  await expect(inTime(Promise.reject(new Error("refused")), 1_000)).rejects.toThrow("refused");
});

test("rejects after the limit, and ignores a late failure", async () => {
  await expect(inTime(new Promise(() => undefined), 10)).rejects.toThrow(
    "nothing happened for 0.01 s",
  );
  await expect(
    inTime(
      sleep(20).then(() => {
        throw new Error("late");
      }),
      10,
    ),
  ).rejects.toThrow("nothing happened");
  await sleep(30);
});
