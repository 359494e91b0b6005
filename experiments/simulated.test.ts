/** The whole catalogue in virtual time: what the model can carry holds there, and falls without each defence that it relies on, for the claim that needs it. */
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Context } from "../harness/cli/context.ts";
import { experimentNames, loadExperiment } from "../harness/cli/experiments.ts";
import { ablationOf, type AblationRun } from "../harness/core/ablation.ts";
import { SeawallError } from "../harness/core/errors.ts";
import type { Experiment } from "../harness/core/experiment.ts";
import { judge } from "../harness/core/judge/judge.ts";
import { reliancesOf } from "../harness/core/reliance.ts";
import { planned, simulateInMemory } from "../harness/substrates/simulated/in-memory.fixture.ts";

const gateways = "gateways stand and fall in the model, and do nothing";
const players = "a real player needs real media and a browser";

/** What only real substrates run, with what the model lacks and how the plan says so. */
const beyond: Readonly<Record<string, readonly [lacks: string, said: string]>> = {
  "broadcast-herd": [gateways, "no behaviour devices.device"],
  "dvr-storm-player": [players, "none can watch in virtual time"],
  "ingest-flood": [gateways, "no behaviour events.ads"],
  "object-store-storm": ["an object store, which refuses requests for their rate", "the model knows no service of kind object-store"],
  "origin-storm-player": [players, "none can watch in virtual time"],
  "packager-loss-player": [players, "none can watch in virtual time"],
  "region-loss": [`sessions, which are steered: ${gateways}`, "no behaviour sessions.live"],
  "retry-storm": [gateways, "no behaviour starts.play"],
  "start-surge": [gateways, "no behaviour starts.prefetch"],
  "viewer-notice": ["notifications, which travel with segments", "the model knows no operation notify"],
};

const context = { root: resolve(import.meta.dirname, ".."), cwd: "/" } as Context;
const catalogue = await Promise.all(experimentNames(context).map((name) => loadExperiment(context, name)));
const seed = 1;

/** Why the simulated substrate refuses it, or null. */
function refusal(experiment: Experiment): string | null {
  try {
    planned(experiment, seed);
    return null;
  } catch (error) {
    if (error instanceof SeawallError && error.code === "PLAN_REFUSED") return error.message;
    throw error;
  }
}

async function run(experiment: Experiment, without: string | null, expected: readonly string[]): Promise<AblationRun> {
  const { status, why, findings } = judge(await simulateInMemory(planned(experiment, seed, without === null ? [] : [without])));
  const refuted = findings.filter((finding) => finding.kind !== "evidence" && finding.status === "refuted").map(({ title }) => title);
  const { name, topology } = experiment;
  return { experiment: name, topology, without, status, why, expected, refuted, doubts: [], attempts: 1, reused: false, seconds: 0, runId: null, directory: null };
}

describe("the catalogue in virtual time", () => {
  it("is refused where the model does not reach, and nowhere else", () => {
    const refused = new Map(catalogue.map((experiment) => [experiment.name, refusal(experiment)]));
    expect([...refused].filter(([, why]) => why !== null).map(([name]) => name)).toEqual(Object.keys(beyond));
    for (const [name, [, said]] of Object.entries(beyond)) expect(refused.get(name), name).toContain(said);
  });

  it.each(catalogue.filter(({ name }) => !Object.hasOwn(beyond, name)).map((experiment) => [experiment.name, experiment] as const))("%s holds, and is refuted without each defence that it relies on", async (_name, experiment) => {
    const runs = [await run(experiment, null, [])];
    for (const { defence, refutes } of reliancesOf(experiment)) runs.push(await run(experiment, defence, refutes));
    expect(ablationOf(runs, []).complaints).toEqual([]);
  });
});
