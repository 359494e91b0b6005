/**
 * The catalogue in virtual time, for the tests that divide it: which experiments hold, and which
 * fail without each defence that they rely on.
 */
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Context } from "../../../harness/app/context.ts";
import { experimentNames, loadExperiment } from "../../../harness/app/experiment-files.ts";
import { ablationOf, type AblationRun } from "../../../harness/ablation/ablation.ts";
import { SeawallError } from "../../../harness/base/errors.ts";
import type { Experiment } from "../../../harness/experiment/experiment.ts";
import { judge } from "../../../harness/judge/judge.ts";
import { reliancesOf } from "../../../harness/plan/reliance.ts";
import { planned, simulateInMemory } from "./in-memory.ts";

const context = { root: resolve(import.meta.dirname, "../../.."), cwd: "/" } as Context;
const seed = 1;

export const catalogue: readonly Experiment[] = await Promise.all(
  experimentNames(context).map((name) => loadExperiment(context, name)),
);

/** Experiments whose every iteration uses a gateway, which take the longest to simulate. */
export const asksGateways = ({ load, target }: Experiment): boolean =>
  load.some(
    ({ workload, exec }) => target.model?.oneByOne.includes(`${workload}.${exec}`) === true,
  );

/** Why the simulated substrate refuses it, or null. */
export function refusal(experiment: Experiment): string | null {
  try {
    planned(experiment, seed);
    return null;
  } catch (error) {
    if (error instanceof SeawallError && error.code === "PLAN_REFUSED") return error.message;
    throw error;
  }
}

async function run(
  experiment: Experiment,
  without: string | null,
  expected: AblationRun["expected"],
): Promise<AblationRun> {
  const { status, why, findings } = judge(
    await simulateInMemory(planned(experiment, seed, without === null ? [] : [without])),
  );
  const refuted = findings
    .filter((finding) => finding.kind !== "evidence" && finding.status === "refuted")
    .map(({ id, title }) => ({ id, title }));
  const { name, topology } = experiment;
  return {
    experiment: name,
    topology,
    without,
    status,
    why,
    expected,
    refuted,
    doubts: [],
    attempts: 1,
    reused: false,
    seconds: 0,
    runId: null,
    directory: null,
  };
}

export function eachHoldsInVirtualTime(experiments: readonly Experiment[]): void {
  describe("in virtual time", () => {
    it.each(experiments.map((experiment) => [experiment.name, experiment] as const))(
      "%s holds, and is refuted without each defence that it relies on",
      async (_name, experiment) => {
        const runs = [await run(experiment, null, [])];
        for (const { defence, refutes } of reliancesOf(experiment))
          runs.push(await run(experiment, defence, refutes));
        expect(ablationOf(runs, []).complaints).toEqual([]);
      },
    );
  });
}
