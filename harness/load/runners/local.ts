/** Runners as processes of this machine, mostly for tests: `--runners local:4`. */
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../system/free-port.ts";
import { lastLines } from "../../system/files.ts";
import { endGroup, runVariable, spawnGroup, statOf } from "../../system/processes.ts";
import type { LoadRequest } from "../generator.ts";
import type { K6Options } from "../k6.ts";
import type { RunnerHost, StartedRunners } from "./fleet.ts";
import { type Job, tokenVariable } from "./job.ts";
import type { RunnerAddress } from "./remote.ts";

const host = "127.0.0.1";
const drainMs = 3_000;

export interface LocalOptions extends Pick<K6Options, "tool" | "workloads" | "env"> {
  readonly count: number;
  /** Starts a relay for the job file that follows it. */
  readonly command: readonly [string, ...string[]];
}

export function localRunners(options: LocalOptions): RunnerHost {
  return { count: options.count, start: (request) => start(options, request) };
}

interface Started {
  readonly child: ChildProcess;
  readonly address: RunnerAddress;
  readonly logFile: string;
  readonly undone: () => void;
}

async function start(options: LocalOptions, request: LoadRequest): Promise<StartedRunners> {
  const stack = new AsyncDisposableStack();
  try {
    const started: Started[] = [];
    for (let index = 0; index < options.count; index++) {
      const one = await startOne(options, request, index);
      stack.defer(() => end(one));
      started.push(one);
    }
    const owned = stack.move();
    return {
      addresses: started.map(({ address }) => address),
      gone: (index) => goneOf(started[index] as Started),
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function startOne(
  { count, command, tool, workloads, env }: LocalOptions,
  request: LoadRequest,
  index: number,
): Promise<Started> {
  const folder = join(request.logsDirectory, `runner-${index + 1}`);
  mkdirSync(folder, { recursive: true });
  const port = await freePort(host);
  const job: Job = {
    plan: request.plan,
    part: { index, of: count },
    runId: request.runId,
    entries: request.entries,
    otherEntries: request.otherEntries,
    hosts: request.hosts ?? [],
    logsDirectory: folder,
    workloads,
    tool,
    listen: { host, port },
  };
  const jobFile = join(folder, "job.json");
  writeFileSync(jobFile, JSON.stringify(job));
  const token = randomBytes(16).toString("hex");
  const logFile = join(folder, "relay.log");
  const [program, ...args] = command;
  const child = spawnGroup(program, [...args, jobFile], {
    cwd: folder,
    logFile,
    // A script's secrets are in the environment, never in a file.
    env: { ...defined(env), [tokenVariable]: token, [runVariable]: request.runId },
  });
  child.on("error", () => {});
  const undone =
    child.pid === undefined
      ? () => {}
      : request.undo.record({
          kind: "processGroup",
          service: `runner-${index + 1}`,
          pid: child.pid,
          startTicks: statOf(child.pid)?.startTicks ?? 0,
        });
  const name = `runner ${index + 1} of ${count}`;
  return { child, address: { name, url: `http://${host}:${port}`, token }, logFile, undone };
}

function goneOf({ child, logFile }: Started): string | null {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) return null;
  const how = child.signalCode ?? `exit status ${child.exitCode ?? "none"}`;
  return [`its process ended (${how})`, ...lastLines(logFile, 3)].join("; ");
}

async function end({ child, undone }: Started): Promise<void> {
  if (child.pid !== undefined) await endGroup(child.pid, drainMs);
  undone();
}

function defined(env: K6Options["env"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
