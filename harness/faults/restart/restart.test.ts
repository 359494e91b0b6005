import { describe, expect, it } from "vitest";
import { fakeClock, fakeService, injected } from "../../../test/support/faults/strike.ts";
import type { Instance } from "../../target/deployment.ts";
import { inject } from "./inject.ts";

const accepting = { tryConnect: async () => "accepted" as const };

/** It drains for this long, and then it is gone. */
function draining(drainMs: number, detail: string, over: Partial<Instance> = {}) {
  const clock = fakeClock();
  const service: Instance = fakeService("a", {
    stop: async () => {
      await clock.sleep(drainMs);
      await service.kill();
      return { detail };
    },
    ...over,
  });
  return { clock, services: [service], fault: {}, observer: accepting };
}

describe("a graceful restart", () => {
  it("lands once another process is ready, and says how long the first one drained", async () => {
    const { evidence, observe, heal } = await injected(inject, draining(812, "exit status 0"));
    expect(evidence).toEqual({
      landed: true,
      observation:
        "process 7 of a ended 812 ms after SIGTERM (exit status 0); process 8 was ready 0 ms later",
    });
    // It is over: there is nothing to look at.
    expect(observe).toBe(null);
    expect(await heal()).toEqual({
      landed: true,
      observation: "process 8 of a runs, and a:80 accepted a connection",
    });
  });

  it("says that a service did not drain in its time", async () => {
    const killed = draining(3_000, "ended by SIGKILL");
    expect((await injected(inject, killed)).evidence).toMatchObject({
      landed: true,
      observation: expect.stringContaining(
        "3000 ms after SIGTERM, only because SIGKILL followed when its time to drain was over",
      ),
    });
  });

  it("does not land on what did not run, does not end, or does not return", async () => {
    const still = { stop: async () => ({ detail: "" }) };
    for (const [over, observation] of [
      [{ pid: null }, "a was not running, so it could not be restarted"],
      [still, "process 7 of a is still there"],
      [
        { start: () => Promise.reject(new Error("a was not ready within 30 s")) },
        "a was not ready",
      ],
    ] as const) {
      const { evidence } = await injected(inject, draining(1, "", over));
      expect(evidence).toMatchObject({
        landed: false,
        observation: expect.stringContaining(observation),
      });
    }
  });

  it("is not healed while its port refuses, or after it has ended again", async () => {
    const closed = { ...draining(1, ""), observer: { tryConnect: async () => "refused" as const } };
    const shut = await injected(inject, closed);
    expect(await shut.heal()).toEqual({
      landed: false,
      observation: "process 8 of a runs, and a:80 refused a connection",
    });
    const given = draining(1, "");
    const again = await injected(inject, given);
    await given.services[0]?.kill();
    expect(await again.heal()).toMatchObject({ landed: true });
  });
});
