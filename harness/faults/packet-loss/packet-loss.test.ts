import { describe, expect, it } from "vitest";
import type { Impairment } from "../../target/deployment.ts";
import { fullDisk } from "../full-disk/fault.ts";
import { fakeService, injected } from "../../../test/support/faults/strike.ts";
import { packetLoss } from "./fault.ts";
import { inject } from "./inject.ts";

const gone = { landed: true, observation: "gone" };

describe("an effect of the substrate", () => {
  it("receives pings until a packet is dropped", async () => {
    let pings = 0;
    const observe: Impairment["observe"] = async () => ({
      landed: pings >= 40,
      observation: `${pings} pings`,
    });
    const services = [
      fakeService("a", { impair: async () => ({ observe, undo: async () => gone }) }),
    ];
    const ping = async () => ({ outcome: "silent", pings: ++pings }) as const;
    const { evidence, heal } = await injected(inject, {
      fault: { kind: "packetLoss", share: 0.1 },
      services,
      observer: { ping },
    });
    expect(evidence).toEqual({ landed: true, observation: "40 pings" });
    expect(await heal()).toEqual(gone);
  });

  it("does not land, and heals, if the substrate does not support it", async () => {
    const impair = () => Promise.reject(new Error("not made ready"));
    const given = {
      fault: { kind: "fullDisk", service: "a" } as const,
      services: [fakeService("a", { impair })],
    };
    const { evidence, heal } = await injected(fullDisk.inject, given);
    expect(evidence).toEqual({ landed: false, observation: "not made ready" });
    expect(await heal()).toEqual({ landed: true, observation: "it was never in force" });
  });

  it("has a least packet loss of one in a hundred", () => {
    const problems = (share: number) =>
      packetLoss.sizeProblems?.({ kind: "packetLoss", service: "a", share }, 1_000);
    expect([problems(0.01), problems(0.001)]).toEqual([
      [],
      ["loses 0.1 % of the packets, too few to be seen; the minimum is 1 %"],
    ]);
  });
});
