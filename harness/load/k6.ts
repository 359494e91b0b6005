/**
 * Runs k6 as the load generator: it starts paused and begins when the conductor releases it. Its
 * samples are read from a pipe.
 */
import type { ChildProcess } from "node:child_process";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import type { Entry } from "../target/entries.ts";
import { stagesOf } from "../record/arrivals.ts";
import { SeawallError } from "../base/errors.ts";
import type { Clock } from "../target/deployment.ts";
import type { Load } from "../experiment/experiment.ts";
import type { LoadEnd, LoadGenerator, LoadRequest, RunningLoad } from "./generator.ts";
import { metricsAsked } from "../record/metrics-asked.ts";
import type { Tool } from "../target/tools.ts";
import { lastLines } from "../system/files.ts";
import { freePort } from "../system/free-port.ts";
import {
  endGroup,
  familyOf,
  runVariable,
  signalGroup,
  spawnGroup,
  statOf,
} from "../system/processes.ts";
import { ending, moduleIn } from "../system/sources.ts";
import { queuedSeconds } from "../system/starvation.ts";
import { type Moved, MovedByMembers } from "../system/traffic.ts";
import { bundled } from "./bundle.ts";
import { CsvParser } from "./csv.ts";
import { blocksWithout } from "./fence.ts";
import { K6Control } from "./k6-control.ts";
import { loggedErrors } from "./logged-errors.ts";
import { partArguments, whole } from "./runners/part.ts";
import { type WrittenReplays, writeReplays } from "./replays.ts";
import { entryScript, environmentOf, settingsOf } from "./scenarios.ts";

const readyWithinMs = 30_000;
const stopWithinMs = 5_000;

