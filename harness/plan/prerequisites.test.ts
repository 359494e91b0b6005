import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prerequisiteProblems, type RecordedVerdict } from "./prerequisites.ts";
import type { SubstrateName } from "../record/substrates.ts";
import type { Target } from "../target/target.ts";
import type { Tier } from "../experiment/tiers.ts";

const target = { name: "live", defences: [], topologies: {} } satisfies Target;
const held: RecordedVerdict = {
  runId: "20260101T000000Z-1",
  experiment: "kill-one",
  tier: "monkey",
  target: "live",
  topology: "quick",
  substrate: "process",
  targetVersion: "v2",
  without: [],
  scale: 1,
  status: "held",
};
const problems = (
  experiment: { tier: Tier; requires?: readonly string[] },
  recorded: readonly RecordedVerdict[],
  substrate: SubstrateName = "process",
) =>
  prerequisiteProblems(
    { target, ...experiment },
    { topology: "quick", substrate, targetVersion: "v2" },
    recorded,
  );

describe("prerequisites", () => {
  it("are empty for storm and monkey, and one experiment of the tier below for the others", () => {
    expect([...problems({ tier: "storm" }, []), ...problems({ tier: "monkey" }, [])]).toEqual([]);
    expect(problems({ tier: "latency" }, [])).toEqual([
      "tier latency: an experiment of tier monkey must have held on live first; none has been run",
    ]);
    expect(problems({ tier: "latency" }, [held])).toEqual([]);
    expect(problems({ tier: "gorilla" }, [held])).toEqual([
      expect.stringContaining("an experiment of tier latency must have held"),
    ]);
    expect(problems({ tier: "kong" }, [{ ...held, tier: "gorilla" }])).toEqual([]);
  });

  it("include the experiments that are named, whatever the tier", () => {
    expect(problems({ tier: "storm", requires: ["kill-one", "kill-two"] }, [held])).toEqual([
      'requires: "kill-two" has not been run on live',
    ]);
    expect(
      problems({ tier: "monkey", requires: ["kill-one"] }, [{ ...held, status: "inconclusive" }]),
    ).toEqual([
      'requires: the last run of "kill-one" on live, topology quick, was inconclusive ' +
        "(20260101T000000Z-1)",
    ]);
  });

  it("name a run that this version cannot judge, and do not count it", () => {
    const doubt = 'it ran on the substrate "moon", and this version knows process';
    const doubtful = { ...held, substrate: "moon", doubt };
    expect(problems({ tier: "latency" }, [doubtful])).toEqual([
      "tier latency: an experiment of tier monkey must have held on live first; none has " +
        `been run; ${held.runId} does not count: ${doubt}`,
    ]);
    expect(problems({ tier: "storm", requires: ["kill-one"] }, [doubtful])).toEqual([
      `requires: "kill-one" has not been run on live; ${held.runId} does not count: ${doubt}`,
    ]);
    expect(problems({ tier: "latency", requires: ["kill-one"] }, [held, doubtful])).toEqual([]);
  });

  it("use the last run, whatever the order of records", () => {
    const later: RecordedVerdict = { ...held, runId: "20260102T000000Z-1", status: "refuted" };
    for (const recorded of [
      [held, later],
      [later, held],
    ]) {
      expect(problems({ tier: "latency", requires: ["kill-one"] }, recorded)).toEqual([
        expect.stringContaining("was refuted (20260102"),
        expect.stringContaining("the last runs were kill-one refuted"),
      ]);
    }
    expect(problems({ tier: "latency" }, [later, { ...held, experiment: "kill-other" }])).toEqual(
      [],
    );
  });

  it.each([
    ["another target", { target: "other" }],
    ["a defence off", { without: ["collapsing"] }],
    ["a model", { substrate: "simulated" }],
    ["a tenth of the audience", { scale: 0.1 }],
    ["another version", { targetVersion: "v1" }],
    ["a version that was not recorded", { targetVersion: "" }],
  ] as const)("do not count a run with %s", (_what, changes) => {
    expect(problems({ tier: "latency" }, [{ ...held, ...changes }])).toHaveLength(1);
  });

  it("count a run in another topology, unless the last one in the same topology failed", () => {
    const zones = { ...held, topology: "zones" };
    expect(problems({ tier: "latency", requires: ["kill-one"] }, [zones])).toEqual([]);
    expect(
      problems({ tier: "storm", requires: ["kill-one"] }, [
        { ...held, status: "refuted" },
        { ...zones, runId: "20260201T000000Z-1" },
      ]),
    ).toEqual([expect.stringContaining("topology quick, was refuted")]);
  });

  it("count models for models, and containers for processes", () => {
    expect(
      problems({ tier: "latency" }, [{ ...held, substrate: "simulated" }], "simulated"),
    ).toEqual([]);
    expect(problems({ tier: "latency" }, [{ ...held, substrate: "docker" }])).toEqual([]);
  });

  it("name the version of the runs that do not count", () => {
    const before = [
      { ...held, targetVersion: "v1" },
      { ...held, runId: "20250101T000000Z-1", targetVersion: "" },
    ];
    expect(problems({ tier: "latency", requires: ["kill-one"] }, before)).toEqual([
      'requires: "kill-one" has not been run on live in this version of it (v2; kill-one ' +
        "was held in version v1)",
      "tier latency: an experiment of tier monkey must have held on live first; none has " +
        "been run in this version of it (v2; kill-one was held in version v1)",
    ]);
    expect(problems({ tier: "latency" }, before.slice(1))).toEqual([
      expect.stringContaining("held in one that was not recorded"),
    ]);
  });

  it("never become fewer through a run that did not hold", () => {
    const record = fc.record({
      runId: fc.integer({ min: 0, max: 9 }).map(String),
      experiment: fc.constantFrom("a", "b"),
      tier: fc.constantFrom("monkey" as const, "latency" as const),
      target: fc.constant("live"),
      topology: fc.constantFrom("quick", "zones"),
      substrate: fc.constant("process" as const),
      targetVersion: fc.constantFrom("v1", "v2"),
      scale: fc.constantFrom(1, 2),
      without: fc.constantFrom([], ["x"]),
      status: fc.constantFrom("held" as const, "refuted" as const, "inconclusive" as const),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(record, { selector: (one) => one.runId }),
        record,
        (recorded, more) => {
          const worse = { ...more, runId: "99", status: "refuted" as const, targetVersion: "v2" };
          for (const experiment of [
            { tier: "latency", requires: ["a"] },
            { tier: "gorilla", requires: ["b", "a"] },
          ] as const) {
            expect(problems(experiment, [...recorded, worse]).length).toBeGreaterThanOrEqual(
              problems(experiment, recorded).length,
            );
          }
        },
      ),
    );
  });
});
