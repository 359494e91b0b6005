import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Context } from "../harness/app/context.ts";
import { experimentNames, loadExperiment } from "../harness/app/experiment-files.ts";
import { chosen } from "../harness/cli/commands/run.ts";
import { loadSuite, suiteNames } from "../harness/app/suite-files.ts";
import { prerequisiteProblems, type RecordedVerdict } from "../harness/plan/prerequisites.ts";
import { plannedMs } from "../harness/experiment/suite.ts";

const context = { root: resolve(import.meta.dirname, ".."), cwd: "/" } as Context;

describe("the suites", () => {
  it("exist", () => {
    expect(suiteNames(context)).toEqual(expect.arrayContaining(["quick", "release"]));
  });

  it.each(suiteNames(context))(
    "%s fits into its time, and runs no experiment before its prerequisites",
    async (name) => {
      const items = await chosen(context, [], name);
      const tiers = new Set<string>(
        (
          await Promise.all(experimentNames(context).map((each) => loadExperiment(context, each)))
        ).map(({ tier }) => tier),
      );
      const held: RecordedVerdict[] = [];
      const unmet = items.flatMap(({ experiment, topology: other }) => {
        const topology = other ?? experiment.topology;
        const problems = prerequisiteProblems(
          experiment,
          { topology, substrate: "process", targetVersion: "" },
          held,
        );
        held.push({
          runId: String(held.length),
          experiment: experiment.name,
          tier: experiment.tier,
          target: experiment.target.name,
          topology,
          substrate: "process",
          targetVersion: "",
          without: [],
          scale: 1,
          status: "held",
        });
        // A tier that is absent from the catalogue cannot be in a suite either.
        const there = problems.filter(
          (problem) =>
            !/^tier /.test(problem) || tiers.has(/of tier (\w+)/.exec(problem)?.[1] ?? ""),
        );
        return there.map((problem) => `${experiment.name}: ${problem}`);
      });
      expect(
        unmet,
        `add to experiments/suites/${name}.ts what these need to have held before`,
      ).toEqual([]);
      const { withinMinutes } = await loadSuite(context, name);
      const minutes =
        items.reduce((sum, { experiment, topology }) => sum + plannedMs(experiment, topology), 0) /
        60_000;
      expect(minutes).toBeLessThan(withinMinutes);
    },
  );
});
