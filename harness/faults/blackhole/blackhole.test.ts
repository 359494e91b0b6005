import { describe, expect, it } from "vitest";
import type { Connection } from "../../target/observer.ts";
import { fakeService, injected } from "../../../test/support/faults/strike.ts";
import { inject } from "./inject.ts";

const fault = { zone: "z" };
const disconnect = async () => async () => undefined;

describe("blackhole", () => {
  it("lands if no port accepts or refuses a connection while the processes run", async () => {
    const given = { fault, services: [fakeService("a")], deployment: { disconnect } };
    expect((await injected(inject, given)).evidence).toMatchObject({ landed: true });
    const refusing = await injected(inject, {
      ...given,
      observer: { tryConnect: async () => "refused" },
    });
    expect(refusing.evidence).toEqual({
      landed: false,
      observation: "a:80 refused a connection, so a is not cut off",
    });
    const dead = await injected(inject, {
      ...given,
      services: [fakeService("a", { pid: null, state: "ended" })],
    });
    expect(dead.evidence).toEqual({ landed: false, observation: "a is ended, not running" });
  });

  it("lands if an engine takes the published port away with the network", async () => {
    const keeper = { restarts: null, accountOf: () => null };
    const given = { fault, services: [fakeService("a", { keeper })], deployment: { disconnect } };
    const on = async (answer: Connection) =>
      (await injected(inject, { ...given, observer: { tryConnect: async () => answer } })).evidence;
    expect(await on("refused")).toEqual({
      landed: true,
      observation: "process 7 of a runs, and a:80 took no connection within 1000 ms",
    });
    expect(await on("accepted")).toMatchObject({ landed: false });
  });

  it("heals if a port replies in time", async () => {
    let asked = 0;
    const observer = {
      ping: async () =>
        asked++ < 3
          ? ({ outcome: "silent" } as const)
          : ({ outcome: "answered", tookMs: 1 } as const),
    };
    const given = { fault, services: [fakeService("a")], deployment: { disconnect } };
    expect(await (await injected(inject, { ...given, observer })).heal()).toMatchObject({
      landed: true,
    });
    expect(await (await injected(inject, given)).heal()).toMatchObject({ landed: false });
  });

  it("does not land on a substrate that cannot disconnect a zone", async () => {
    const { evidence } = await injected(inject, { fault, services: [fakeService("a")] });
    expect(evidence).toEqual({
      landed: false,
      observation: "no zone can be cut off on this substrate",
    });
  });
});
