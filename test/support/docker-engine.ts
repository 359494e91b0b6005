/**
 * The docker engine for tests: the one that DOCKER_HOST names, or the default. Without one, the
 * tests are skipped with a reason.
 */
import "../../targets/live-streaming/tools/recipes.ts";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type Docker from "dockerode";
import { heldPlan } from "./judge/held-run.ts";
import type { Deployment } from "../../harness/target/deployment.ts";
import type { UndoEntry } from "../../harness/record/undo.ts";
import type { Plan } from "../../harness/record/plan.ts";
import type { Layout } from "../../harness/target/layout.ts";
import { struckIn } from "../../harness/faults/faults.ts";
import { seawall } from "./cli/seawall.ts";
import { realClock } from "../../harness/system/clock.ts";
import { dockerSubstrate } from "../../harness/substrates/docker/deploy.ts";
import {
  connectEngine,
  engineAddress,
  engineObstacle,
} from "../../harness/substrates/docker/engine.ts";
import { imageName } from "../../harness/substrates/docker/image/image.ts";
import { ofRun } from "../../harness/substrates/docker/labels.ts";

export const root = resolve(import.meta.dirname, "../..");
const obstacle = await engineObstacle(process.env, null);
if (obstacle !== null && process.env["VITEST"] !== undefined)
  process.stderr.write(`docker tests are skipped: ${obstacle}\n`);
export const noEngine = obstacle !== null;

/** Builds the image if the engine lacks it, which takes minutes the first time. */
export async function builtImage(): Promise<string> {
  const { exitCode, stdout, stderr } = await seawall(["image"]).ended;
  if (exitCode !== 0) throw new Error(`seawall image: ${stderr}`);
  return stdout.trim();
}

export interface Deployed extends AsyncDisposable {
  readonly deployment: Deployment;
  readonly docker: Docker;
  readonly runId: string;
  readonly logs: string;
  readonly undo: readonly UndoEntry[];
}

let runs = 0;

/** Deploys a layout as containers, without a generator. */
export async function deployOnDocker(
  layout: Layout,
  {
    signal = new AbortController().signal,
    steps = [],
  }: { signal?: AbortSignal; steps?: Plan["steps"] } = {},
): Promise<Deployed> {
  const logs = mkdtempSync(join(tmpdir(), "seawall-docker-"));
  const docker = await connectEngine(process.env);
  const runId = `test-${process.pid}-${++runs}`;
  const undo: UndoEntry[] = [];
  try {
    const deployment = await dockerSubstrate({
      engine: async () => docker,
      engineHost: engineAddress(process.env).host,
      image: async () => imageName(root),
      root,
      cacheDirectory: join(logs, "media"),
      clock: realClock(),
    }).deploy({
      plan: {
        ...heldPlan(),
        without: [],
        steps,
        struck: steps.map(({ fault }) => struckIn(fault, layout)),
      },
      runId,
      controlToken: "token",
      layout,
      logsDirectory: logs,
      signal,
      progress: () => {},
      undo: {
        record: (entry) => {
          undo.push(entry);
          return () => void undo.splice(undo.indexOf(entry), 1);
        },
      },
    });
    return {
      deployment,
      docker,
      runId,
      logs,
      undo,
      [Symbol.asyncDispose]: async () => {
        await deployment[Symbol.asyncDispose]();
        await rm(logs, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(logs, { recursive: true, force: true });
    throw error;
  }
}

/** Containers and networks of a run, or of all runs, by name. */
export async function onEngine(runId: string | null): Promise<string[]> {
  const docker = await connectEngine(process.env);
  const filters = { label: runId === null ? ["seawall=run"] : ofRun(runId) };
  const containers = await docker.listContainers({ all: true, filters });
  const networks = await docker.listNetworks({
    filters: JSON.stringify(filters),
  } as Docker.NetworkListOptions);
  return [...containers.map(({ Names }) => Names[0] ?? ""), ...networks.map(({ Name }) => Name)];
}
