/** One service as a process group: started, observed, killed, started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SeawallError } from "../../base/errors.ts";
import type {
  Clock,
  Companion,
  Effect,
  Impairment,
  Instance,
  InstanceState,
  Stopped,
} from "../../target/deployment.ts";
import type { UndoLedger } from "../../record/undo.ts";
import type { Endpoint, Place, Program, Service } from "../../target/layout.ts";
import { lastLines } from "../../system/files.ts";
import { lowerPriority } from "../../system/priority.ts";
import {
  endGroup,
  groupIsAlive,
  groupStandsStill,
  runVariable,
  signalGroup,
  spawnGroup,
  statOf,
} from "../../system/processes.ts";
import { outOfMemoryKills } from "../../system/memory.ts";
import { operate } from "../../system/operate.ts";
import { foregroundHint } from "../exits.ts";
import { untilReady } from "../ready.ts";
import { effects, type ProcessEffect, type Start } from "./effect.ts";

export interface InstanceOptions {
  readonly runId: string;
  readonly directory: string;
  readonly logFile: string;
  readonly endpoint: (port: string) => Endpoint;
  readonly place: Place;
  /** Authorises requests to the service's control endpoints. */
  readonly controlToken: string;
  /** The effects for which it must be prepared when it starts. */
  readonly effects: ReadonlySet<string>;
  readonly undo: UndoLedger;
  readonly clock: Clock;
  readonly exited: (exit: { service: string; expected: boolean; detail: string }) => void;
}

/** A signal takes effect within microseconds; a starved machine needs longer. */
const settledWithinMs = 2_000;

/** The user's environment variables that a service receives. */
const inherited = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "JAVA_HOME"] as const;

/**
 * A third of the usual weight (sched(7), weights of nice values). A zone of such services leaves
 * half a processor for the instruments, and restarts hardly later.
 */
const restartNice = 5;

export class ProcessInstance implements Instance {
  readonly service: Service;
  readonly #options: InstanceOptions;
  #child: ChildProcess | null = null;
  #ending = false;
  #startedBefore = false;
  /**
   * By leader, the function that removes a group from the ledger; groups that may still have a
   * member.
   */
  readonly #groups = new Map<number, () => void>();

  constructor(service: Service, options: InstanceOptions) {
    this.service = service;
    this.#options = options;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  endpoint(port: string): Endpoint {
    return this.#options.endpoint(port);
  }

  get directory(): string {
    const { pid } = this;
    const { directory } = this.#options;
    if (pid === null) return directory;
    const moved = this.#prepared().find(({ directoryOf }) => directoryOf !== undefined);
    return moved?.directoryOf?.({ pid, directory }) ?? directory;
  }

  #prepared(): readonly ProcessEffect[] {
    return [...this.#options.effects].flatMap((kind) => effects.get(kind) ?? []);
  }

