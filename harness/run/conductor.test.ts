import { streamRecord } from "../../targets/live-streaming/pack/stream/stream-parts.ts";
import { describe, expect, it } from "vitest";
import { judge } from "../judge/judge.ts";
import type { Plan } from "../record/plan.ts";
import type { RunEvent } from "../record/events.ts";
import { conduct } from "./conductor.ts";
import { type Chances, virtualWorld } from "../../test/support/simulated/virtual-world.ts";

const sure: Chances = { deployFails: 0, injectFails: 0, healFails: 0, loadDies: 0, userAborts: 0 };
const rough: Chances = {
  deployFails: 0.05,
  injectFails: 0.1,
  healFails: 0.1,
  loadDies: 0.2,
  userAborts: 0.5,
};

const plan: Plan = {
  format: "seawall-plan/2",
  experiment: "virtual",
  title: "virtual",
  story: "virtual",
  tier: "storm",
  target: "virtual",
  topology: "quick",
  substrate: "simulated",
  substrateWhy: "test",
  seed: 1,
  without: [],
  reliesOn: [],
  services: [],
  links: [],
  entries: [],
  ...streamRecord({
    event: "main",
    segmentMs: 2_000,
    availabilityStartMs: 0,
    renditions: [],
    segmentPath: "",
    dvrSegments: 20,
  }),
  leadInMs: 4_000,
  phasesMs: { baseline: 10_000, fault: 20_000, recovery: 10_000 },
  load: [],
  hypothesis: [],
  recovery: null,
  steps: [
    { atMs: 2_000, forMs: 8_000, fault: { kind: "kill", service: "one" } },
    { atMs: 4_000, forMs: 16_000, fault: { kind: "kill", service: "two" } },
    { atMs: 12_000, forMs: 2_000, fault: { kind: "kill", service: "one" } },
  ],
  metrics: {},
  abortWhen: [],
  rerun: "",
};

async function play(seed: number, chances: Chances) {
  const { world, clock, signal, outcome } = virtualWorld(plan, seed, chances);
  const { error } = await clock.until(conduct(plan, world, signal));
  return { ...outcome, error };
}

const kinds = (events: readonly RunEvent[], kind: RunEvent["kind"]) =>
  events.filter((event) => event.kind === kind);

describe("conduct", () => {
  it("passes all phases, injects and heals at the planned times, and ends clean", async () => {
    const { events, log, error } = await play(7, sure);
    expect(error).toBeNull();
    expect(kinds(events, "phase").map((event) => event.kind === "phase" && event.phase)).toEqual([
      "leadIn",
      "baseline",
      "fault",
      "recovery",
      "drain",
    ]);
    for (const event of kinds(events, "injected"))
      expect(event.kind === "injected" && event.atMs - event.plannedMs).toBeLessThan(100);
    expect(kinds(events, "injected")).toHaveLength(3);
    expect(kinds(events, "healed")).toHaveLength(3);
    expect(kinds(events, "generator")).toMatchObject([{ expected: true }]);
    expect(log.slice(-5)).toEqual([
      "probes finished",
      "probes disposed",
      "load disposed",
      "deployment disposed",
      "swept",
    ]);
    expect(events.slice(-2).map((event) => event.kind)).toEqual(["cleaned", "finished"]);
  });

  it("reports that a generator which died ended early", async () => {
    const { events, error } = await play(3, { ...sure, loadDies: 1 });
    expect(error).toBeNull();
    expect(kinds(events, "generator")).toMatchObject([
      { expected: false, detail: expect.stringContaining("it ended early") },
    ]);
    expect(kinds(events, "aborted")).toHaveLength(0);
  });

  it("leaves no fault in force, whatever fails and whenever it is aborted", async () => {
    for (let seed = 1; seed <= 100; seed++) {
      const { events, log, inForce, error } = await play(seed, rough);
      const context = `replay with seed ${seed}`;
      expect(
        [...inForce.values()].every((count) => count === 0),
        `${context}: ${JSON.stringify([...inForce])}`,
      ).toBe(true);
      for (const [step] of plan.steps.entries()) {
        const of = (kind: RunEvent["kind"]) =>
          events.filter((event) => event.kind === kind && "step" in event && event.step === step);
        const landed = of("injected").filter(
          (event) => event.kind === "injected" && event.evidence.landed,
        );
        expect(of("injecting").length, context).toBeLessThanOrEqual(1);
        expect(of("injected").length, context).toBe(of("injecting").length);
        expect(of("healed").length, context).toBe(landed.length);
      }
      expect(events.at(-1)?.kind, context).toBe("finished");
      expect(kinds(events, "aborted").length, context).toBe(error === null ? 0 : 1);
      if (log.includes("deployed"))
        expect(
          log.filter((line) => line === "deployment disposed"),
          context,
        ).toHaveLength(1);
      if (log.includes("load prepared"))
        expect(log.indexOf("load disposed"), context).toBeLessThan(
          log.indexOf("deployment disposed"),
        );
      const verdict = judge({ directory: "", id: "virtual", plan, events, series: [], damage: [] });
      expect(verdict.status, context).not.toBe("held");
    }
  });
});
