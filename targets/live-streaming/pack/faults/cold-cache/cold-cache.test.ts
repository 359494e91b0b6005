import { expect, it } from "vitest";
import { fakeService, injected } from "../../../../../test/support/faults/strike.ts";
import { inject } from "./inject.ts";

/** A cache that keeps what is stored and loses all at a flush, unless it ignores the flush. */
function cache({ deaf = false, keeps = true } = {}) {
  const kept = new Set<string>();
  return fakeService("c", {
    operate: async (name, { key = "" } = {}) => {
      if (name === "fill" && keeps) kept.add(key);
      if (name === "flush" && !deaf) kept.clear();
      return kept.has(key) ? "hit" : "miss";
    },
  });
}

it.each([
  ["lands where a hit becomes a miss", cache(), true, "was a hit before and a miss after"],
  [
    "does not land where it stays a hit",
    cache({ deaf: true }),
    false,
    "was a hit before and a hit after",
  ],
  [
    "does not land where it never was one",
    cache({ keeps: false }),
    false,
    "was a miss before and a miss after",
  ],
] as const)("an empty cache %s", async (_what, service, landed, observation) => {
  const { evidence, observe, heal } = await injected(inject, { fault: {}, services: [service] });
  expect(evidence).toEqual({ landed, observation: `the same look into c ${observation}` });
  expect(observe).toBeNull();
  expect(await heal()).toEqual({ landed: true, observation: "c fills again by itself" });
});
