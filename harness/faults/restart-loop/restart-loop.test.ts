import { describe, expect, it } from "vitest";
import { fakeService, injected } from "../../../test/support/faults/strike.ts";
import { restartLoop } from "./fault.ts";
import { inject } from "./inject.ts";

const fault = { everyMs: 400 };

describe("a restart loop", () => {
  it("lands once a second process is gone, and heals once one runs", async () => {
    const { evidence, observe, heal } = await injected(inject, {
      fault,
      services: [fakeService("a")],
    });
    expect(evidence).toEqual({
      landed: true,
      observation: "process 7 and process 8 of a are gone",
    });
    expect(await observe?.look()).toMatchObject({ landed: true });
    expect(await heal()).toMatchObject({
      landed: true,
      observation: expect.stringMatching(/^after \d+ deaths process 8 of a is ready$/),
    });
  });

  it("does not land on a stopped service, or on one that does not start again", async () => {
    const dead = await injected(inject, { fault, services: [fakeService("a", { pid: null })] });
    expect(dead.evidence).toEqual({
      landed: false,
      observation: "a was not running, so there was nothing to kill",
    });
    const service = fakeService("a", { start: async () => undefined });
    const once = await injected(inject, { fault, services: [service] });
    expect(once.evidence).toEqual({ landed: false, observation: "process 7 of a is gone" });
    await once.heal();
  });

  it("must last long enough for two deaths", () => {
    const problems = (forMs: number) =>
      restartLoop.sizeProblems?.({ kind: "restartLoop", service: "a", ...fault }, forMs);
    expect(problems(1_800)).toEqual([]);
    expect(problems(1_799)?.join()).toMatch(/^lasts 1799 ms, .* 400 ms; the minimum is 1800 ms$/);
  });
});
