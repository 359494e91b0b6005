import { describe, expect, it } from "vitest";
import { fakeService, injected } from "../../../test/support/faults/strike.ts";
import { inject } from "./inject.ts";

describe("a pause", () => {
  it("lands if a ping gets no reply, and heals if it gets one", async () => {
    const service = fakeService("a");
    const ping = async () =>
      service.state === "paused"
        ? ({ outcome: "silent" } as const)
        : ({ outcome: "answered", tookMs: 2 } as const);
    const { evidence, heal } = await injected(inject, {
      fault: {},
      services: [service],
      observer: { ping },
    });
    expect(evidence).toEqual({
      landed: true,
      observation:
        "process 7 of a stands still, a:80 took a connection and gave no reply within 500 ms",
    });
    expect(await heal()).toEqual({
      landed: true,
      observation: "a is running, a:80 answered after 2.0 ms",
    });
  });

  it("does not land on a service that replies, or heal one that does not", async () => {
    const loud = await injected(inject, {
      fault: {},
      services: [fakeService("a")],
      observer: { ping: async () => ({ outcome: "answered", tookMs: 2 }) },
    });
    expect(loud.evidence).toMatchObject({
      landed: false,
      observation: expect.stringContaining("but a:80 answered"),
    });
    const deaf = await injected(inject, { fault: {}, services: [fakeService("a")] });
    expect(await deaf.heal()).toMatchObject({ landed: false });
  });

  it("has not lasted if the process has used processor time", async () => {
    let cpuSeconds = 1;
    const observer = {
      ping: async () => ({ outcome: "silent" }) as const,
      cpuSecondsOf: () => cpuSeconds,
    };
    const { observe } = await injected(inject, {
      fault: {},
      services: [fakeService("a")],
      observer,
    });
    expect(await observe?.look()).toMatchObject({ landed: true });
    cpuSeconds = 1.5;
    expect(await observe?.look()).toMatchObject({
      landed: false,
      observation: expect.stringContaining("has used processor time"),
    });
  });
});
