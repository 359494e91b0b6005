import { expect, test } from "vitest";
import { createAdmissionDecision } from "./admission-decision.ts";

const entryAt = (now: number, switches: { admission?: boolean; backoffGuidance?: boolean } = {}) =>
  createAdmissionDecision({
    admission: true,
    backoffGuidance: true,
    utilisation: { now },
    random: () => 0,
    ...switches,
  });

test("admits plays and refuses prefetches when busy; admits both when idle or without the defence", () => {
  const [play, prefetch] = ["play", "prefetch"].map(
    (kind) => (enter: ReturnType<typeof entryAt>) => enter("/sessions", kind).admitted,
  );
  expect([play?.(entryAt(0.8)), prefetch?.(entryAt(0.8))]).toEqual([true, false]);
  expect([play?.(entryAt(0.2)), prefetch?.(entryAt(0.2))]).toEqual([true, true]);
  expect(prefetch?.(entryAt(1, { admission: false }))).toBe(true);
});

test("lets critical requests retry sooner, and gives no guidance without the defence", () => {
  const retryAfter = (kind: string, switches = {}) =>
    entryAt(0.5, switches)("/sessions", kind).backoff()?.retryAfterSeconds;
  expect(retryAfter("play")).toBeLessThan(retryAfter("prefetch") ?? 0);
  expect(retryAfter("play", { backoffGuidance: false })).toBeUndefined();
});
