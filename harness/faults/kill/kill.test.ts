import { describe, expect, it } from "vitest";
import type { Death, Instance } from "../../target/deployment.ts";
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

  describe("of a service that an engine keeps", () => {
    const detail = "ended by SIGKILL (exit status 137)";
    const kept = (restarts: string | null, deaths: (Death | null)[]) =>
      fakeService("a", {
        keeper: { restarts, accountOf: () => deaths.shift() ?? null },
      });
    const dead: Death = { detail, back: null };
    const back: Death = { detail, back: { pid: 8, afterMs: 412.4 } };
    const always = 'the restart policy "always"';
    const evidenceOn = async (service: Instance, observer = answering("silent")) =>
      (await injected(inject, { fault: {}, services: [service], observer })).evidence;

    it("lands without a refusal, because the address leaves with the container", async () => {
      expect(await evidenceOn(kept(null, [dead, dead]))).toEqual({
        landed: true,
        observation: `process 7 of a is gone: ${detail}; a:80 accepts no connection`,
      });
    });

    it("lands if its restart policy acts, and says after how long", async () => {
      const expected = {
        landed: true,
        observation:
          `process 7 of a is gone: ${detail}; ${always} restarted it, ` +
          "and process 8 ran 412 ms later",
      };
      expect(await evidenceOn(kept(always, [back]))).toEqual(expected);
      // While the ports are checked.
      expect(await evidenceOn(kept(always, [dead, back, back]), answering("accepted"))).toEqual(
        expected,
      );
    });

    it("stays in force after that, because a death cannot be taken back", async () => {
      const { observe } = await injected(inject, {
        fault: {},
        services: [kept(always, [dead, dead, back])],
        observer: answering("silent"),
      });
      expect(await observe?.look()).toMatchObject({ landed: true });
    });

    it.each([
      ["no death", kept(always, [null]), "process 7 of a is still there"],
      [
        "a start by nobody known",
        kept(null, [back]),
        `process 7 of a is gone: ${detail}; but process 8 ran 412 ms later, although it has no ` +
          "restart policy",
      ],
    ])("does not land with %s", async (_what, service, observation) => {
      expect(await evidenceOn(service)).toEqual({ landed: false, observation });
    });

    it("does not land if its port still takes connections", async () => {
      expect(await evidenceOn(kept(null, [dead, dead]), answering("accepted"))).toMatchObject({
        landed: false,
        observation: expect.stringContaining("but a:80 accepted a connection"),
      });
    });
  });
});