export interface K6Options {
  readonly tool: Tool;
  /** The folder of the workload scripts. */
  readonly workloads: string;
  readonly clock: Clock;
  /** Where the secrets are that loads name. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function k6Generator(options: K6Options): LoadGenerator {
  return { prepare: (request) => prepare(request, options) };
}

async function prepare(request: LoadRequest, options: K6Options): Promise<RunningLoad> {
  const { plan, part = whole } = request;
  const control = { host: "127.0.0.1", port: await freePort("127.0.0.1") };
  const logFile = join(request.logsDirectory, "k6.log");
  const entry = join(request.logsDirectory, "k6-entry.js");
  const script = entryScript(
    plan.load,
    (workload) => moduleIn(options.workloads, workload),
    join(import.meta.dirname, `accounted${ending}`),
    join(import.meta.dirname, `paced${ending}`),
  );
  const replays = writeReplays(request, options.clock);
  writeFileSync(entry, await bundled(script, options.workloads, "of this run"));
  // A configuration folder of the run's own, so that the user's k6 settings cannot change a run.
  const home = join(request.logsDirectory, "k6-home");
  const configuration = join(home, "config.json");
  mkdirSync(home, { recursive: true });
  writeFileSync(configuration, "{}\n");
  const entries = [request.entries, ...Object.values(request.otherEntries)].flat();
  const hosts = entries.flatMap(({ host, via }) => (via === undefined ? [host] : [host, via.host]));
  const forbidden = blocksWithout(await addressesOf([...hosts, ...(request.hosts ?? [])]));
  const child = spawnGroup(
    options.tool.executable,
    [
      ...options.tool.args,
      "run",
      ...partArguments(part),
      "--config",
      configuration,
      "--paused",
      // It is asked for before the load's clock begins.
      "--no-setup",
      "--address",
      `${control.host}:${control.port}`,
      "--out",
      "csv=-",
      "--system-tags",
      "status,scenario",
      // Both keep k6 from holding every sample in memory; Seawall judges the run itself.
      "--no-thresholds",
      "--summary-mode=disabled",
      "--no-usage-report",
      "--quiet",
      "--no-color",
      entry,
    ],
    {
      cwd: options.workloads,
      logFile,
      pipe: true,
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: process.env["HOME"] ?? home,
        ...environmentOf(plan, request.entries),
        ...secretsOf(plan.load, entries, options.env),
        ...options.tool.env,
        ...authoritiesOf(entries, home),
        XDG_CONFIG_HOME: home,
        [runVariable]: request.runId,
        SEAWALL_LOAD: settingsOf(plan, plan.load, request.entries, request.otherEntries, {
          forbidden,
          replays: replays.settings,
          part,
        }),
        K6_CSV_TIME_FORMAT: "unix_micro",
        K6_CSV_SAVE_INTERVAL: "200ms",
        K6_AUTO_EXTENSION_RESOLUTION: "false",
        K6_LOG_OUTPUT: `file=${logFile},level=error`,
      },
    },
  );
  const load = new RunningK6(child, request, new K6Control(control), logFile, replays);
  try {
    await load.ready(options.clock, request.signal);
    return load;
  } catch (error) {
    await load[Symbol.asyncDispose]();
    throw error;
  }
}

/** k6 reads its authorities from one file: those of the target, and the public ones. */
function authoritiesOf(entries: readonly Entry[], folder: string): Record<string, string> {
  const own = [...new Set(entries.flatMap(({ access }) => access?.tls?.ca ?? []))];
  if (own.length === 0) return {};
  const path = join(folder, "authorities.pem");
  writeFileSync(
    path,
    [...own.map((one) => readFileSync(one, "utf8")), ...rootCertificates].join("\n"),
  );
  return { SSL_CERT_FILE: path };
}

/** Of loads, and of the headers of entries: a script adds those itself. */
function secretsOf(
  loads: readonly Load[],
  entries: readonly Entry[],
  env: K6Options["env"],
): Record<string, string> {
  const names = [
    ...loads.flatMap(({ secrets = [] }) => secrets),
    ...entries.flatMap(({ access }) => Object.values(access?.secretHeaders ?? {})),
  ];
  return Object.fromEntries(
    names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}

/** All addresses of these hosts, each an address or a name. */
async function addressesOf(hosts: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    [...new Set(hosts)].map(async (host) => {
      try {
        return (await lookup(host, { all: true })).map(({ address }) => address);
      } catch (error) {
        throw new SeawallError(
          "GENERATOR_FAILED",
          `the name ${host} has no address: ${(error as Error).message}`,
          { cause: error, hint: "Add it to /etc/hosts or DNS, or use its address." },
        );
      }
    }),
  );
  return [...new Set(found.flat())];
}

interface Usage extends Partial<Moved> {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

class RunningK6 implements RunningLoad {
  readonly name = "k6";
  readonly ended: Promise<LoadEnd>;
  readonly #child: ChildProcess;
  readonly #parser: CsvParser;
  readonly #control: K6Control;
  readonly #logFile: string;
  readonly #undone: () => void;
  readonly #replays: WrittenReplays;
  #over = false;
  #stopping = false;
  #failure: Error | null = null;
  readonly #moved = new MovedByMembers();
  #last: (Usage & { queuedSeconds: number }) | null = null;