  lastLogLines(): readonly string[] {
    return lastLines(this.#options.logFile, 20);
  }

  async start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#child !== null)
      throw new SeawallError("SERVICE_FAILED", `${this.service.name} is running already`);
    // Remains of a service that died by itself would hold the ports of the next life.
    if (this.#groups.size > 0)
      await Promise.all([...this.#groups.keys()].map((group) => this.#endGroup(group, 0)));
    const child = this.#spawn();
    await once(child, "spawn", signal === undefined ? {} : { signal }).catch((error: Error) => {
      throw this.#failed(`could not be started: ${error.message}`, error);
    });
    await this.#ready(child, signal);
  }

  #spawn(): ChildProcess {
    const { directory, runId, logFile, undo } = this.#options;
    mkdirSync(directory, { recursive: true });
    const launch = this.service.launch(this.#options.place);
    for (const [path, text] of Object.entries(launch.files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const { command, args, env } = this.#prepared().reduce<Start>(
      (start, { prepare }) => prepare?.(start, this.#options.place) ?? start,
      { ...launch, env: { ...pick(process.env), TMPDIR: directory, ...launch.env } },
    );
    const child = spawnGroup(command, args, {
      cwd: directory,
      env: { ...env, [runVariable]: runId },
      logFile,
    });
    this.#child = child;
    this.#ending = false;
    const memoryKills = outOfMemoryKills();
    if (child.pid !== undefined) {
      // When a zone returns, ten programs start at once on the machine that the load generator and
      // the prober share. On separate machines they would not delay these. Only restarts yield: a
      // target that always yielded would look slow on any busy machine.
      if (this.#startedBefore) lowerPriority(child.pid, restartNice);
      this.#startedBefore = true;
      this.#groups.set(
        child.pid,
        undo.record({
          kind: "processGroup",
          service: this.service.name,
          pid: child.pid,
          startTicks: statOf(child.pid)?.startTicks ?? 0,
        }),
      );
    }
    child.once("error", () => this.#left(child));
    child.once("exit", (code, killedBy) => {
      this.#left(child);
      const expected = this.#ending;
      const how = killedBy === null ? `exit status ${code}` : `ended by ${killedBy}`;
      const killer = expected || killedBy !== "SIGKILL" ? "" : killSource(memoryKills);
      this.#options.exited({ service: this.service.name, expected, detail: `${how}${killer}` });
    });
    return child;
  }

  /** The leader ended; its children may still run. */
  #left(child: ChildProcess): void {
    if (child.pid !== undefined && !groupIsAlive(child.pid)) this.#strikeOut(child.pid);
    if (this.#child === child) this.#child = null;
  }

  #strikeOut(group: number): void {
    this.#groups.get(group)?.();
    this.#groups.delete(group);
  }

  async #ready(child: ChildProcess, signal?: AbortSignal): Promise<void> {
    let ended = false;
    const problem = await untilReady(
      this.service,
      (port) => this.endpoint(port),
      this.#options.clock,
      signal,
      () => {
        ended = this.#child !== child;
        return ended
          ? `ended before it was ready (${child.signalCode ?? `exit status ${child.exitCode}`})`
          : null;
      },
    );
    if (problem === null) return;
    if (ended && child.exitCode === 0) throw this.#failed(problem, undefined, foregroundHint);
    throw this.#failed(
      ended ? problem : `was not ready within ${this.service.readyWithinMs / 1000} s (${problem})`,
    );
  }

  get state(): InstanceState {
    const { pid } = this;
    if (pid === null) return "ended";
    return groupStandsStill(pid) ? "paused" : "running";
  }

  async pause(): Promise<void> {
    const { pid } = this;
    if (pid === null) throw this.#failed("is not running, so it cannot be paused");
    signalGroup(pid, "SIGSTOP");
    await this.#until("paused", "does not stop");
  }

  async resume(): Promise<void> {
    const { pid } = this;
    if (pid === null) throw this.#failed("ended while it was paused");
    signalGroup(pid, "SIGCONT");
    await this.#until("running", "does not resume");
  }

  async #until(state: InstanceState, otherwise: string): Promise<void> {
    const { clock } = this.#options;
    const deadlineMs = clock.monotonicMs() + settledWithinMs;
    while (this.state !== state) {
      if (clock.monotonicMs() > deadlineMs) throw this.#failed(otherwise);
      await clock.sleep(5);
    }
  }

  operate(name: string, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    const { controlToken, place, runId } = this.#options;
    return operate(this.service, name, parameters, {
      endpoint: (port) => this.endpoint(port),
      controlToken,
      place,
      runId,
    });
  }

  /** Carries the run's mark, so that it is ended with the run in any case. */
  async companion(start: (place: Place) => Program): Promise<Companion> {
    const { command, args, env } = start(this.#options.place);
    const child = spawn(command, [...args], {
      env: { ...env, [runVariable]: this.#options.runId },
      stdio: ["pipe", "pipe", "ignore"],
    });
    const ended = new Promise<string>((resolve) => {
      child
        .once("error", (error) => resolve(error.message))
        .once("exit", (code, signal) => resolve(signal ?? `exit status ${code}`));
    });
    return {
      input: child.stdin,
      output: child.stdout,
      ended,
      [Symbol.dispose]: () => void child.kill("SIGKILL"),
    };
  }

  async impair(effect: Effect): Promise<Impairment> {
    const { pid } = this;
    const { directory, effects: prepared } = this.#options;
    if (pid === null) throw this.#failed("is not running");
    const found = effects.get(effect.kind);
    if (found === undefined) throw this.#failed(`is a process, which cannot suffer ${effect.kind}`);
    // The instrumentation was prepared at the start, because the plan contains the fault.
    if (found.prepare !== undefined && !prepared.has(effect.kind))
      throw this.#failed(`was not started so that it can suffer ${effect.kind}`);
    return await found.impose(effect, { pid, directory });
  }

  async kill(): Promise<void> {
    await this.#end(0);
  }

  /** Sends SIGTERM, waits for the service's own drain time, then sends SIGKILL. */
  async stop(): Promise<Stopped> {
    const child = this.#child;
    await this.#end(this.service.drainMs);
    const killedBy = child?.signalCode ?? null;
    return {
      detail: killedBy === null ? `exit status ${child?.exitCode}` : `ended by ${killedBy}`,
    };
  }

  async #end(drainMs: number): Promise<void> {
    const child = this.#child;
    this.#ending = true;
    const isOver = child?.pid === undefined || child.exitCode !== null || child.signalCode !== null;
    const exit = isOver ? Promise.resolve() : once(child, "exit");
    await Promise.all(
      [...this.#groups.keys()].map((group) =>
        this.#endGroup(group, group === child?.pid ? drainMs : 0),
      ),
    );
    await exit;
  }

  async #endGroup(group: number, drainMs: number): Promise<void> {
    if (!(await endGroup(group, drainMs)))
      throw this.#failed(`process group ${group} does not end`);
    this.#strikeOut(group);
  }

  #failed(what: string, cause?: unknown, hint?: string): SeawallError {
    return new SeawallError("SERVICE_FAILED", `${this.service.name} ${what}`, {
      cause,
      logLines: this.lastLogLines(),
      hint: hint ?? `Its log is ${this.#options.logFile}`,
    });
  }
}

/** The source of a SIGKILL that the harness did not send. */
function killSource(killsBefore: number | null): string {
  const kills = outOfMemoryKills();
  if (kills === null || killsBefore === null) return ", which the harness did not send";
  return kills > killsBefore
    ? ", as the system ran out of memory"
    : ", sent neither by the harness nor by the system when out of memory";
}

function pick(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    inherited.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}
