/** A planned day for tests, without anything behind it. */
import type { Day, DayStep } from "../../../harness/game-day/day/day.ts";
import { usualRoles } from "../../../harness/game-day/day/game-day.ts";

export function stepOf(experiment: string, changes: Partial<DayStep> = {}): DayStep {
  return {
    experiment,
    source: experiment,
    title: `What ${experiment} shows`,
    story: "For tests.",
    brief: null,
    tier: "storm",
    target: "tiny",
    topology: "only",
    substrate: "process",
    without: [],
    expect: "held",
    rhythmMs: 2_000,
    classes: [],
    leadInMs: 4_000,
    phasesMs: { baseline: 10_000, fault: 20_000, recovery: 10_000 },
    waitMsMax: 60_000,
    holdMsMax: null,
    claims: ["served ≥ 99.9 %"],
    faults: [
      {
        label: "kill region-a/origin",
        atMs: 2_000,
        forMs: 8_000,
        proof: "its processes are gone",
        undo: "it is started again",
      },
    ],
    blast: {
      services: ["region-a/origin"],
      servicesInAll: 6,
      links: [],
      zones: ["region-a-1"],
      zonesInAll: 2,
      faultsAtOnceMax: 1,
      loadTimes: 10,
    },
    rerun: `./seawall run ${experiment} --seed 1`,
    ...changes,
  };
}

export function dayOf(steps: readonly DayStep[], changes: Partial<Day> = {}): Day {
  return {
    format: "seawall-day/1",
    id: "20260101T000000Z-00000001",
    name: "rehearsal",
    title: "Rehearsal",
    purpose: "To see it work.",
    file: "rehearsal.ts",
    seed: 1,
    answers: "people",
    roles: usualRoles,
    steps,
    version: "0",
    machine: { platform: "virtual", cpuModel: "virtual", cores: 2, memoryBytes: 1 },
    ...changes,
  };
}
