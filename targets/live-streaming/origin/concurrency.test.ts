import fc from "fast-check";
import { expect, test } from "vitest";
import { type Claim, createConcurrency, initialLimit, reliefMs, shares } from "./concurrency.ts";

const dvrRoom = Math.floor(initialLimit * shares.dvr);

test("refuses room to DVR first, then to live, and never to a started response", () => {
  const concurrency = createConcurrency(() => 0, true);
  const begun = (claim: Claim): number => {
    let count = 0;
    while (concurrency.begin(claim) !== null) count += 1;
    return count;
  };
  expect(begun("dvr")).toBe(dvrRoom);
  expect(begun("live")).toBe(initialLimit - dvrRoom);
  expect(concurrency.begin("admitted")).not.toBeNull();
  expect(concurrency.inFlight).toBe(initialLimit + 1);
});

test("never admits DVR where live would be refused, and always what has started", () => {
  const step = fc.tuple(
    fc.constantFrom<Claim>("live", "dvr", "admitted"),
    fc.integer({ min: 0, max: 5_000 }),
    fc.boolean(),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      let nowMs = 0;
      const concurrency = createConcurrency(() => nowMs, true);
      const ends: (() => void)[] = [];
      for (const [claim, passMs, ending] of steps) {
        nowMs += passMs;
        if (ending) ends.shift()?.();
        const { inFlight, limit } = concurrency;
        const end = concurrency.begin(claim);
        if (end !== null) ends.push(end);
        if (claim === "admitted") expect(end).not.toBeNull();
        if (claim === "live") expect(end !== null).toBe(inFlight < limit);
        if (claim === "dvr" && end !== null) expect(inFlight).toBeLessThan(limit);
      }
    }),
  );
});

test("refuses DVR alone for a while after a store throttles", () => {
  let nowMs = 0;
  const [limited, open] = [
    createConcurrency(() => nowMs, true),
    createConcurrency(() => nowMs, false),
  ];
  const refusedAt = (atMs: number): void => {
    nowMs = atMs;
    for (const each of [limited, open]) each.refused();
  };
  refusedAt(1_000);
  refusedAt(1_400);
  nowMs = 1_400 + reliefMs - 1;
  expect(limited.begin("dvr")).toBeNull();
  expect(limited.begin("live")).not.toBeNull();
  expect(limited.begin("admitted")).not.toBeNull();
  expect(open.begin("dvr")).not.toBeNull();
  nowMs += 1;
  expect(limited.begin("dvr")).not.toBeNull();
});

test("always has room without the limit", () => {
  const concurrency = createConcurrency(() => 0, false);
  for (let times = 0; times < 1_000; times += 1) expect(concurrency.begin("dvr")).not.toBeNull();
});
