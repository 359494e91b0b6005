import { describe, expect, it } from "vitest";
import { fakeService, injected } from "../../../test/support/faults/strike.ts";
import { outOfDescriptors } from "./fault.ts";

const evidence = { landed: true, observation: "the limit is reached" };
const impairment = {
  observe: async () => evidence,
  undo: async () => ({ landed: true, observation: "the limit is back" }),
};

/** Whether its ports answer, whatever its limit. */
function given(outcome: () => "answered" | "closed") {
  return {
    fault: { kind: "outOfDescriptors", service: "a" } as const,
    services: [fakeService("a", { impair: async () => impairment })],
    observer: {
      ping: async () => {
        const what = outcome();
        return what === "answered"
          ? ({ outcome: what, tookMs: 2 } as const)
          : ({ outcome: what } as const);
      },
    },
  };
}

describe("a service without descriptors", () => {
  it("lands if no port answers, and heals once they answer", async () => {
    let outcome: "answered" | "closed" = "closed";
    const { evidence: seen, heal } = await injected(
      outOfDescriptors.inject,
      given(() => outcome),
    );
    expect(seen).toEqual({
      landed: true,
      observation: "the limit is reached; a:80 closed the connection",
    });
    outcome = "answered";
    expect(await heal()).toEqual({
      landed: true,
      observation: "the limit is back; a:80 answered after 2.0 ms",
    });
  });

  it("does not land on a service that answers, or heal one that does not", async () => {
    const loud = await injected(
      outOfDescriptors.inject,
      given(() => "answered"),
    );
    expect(loud.evidence.landed).toBe(false);
    const deaf = await injected(
      outOfDescriptors.inject,
      given(() => "closed"),
    );
    expect(await deaf.heal()).toEqual({ landed: false, observation: "a:80 closed the connection" });
  });
});
