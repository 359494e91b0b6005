import { describe, expect, it } from "vitest";
import type { Connection } from "../../target/observer.ts";
import { fakeService, injected } from "../../../test/support/faults/strike.ts";
import { inject } from "./inject.ts";

const answering = (answer: Connection) => ({ tryConnect: async () => answer });
const refusing = answering("refused");

describe("a kill", () => {
  it("lands if process and ports are gone, and heals once a process runs again", async () => {
    const { evidence, heal } = await injected(inject, {
      fault: {},
      services: [fakeService("a")],
      observer: refusing,
    });
    expect(evidence).toEqual({
      landed: true,
      observation: "process 7 of a is gone and a:80 refuses connections",
    });
    expect(await heal()).toEqual({ landed: true, observation: "process 8 was ready after 0 ms" });
  });

  it.each([
    [
      "a port that still takes connections",
      fakeService("a"),
      "accepted",
      "process 7 of a is gone, but a:80 accepted a connection",
    ],
    [
      "a process that does not end",
      fakeService("a", { kill: async () => undefined }),
      "refused",
      "process 7 of a is still there",
    ],
    [
      "one that ran not at all",
      fakeService("a", { pid: null }),
      "refused",
      "a was not running, so there was nothing to kill",
    ],
  ] as const)("does not land on %s", async (_what, service, answer, observation) => {
    const { evidence } = await injected(inject, {
      fault: {},
      services: [service],
      observer: answering(answer),
    });
    expect(evidence).toEqual({ landed: false, observation });
  });

  it("is over once a supervisor restarts the service, and then starts nothing", async () => {
    const service = fakeService("a");
    const { observe, heal } = await injected(inject, {
      fault: {},
      services: [service],
      observer: refusing,
    });
    await service.start();
    expect(await observe?.look()).toEqual({
      landed: false,
      observation: "process 8 of a runs in its place",
    });
    expect(await heal()).toMatchObject({ landed: true });
  });

  it("starts services one after another, and requires each", async () => {
    const services = [fakeService("a"), fakeService("b", { start: async () => undefined })];
    const { evidence, heal } = await injected(inject, { fault: {}, services, observer: refusing });
    expect(evidence.landed).toBe(true);
    expect(await heal()).toEqual({ landed: false, observation: "b ended again" });
  });
});