  constructor(
    child: ChildProcess,
    request: LoadRequest,
    control: K6Control,
    logFile: string,
    replays: WrittenReplays,
  ) {
    this.#child = child;
    this.#replays = replays;
    this.#control = control;
    this.#logFile = logFile;
    this.#parser = new CsvParser(
      request.sink,
      request.plan.load.map((load) => ({
        name: load.name,
        lane: load.lane,
        stages: stagesOf(load, request.plan),
        part: request.part ?? whole,
        isPaced: load.replay !== undefined,
      })),
      request.plan.metrics,
      metricsAsked(request.plan),
      request.plan.harm,
    );
    this.#undone =
      child.pid === undefined
        ? () => {}
        : request.undo.record({
            kind: "processGroup",
            service: "k6",
            pid: child.pid,
            startTicks: statOf(child.pid)?.startTicks ?? 0,
          });
    child.stdout?.on("data", (chunk: Buffer) => this.#read(chunk));
    // `close` is emitted after the pipe is drained, `exit` possibly before; a program that could
    // not start emits only `error`.
    const closed = once(child, "close").then(
      ([code, killedBy]) => ({ code: code as number | null, killedBy: killedBy as string | null }),
      (error: Error) => ({ code: null, killedBy: null, error }),
    );
    this.ended = closed.then((exit) => this.#ended(exit));
  }

  #read(chunk: Buffer): void {
    if (this.#failure !== null) return;
    try {
      this.#parser.push(chunk);
    } catch (error) {
      this.#failure = error as Error;
      if (this.#child.pid !== undefined) signalGroup(this.#child.pid, "SIGKILL");
    }
  }

  #ended(exit: { code: number | null; killedBy: string | null; error?: Error }): LoadEnd {
    this.#over = true;
    this.#undone();
    this.#replays.remove();
    this.#parser.end();
    const problem =
      this.#failure?.message ??
      exit.error?.message ??
      this.#parser.damage ??
      (this.#parser.samples === 0 ? "its stream was empty" : null) ??
      (this.#stopping ? null : loggedErrors(this.#logFile));
    const clean = exit.code === 0 || this.#stopping;
    const how =
      exit.killedBy !== null
        ? `ended by ${exit.killedBy}`
        : `exit status ${exit.code}${meaning(exit.code)}`;
    const log = clean ? [] : lastLines(this.#logFile, 3);
    return {
      exitCode: exit.code,
      signal: exit.killedBy,
      expected: clean && problem === null,
      detail: [problem, clean && problem !== null ? null : how, ...log]
        .filter((part) => part !== null)
        .join("; "),
      cpuSeconds: this.#last?.cpuSeconds ?? null,
    };
  }

  async ready(clock: Clock, signal: AbortSignal): Promise<void> {
    const deadlineMs = clock.monotonicMs() + readyWithinMs;
    while (!(await this.#control.isPaused())) {
      signal.throwIfAborted();
      if (this.#over) {
        throw new SeawallError(
          "GENERATOR_FAILED",
          `k6 could not start: ${(await this.ended).detail}`,
          { logLines: lastLines(this.#logFile, 20), hint: `Its log is ${this.#logFile}` },
        );
      }
      if (clock.monotonicMs() > deadlineMs)
        throw new SeawallError(
          "GENERATOR_FAILED",
          `k6 was not ready within ${readyWithinMs / 1000} s`,
          { hint: `Its log is ${this.#logFile}` },
        );
      await clock.sleep(50, signal);
    }
    await this.#control.setUp(signal);
  }

  async begin(): Promise<void> {
    await this.#replays.turn();
    await this.#control.resume();
  }

  async stop(): Promise<LoadEnd> {
    if (!this.#over && this.#child.pid !== undefined) {
      this.#stopping = true;
      signalGroup(this.#child.pid, "SIGINT");
      await Promise.race([
        this.ended,
        new Promise((wake) => setTimeout(wake, stopWithinMs).unref()),
      ]);
      await endGroup(this.#child.pid, 0);
    }
    return this.ended;
  }

  get progress(): CsvParser["progress"] {
    return this.#parser.progress;
  }

  resources(): (Usage & { queuedSeconds: number }) | null {
    if (this.#over || this.#child.pid === undefined) return null;
    // `SEAWALL_K6` may name a script around k6.
    const family = familyOf(this.#child.pid);
    const stats = family.map(statOf);
    if (stats[0] == null || stats[0].state === "Z") return null;
    const all = stats.filter((stat) => stat !== null);
    const queued = family.reduce((sum, pid) => sum + queuedSeconds(pid), 0);
    this.#last = {
      cpuSeconds: all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
      residentBytes: all.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
      // Ended threads no longer count, but the reported total must not decrease.
      queuedSeconds: Math.max(this.#last?.queuedSeconds ?? 0, queued),
      ...this.#moved.read(family),
    };
    return this.#last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over && this.#child.pid !== undefined) {
      this.#stopping = true;
      await endGroup(this.#child.pid, 0);
    }
    await this.ended;
  }
}

/** k6's own exit codes, from its `errext/exitcodes`. */
function meaning(code: number | null): string {
  const meanings: Readonly<Record<number, string>> = {
    104: "bad configuration",
    105: "stopped by a signal",
    106: "its control port was busy",
    107: "the script threw an exception",
    108: "the script aborted the test",
    109: "k6 itself crashed",
  };
  const text = code === null ? undefined : meanings[code];
  return text === undefined ? "" : ` (${text})`;
}
