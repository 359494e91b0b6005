import { expect, test } from "vitest";
import { backAfterPolls, createEdgeHealth } from "./edge-health.ts";

test("ignores one failed poll, reports a loss after two, and recovers after many good ones in a row", () => {
  const health = createEdgeHealth();
  const after = (...polls: boolean[]): boolean => {
    for (const answered of polls) health.observe(answered);
    return health.usable;
  };
  expect(after(false)).toBe(true);
  expect(after(true, false)).toBe(true);
  expect(after(false)).toBe(false);
  expect(after(...Array<boolean>(backAfterPolls - 1).fill(true))).toBe(false);
  expect(after(true)).toBe(true);
});

test("keeps a flapping edge out", () => {
  const health = createEdgeHealth();
  health.observe(false);
  health.observe(false);
  for (let times = 0; times < 100; times += 1) {
    for (let good = 0; good < backAfterPolls - 1; good += 1) health.observe(true);
    health.observe(false);
    expect(health.usable).toBe(false);
  }
});
