import { describe, expect, it } from "vitest";
import { fakeService, injected } from "../../../test/support/faults/strike.ts";
import type { Clock } from "../../target/deployment.ts";
import type { Pong } from "../../target/observer.ts";
import { inject } from "./inject.ts";

/** Every waiter has its own time, which advances in the order of their ends. */
function sharedClock(): Clock {
  let nowMs = 0;
  const waiting: { readonly atMs: number; readonly wake: () => void }[] = [];
  let isAdvancing = false;
  const advance = async (): Promise<void> => {
    while (waiting.length > 0) {
      await new Promise((turn) => setImmediate(turn));
      waiting.sort((one, other) => one.atMs - other.atMs);
      const next = waiting.shift();
      nowMs = Math.max(nowMs, next?.atMs ?? nowMs);
      next?.wake();
    }
    isAdvancing = false;
  };
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        waiting.push({ atMs: nowMs + ms, wake: resolve });
        if (isAdvancing) return;
        isAdvancing = true;
        void advance();
      }),
  };
}

const fault = { share: 0.25 };
const slowly = (service: ReturnType<typeof fakeService>) => ({
  ping: async (): Promise<Pong> => ({
    outcome: "answered",
    tookMs: service.state === "paused" ? 140 : 2,
  }),
});

describe("a share of the time", () => {
  it("lands where the service is stopped again and again, and pings wait for it", async () => {
    const service = fakeService("a");
    const { evidence, observe, heal } = await injected(inject, {
      fault,
      services: [service],
      observer: slowly(service),
      clock: sharedClock(),
    });
    expect(evidence.observation).toMatch(
      /^a was stopped \d times; of 24 pings 0 had no answer, and the longest took 140 ms$/,
    );
    expect(evidence.landed).toBe(true);
    expect(await observe?.look()).toMatchObject({ landed: true });
    expect(await heal()).toEqual({
      landed: true,
      observation: "a is running, and the longest ping took 2 ms",
    });
  });

  it("does not land where pings stay quick, nor where one gets no answer", async () => {
    for (const pong of [{ outcome: "answered", tookMs: 2 }, { outcome: "silent" }] as const) {
      const { evidence, heal } = await injected(inject, {
        fault,
        services: [fakeService("a")],
        observer: { ping: async () => pong },
        clock: sharedClock(),
      });
      await heal();
      expect(evidence.landed).toBe(false);
    }
  });

  it("is over once the service cannot be stopped any more", async () => {
    let pauses = 0;
    const service = fakeService("a", {
      pause: async () => {
        pauses += 1;
        if (pauses > 1) throw new Error("a is not running, so it cannot be paused");
      },
    });
    const { evidence, heal } = await injected(inject, {
      fault,
      services: [service],
      observer: slowly(service),
      clock: sharedClock(),
    });
    await heal();
    expect(evidence).toEqual({
      landed: false,
      observation: "a: a is not running, so it cannot be paused",
    });
  });
});
