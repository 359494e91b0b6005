import fc from "fast-check";
import { expect, test } from "vitest";
import { isLive, liveSegments, publishAtMs, segmentInProduction, segmentMs } from "./template.ts";

const clock = fc.integer({ min: 0, max: 4_000_000_000_000 });

test("keeps a segment in production until its publication", () => {
  fc.assert(
    fc.property(clock, (nowMs) => {
      const number = segmentInProduction(nowMs);
      expect(publishAtMs(number)).toBeGreaterThan(nowMs);
      expect(publishAtMs(number - 1)).toBeLessThanOrEqual(nowMs);
    }),
  );
});

test("increments the number once per segment duration", () => {
  fc.assert(
    fc.property(clock, (nowMs) => {
      expect(segmentInProduction(nowMs + segmentMs)).toBe(segmentInProduction(nowMs) + 1);
    }),
  );
});

test("counts the newest segments as live and the one before them as DVR", () => {
  const nowMs = 1_700_000_000_500;
  const current = segmentInProduction(nowMs);
  expect(isLive(current, nowMs)).toBe(true);
  expect(isLive(current - liveSegments, nowMs)).toBe(true);
  expect(isLive(current - liveSegments - 1, nowMs)).toBe(false);
});
