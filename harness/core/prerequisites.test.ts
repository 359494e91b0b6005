import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prerequisiteProblems, type RecordedVerdict } from "./prerequisites.ts";
import type { Target } from "./target.ts";

const target = { name: "live", defences: [], topologies: {} } satisfies Target;
const held: RecordedVerdict = { runId: "20260101T000000Z-1", experiment: "kill-one", tier: "monkey", target: "live", topology: "quick", substrate: "process", without: [], status: "held" };
const problems = (experiment: { tier: RecordedVerdict["tier"]; requires?: readonly string[] }, recorded: readonly RecordedVerdict[], substrate: RecordedVerdict["substrate"] = "process") =>
  prerequisiteProblems({ target, ...experiment }, substrate, recorded);

describe("prerequisites", () => {
  it("ask nothing of storms and single instances, and of each other tier the one below it", () => {
    expect([...problems({ tier: "storm" }, []), ...problems({ tier: "monkey" }, [])]).toEqual([]);
    expect(problems({ tier: "latency" }, [])).toEqual(["tier latency: an experiment of tier monkey must have held on live first; none has been run"]);
    expect(problems({ tier: "latency" }, [held])).toEqual([]);
    expect(problems({ tier: "gorilla" }, [held])).toEqual([expect.stringContaining("an experiment of tier latency must have held")]);
    expect(problems({ tier: "kong" }, [{ ...held, tier: "gorilla" }])).toEqual([]);
  });

  it("ask for the experiments that are named, whatever the tier", () => {
    expect(problems({ tier: "storm", requires: ["kill-one", "kill-two"] }, [held])).toEqual(['requires: "kill-two" has not been run on live']);
    expect(problems({ tier: "monkey", requires: ["kill-one"] }, [{ ...held, status: "inconclusive" }])).toEqual(['requires: the last run of "kill-one" on live was inconclusive (20260101T000000Z-1)']);
  });

  it("count the last run, however the records lie", () => {
    const later: RecordedVerdict = { ...held, runId: "20260102T000000Z-1", status: "refuted" };
    for (const recorded of [[held, later], [later, held]]) {
      expect(problems({ tier: "latency", requires: ["kill-one"] }, recorded)).toEqual([expect.stringContaining("was refuted (20260102"), expect.stringContaining("the last runs were kill-one refuted")]);
    }
    expect(problems({ tier: "latency" }, [later, { ...held, experiment: "kill-other" }])).toEqual([]);
  });

  it.each([["another target", { target: "other" }], ["a defence off", { without: ["collapsing"] }], ["a model", { substrate: "simulated" }]] as const)("do not count a run with %s", (_what, changes) => {
    expect(problems({ tier: "latency" }, [{ ...held, ...changes }])).toHaveLength(1);
  });

  it("count what held in another topology, where the same services stand in other numbers", () => {
    expect(problems({ tier: "latency" }, [{ ...held, topology: "zones" }])).toEqual([]);
  });

  it("count models for models, and containers for processes", () => {
    expect(problems({ tier: "latency" }, [{ ...held, substrate: "simulated" }], "simulated")).toEqual([]);
    expect(problems({ tier: "latency" }, [{ ...held, substrate: "docker" }])).toEqual([]);
  });

  it("never become fewer by a run that did not hold", () => {
    const record = fc.record({
      runId: fc.integer({ min: 0, max: 9 }).map(String), experiment: fc.constantFrom("a", "b"), tier: fc.constantFrom("monkey" as const, "latency" as const), target: fc.constant("live"), topology: fc.constant("quick"),
      substrate: fc.constant("process" as const), without: fc.constantFrom([], ["x"]), status: fc.constantFrom("held" as const, "refuted" as const, "inconclusive" as const),
    });
    fc.assert(fc.property(fc.uniqueArray(record, { selector: (one) => one.runId }), record, (recorded, more) => {
      const worse = { ...more, runId: "99", status: "refuted" as const };
      for (const experiment of [{ tier: "latency", requires: ["a"] }, { tier: "gorilla", requires: ["b", "a"] }] as const) {
        expect(problems(experiment, [...recorded, worse]).length).toBeGreaterThanOrEqual(problems(experiment, recorded).length);
      }
    }));
  });
});
