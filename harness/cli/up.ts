/** `seawall up` and `seawall down`: the target alone, for a look around; up until Ctrl-C or `down`. */
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitCodes, SeawallError } from "../core/errors.ts";
import type { Planned } from "../core/plan.ts";
import { FileLedger, leftRuns } from "../run/ledger.ts";
import { newRunId } from "../run/run-directory.ts";
import { realClock } from "../system/clock.ts";
import type { Context } from "./context.ts";
import { refuseDirtyMachine, toolsOf } from "./run.ts";
import { substrateOf, sweep } from "./wire.ts";

const downWithinMs = 60_000;

export async function up(context: Context, { plan, layout }: Planned): Promise<number> {
  refuseDirtyMachine(context);
  const clock = realClock();
  const tools = await toolsOf(context, { plan, layout });
  const runId = `up-${newRunId(clock.nowMs(), plan.seed)}`;
  const ledger = new FileLedger(context.stateDirectory, runId, "");
  context.onHurry(() => void sweep(context, runId, plan.substrate));
  const logsDirectory = join(mkdtempSync(join(tmpdir(), "seawall-up-")), "logs");
  await mkdir(logsDirectory);
  const undone = ledger.record({ kind: "directory", path: join(logsDirectory, "..") });
  try {
    await using deployment = await substrateOf(context, plan.substrate, tools, clock).deploy({
      plan, runId, layout, logsDirectory, undo: ledger, signal: context.signal, controlToken: randomBytes(16).toString("hex"), progress: (text) => context.stderr.write(`${text}\n`),
    });
    for (const { service, port } of layout.edges) {
      const { host, port: number } = deployment.instance(service).endpoint(port);
      context.stdout.write(`${service}  http://${host}:${number}\n`);
    }
    context.stderr.write(`the target is up; Ctrl-C or \`./seawall down\` ends it (logs: ${logsDirectory})\n`);
    await untilAborted(context.signal);
  } catch (error) {
    if (!context.signal.aborted) throw error;
  } finally {
    const left = await sweep(context, runId, plan.substrate);
    await rm(join(logsDirectory, ".."), { recursive: true, force: true });
    undone();
    if (left.length === 0) ledger.remove();
    else ledger.close();
  }
  return exitCodes.held;
}

export async function down(context: Context): Promise<number> {
  const running = leftRuns(context.stateDirectory).filter((left) => left.alive && left.runId.startsWith("up-"));
  if (running.length === 0) {
    context.stdout.write("nothing is up\n");
    return exitCodes.held;
  }
  for (const left of running) process.kill(left.ownerPid, "SIGTERM");
  const deadlineMs = performance.now() + downWithinMs;
  const stillUp = (): boolean => leftRuns(context.stateDirectory).some((left) => running.some((one) => one.runId === left.runId));
  while (stillUp()) {
    if (performance.now() > deadlineMs) {
      throw new SeawallError("CLEANUP_INCOMPLETE", `it did not end within ${downWithinMs / 1000} s`, { hint: "End it with Ctrl-C where it runs, or kill it and run `./seawall recover`." });
    }
    await new Promise((wake) => setTimeout(wake, 100));
  }
  context.stdout.write(`${running.length === 1 ? "the target is" : `${running.length} targets are`} down\n`);
  return exitCodes.held;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    // A pending promise alone does not keep the process alive.
    const alive = setInterval(() => {}, 1 << 30);
    signal.addEventListener("abort", () => {
      clearInterval(alive);
      resolve();
    }, { once: true });
  });
}
