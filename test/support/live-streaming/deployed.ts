/**
 * The whole real target for tests, through the harness's own substrate, with a known control token.
 */
import "../../../targets/live-streaming/tools/recipes.ts";
import type { Tools } from "../../../harness/target/tools.ts";
import { mkdtempSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { heldPlan } from "../judge/held-run.ts";
import type { Step } from "../../../harness/experiment/experiment.ts";
import type { Deployment } from "../../../harness/target/deployment.ts";
import type { Endpoint } from "../../../harness/target/layout.ts";
import { struckIn } from "../../../harness/faults/faults.ts";
import { provision } from "../../../harness/provision/provision.ts";
import { FileLedger } from "../../../harness/run/ledger.ts";
import { newRunId } from "../../../harness/run/run-directory.ts";
import { processSubstrate } from "../../../harness/substrates/process/deploy.ts";
import { toolsForFaults } from "../../../harness/substrates/process/support.ts";
import { realClock } from "../../../harness/system/clock.ts";
import { endProcessesOfRun } from "../../../harness/system/processes.ts";
import { liveStreaming } from "../../../targets/live-streaming/target.ts";

export const controlToken = "0123456789abcdef0123456789abcdef";

export interface Deployed extends AsyncDisposable {
  readonly deployment: Deployment;
  readonly logsDirectory: string;
  at(service: string, port: string): string;
  endpoint(service: string, port: string): Endpoint;
}

export async function deployed(
  options: {
    readonly topology?: string;
    readonly without?: readonly string[];
    readonly steps?: readonly Step[];
  } = {},
): Promise<Deployed> {
  const layout = liveStreaming.topologies[options.topology ?? "quick"]?.layout();
  if (layout === undefined) throw new Error(`no topology ${options.topology}`);
  const steps = options.steps ?? [];
  const clock = realClock();
  const folder = mkdtempSync(join(tmpdir(), "seawall-test-"));
  const logsDirectory = join(folder, "logs");
  await mkdir(logsDirectory);
  const runId = newRunId(clock.nowMs(), Math.floor(Math.random() * 2 ** 32));
  const ledger = new FileLedger(join(folder, "state"), runId, folder);
  const tools = (await provision(
    [
      "node",
      "toxiproxy",
      ...toolsForFaults(steps.map(({ fault }) => fault)),
      ...new Set(layout.services.flatMap((service) => service.tools)),
    ],
    { env: process.env },
  )) as Tools;
  const stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  stack.defer(() => ledger.remove());
  stack.defer(async () => void (await endProcessesOfRun(runId, 2_500)));
  try {
    const cache = process.env["SEAWALL_CACHE"] ?? join(homedir(), ".cache/seawall");
    const substrate = processSubstrate({
      tools,
      clock,
      cacheDirectory: join(cache, "media"),
    });
    const deployment = stack.use(
      await substrate.deploy({
        plan: {
          ...heldPlan(),
          without: options.without ?? [],
          steps,
          struck: steps.map(({ fault }) => struckIn(fault, layout)),
        },
        runId,
        layout,
        logsDirectory,
        undo: ledger,
        controlToken,
        signal: AbortSignal.timeout(120_000),
        progress: () => undefined,
      }),
    );
    const endpoint = (service: string, port: string): Endpoint =>
      deployment.instance(service).endpoint(port);
    return {
      deployment,
      logsDirectory,
      endpoint,
      at: (service, port) =>
        `http://${endpoint(service, port).host}:${endpoint(service, port).port}`,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
