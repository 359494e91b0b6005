import { describe, expect, it } from "vitest";
import { struckIn } from "../faults/faults.ts";
import type { Plan } from "./plan.ts";
import { heldPlan } from "../../test/support/judge/held-run.ts";
import { effectsOn, struckBy } from "./struck.ts";

const fault = { kind: "kill", service: "region-a/origin-read" } as const;
const { struck: _, ...older }: Plan = { ...heldPlan(), steps: [{ atMs: 0, forMs: 1_000, fault }] };
const recorded = { services: ["region-a/edge"], links: ["a>b:http"], lasts: false, severs: true };

describe("what a step affects", () => {
  it("comes from the plan, whatever the registry of faults contains today", () => {
    expect(struckBy({ ...older, struck: [recorded] }, 0)).toEqual({ ...recorded, silences: true });
    expect(struckBy({ ...older, struck: [{ ...recorded, silences: false }] }, 0)).toEqual({
      ...recorded,
      silences: false,
    });
  });

  it("comes from today's registry if the record does not contain it", () => {
    expect(struckBy(older, 0)).toEqual(struckIn(fault, older));
    expect(struckBy(older, 0)).toEqual({
      services: ["region-a/origin-read"],
      links: [],
      lasts: true,
      severs: false,
      silences: true,
    });
  });

  it("is empty for a step that the plan does not have", () => {
    expect(struckBy(older, 1)).toEqual({
      services: [],
      links: [],
      lasts: false,
      severs: false,
      silences: false,
    });
  });

  it("includes the effect that a service must be prepared for, and no other service", () => {
    const full: Plan = {
      ...older,
      steps: [{ atMs: 0, forMs: 1_000, fault: { kind: "fullDisk", service: "region-a/edge" } }],
    };
    expect([...effectsOn("region-a/edge", full)]).toEqual(["fullDisk"]);
    expect([...effectsOn("region-a/origin-read", full)]).toEqual([]);
    expect([...effectsOn("region-a/origin-read", older)]).toEqual([]);
  });
});
