import { describe, expect, it } from "vitest";
import type { Endpoint } from "../../target/layout.ts";
import { fakeLink, injected } from "../../../test/support/faults/strike.ts";
import { inject } from "./inject.ts";

const fault = { bytesPerSecond: 100_000 };
const carrying = (over: number, past: number) => ({
  rateOf: async ({ host }: Endpoint) => (host === "entry" ? over : past),
});

describe("bandwidth", () => {
  it.each([
    ["what the link carries", carrying(110_000, 900_000), true],
    ["a link that carries more", carrying(200_000, 900_000), false],
    ["a service that takes no more by itself", carrying(110_000, 150_000), false],
    ["a link that carries nothing", carrying(0, 900_000), false],
  ] as const)(
    "verifies the limit only if throughput matches it: %s",
    async (_what, observer, landed) => {
      const { evidence } = await injected(inject, { fault, links: [fakeLink()], observer });
      expect(evidence.landed).toBe(landed);
    },
  );

  it("is reverted only once throughput exceeds the limit", async () => {
    const whole = await injected(inject, {
      fault,
      links: [fakeLink()],
      observer: carrying(800_000, 900_000),
    });
    expect(await whole.heal()).toMatchObject({ landed: true });
    const narrow = await injected(inject, {
      fault,
      links: [fakeLink()],
      observer: carrying(110_000, 900_000),
    });
    expect(await narrow.heal()).toMatchObject({ landed: false });
  });
});
