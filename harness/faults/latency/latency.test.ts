import { describe, expect, it } from "vitest";
import type { Pong } from "../../target/observer.ts";
import type { Endpoint } from "../../target/layout.ts";
import { fakeLink, injected } from "../../../test/support/faults/strike.ts";
import { delayProblems } from "./delay.ts";
import { inject } from "./inject.ts";

const fault = { delayMs: 200, jitterMs: 0 };

/** Pings over the link take `overMs`; pings without it take `pastMs`. */
const taking = (overMs: () => number, pastMs: number) => ({
  ping: async ({ host }: Endpoint): Promise<Pong> => ({
    outcome: "answered",
    tookMs: host === "entry" ? overMs() : pastMs,
  }),
});

describe("latency", () => {
  it("lands if only the pings over the link are delayed, and heals", async () => {
    let added = 0;
    const link = fakeLink({
      impose: async () => {
        added = 200;
        return async () => {
          added = 0;
        };
      },
    });
    const observer = taking(() => 3 + added, 3);
    const { evidence, heal } = await injected(inject, { fault, links: [link], observer });
    expect(evidence).toEqual({
      landed: true,
      observation: "a → b:http answers after 203 ms, the service itself after 3.0 ms",
    });
    expect(await heal()).toMatchObject({ landed: true });
  });

  it.each([
    ["a delay that is not there", taking(() => 3, 3), false],
    ["a service that is as slow by itself", taking(() => 210, 209), false],
    ["one ping that is too early", taking(earlyOnce(), 3), false],
    ["a delay", taking(() => 203, 3), true],
  ] as const)("is distinguished from %s", async (_what, observer, landed) => {
    const { evidence } = await injected(inject, { fault, links: [fakeLink()], observer });
    expect(evidence.landed).toBe(landed);
  });

  it("is not healed while pings stay delayed, or without answers", async () => {
    for (const observer of [taking(() => 203, 3), {}]) {
      const { heal } = await injected(inject, { fault, links: [fakeLink()], observer });
      expect(await heal()).toMatchObject({ landed: false });
    }
  });

  it("affects nothing without a link", async () => {
    const { evidence } = await injected(inject, { fault, links: [] });
    expect(evidence).toEqual({ landed: false, observation: "the fault has no victim" });
  });

  it("has a least delay and a least jitter", () => {
    expect(delayProblems({ delayMs: 20, jitterMs: 10 })).toEqual([]);
    expect(delayProblems({ delayMs: 20, jitterMs: 0 })).toEqual([]);
    expect(delayProblems({ delayMs: 19, jitterMs: 9 })).toHaveLength(2);
  });
});

function earlyOnce(): () => number {
  let asked = 0;
  return () => (asked++ === 1 ? 150 : 400);
}
