/**
 * Brings up the target alone, for `seawall up`, benchmarks and tests. It has a ledger, so nothing
 * stays behind.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Planned } from "../plan/options.ts";
import type { Deployment } from "../target/deployment.ts";
import { FileLedger } from "../run/ledger.ts";
import { newRunId } from "../run/run-directory.ts";
import { realClock } from "../system/clock.ts";
import type { Context } from "./context.ts";
import { refuseDirtyMachine, toolsOf } from "./run-experiment.ts";
import { substrateOf, sweep } from "./assemble-run.ts";

export interface TargetUp extends AsyncDisposable {
  readonly deployment: Deployment;
  readonly logsDirectory: string;
  /** Authorises requests to the services' control endpoints. */
  readonly controlToken: string;
}

export async function bringUp(
  context: Context,
  { plan, layout }: Planned,
  progress: (text: string) => void,
): Promise<TargetUp> {
  refuseDirtyMachine(context);
  const clock = realClock();
  const tools = await toolsOf(context, { plan, layout });
  const runId = `up-${newRunId(clock.nowMs(), plan.seed)}`;
  const ledger = new FileLedger(context.stateDirectory, runId, "");
  context.onForceQuit(() => void sweep(context, runId, plan.substrate, ledger));
  await using undoing = new AsyncDisposableStack();
  undoing.defer(async () => {
    if ((await sweep(context, runId, plan.substrate, ledger)).length === 0) ledger.remove();
    else ledger.close();
  });
  const logsDirectory = join(mkdtempSync(join(tmpdir(), "seawall-up-")), "logs");
  const undone = ledger.record({ kind: "directory", path: join(logsDirectory, "..") });
  undoing.defer(async () => {
    await rm(join(logsDirectory, ".."), { recursive: true, force: true });
    undone();
  });
  await mkdir(logsDirectory);
  const controlToken = randomBytes(16).toString("hex");
  const deployment = undoing.use(
    await (await substrateOf(context, plan.substrate, tools, clock)).deploy({
      plan,
      runId,
      layout,
      logsDirectory,
      undo: ledger,
      signal: context.signal,
      controlToken,
      progress,
    }),
  );
  const owned = undoing.move();
  return {
    deployment,
    logsDirectory,
    controlToken,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
