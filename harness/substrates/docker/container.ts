/**
 * One container of a run: its undo is recorded before it is created. It is started, observed
 * through its output, ended and removed.
 */
import { createWriteStream, readFileSync } from "node:fs";
import { type Duplex, PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { statOf } from "../../system/processes.ts";
import { engineError, isGone } from "./engine.ts";
import { labelsOf, nameOf, type Recorder } from "./labels.ts";

export interface ContainerOptions {
  readonly docker: Docker;
  readonly runId: string;
  /** Its purpose: a service's name, or the zone's. */
  readonly what: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly user: string;
  readonly logFile: string;
  readonly record: Recorder;
  readonly host: Docker.HostConfig;
  readonly address?: {
    readonly network: string;
    readonly host?: string;
    readonly aliases?: readonly string[];
  };
}

const endsWithinMs = 10_000;

export class Container {
  readonly name: string;
  readonly #container: Docker.Container;
  readonly #options: ContainerOptions;
  readonly #undone: () => void;
  #pid = 0;

  private constructor(options: ContainerOptions, container: Docker.Container, undone: () => void) {
    this.#options = options;
    this.#container = container;
    this.#undone = undone;
    this.name = nameOf(options.runId, options.what);
  }

  static async create(options: ContainerOptions): Promise<Container> {
    const name = nameOf(options.runId, options.what);
    const undone = options.record("container", name);
    const { docker, address, host } = options;
    const container = await docker
      .createContainer({
        name,
        Image: options.image,
        Entrypoint: options.command.slice(0, 1),
        Cmd: options.command.slice(1),
        WorkingDir: options.directory,
        User: options.user,
        Env: Object.entries(options.env).map(([key, value]) => `${key}=${value}`),
        Labels: labelsOf(options.runId, options.what),
        HostConfig: {
          // The harness alone controls restarts. SELinux would refuse the folders that are shared
          // with this machine.
          RestartPolicy: { Name: "no" },
          SecurityOpt: ["label=disable", "no-new-privileges"],
          CapDrop: ["ALL"],
          // Its output goes to the run's logs; the engine need not store it, too.
          LogConfig: { Type: "none", Config: {} },
          Init: true,
          ...host,
        },
        ...(address === undefined
          ? {}
          : {
              NetworkingConfig: {
                EndpointsConfig: {
                  [address.network]: {
                    ...(address.host === undefined
                      ? {}
                      : { IPAMConfig: { IPv4Address: address.host } }),
                    ...(address.aliases === undefined ? {} : { Aliases: [...address.aliases] }),
                  },
                },
              },
            }),
      })
      .catch((error: unknown) => {
        throw engineError(error, `create the container of ${options.what}`);
      });
    return new Container(options, container, undone);
  }

  get id(): string {
    return this.#container.id;
  }

  /** The first process's pid on this machine. */
  get pid(): number {
    return this.#pid;
  }

  /** Resolves when its program has started; `onOutput` receives each piece of output. */
  async start(onOutput: () => void = () => {}): Promise<void> {
    const { docker, what, logFile } = this.#options;
    try {
      const output = (await this.#container.attach({
        stream: true,
        stdout: true,
        stderr: true,
      })) as Duplex;
      const log = createWriteStream(logFile, { flags: "a" });
      // An unwritable log must not stop a run. Reading must continue, or the service would block.
      log.on("error", () => {});
      docker.modem.demuxStream(output, log, log);
      output
        .on("data", onOutput)
        .once("close", () => log.end())
        .on("error", () => {});
      await this.#container.start();
      this.#pid = (await this.#container.inspect()).State.Pid;
    } catch (error) {
      throw engineError(error, `start the container of ${what}`);
    }
  }

  async pause(): Promise<void> {
    await this.#container.pause().catch((error: unknown) => {
      throw engineError(error, `pause ${this.#options.what}`);
    });
  }

  async unpause(): Promise<void> {
    await this.#container.unpause().catch((error: unknown) => {
      throw engineError(error, `resume ${this.#options.what}`);
    });
  }

  async state(): Promise<Docker.ContainerInspectInfo["State"]> {
    return (
      await this.#container.inspect().catch((error: unknown) => {
        throw engineError(error, `ask for the state of ${this.#options.what}`);
      })
    ).State;
  }

  /**
   * Sends SIGKILL to the first process, whose death makes the kernel kill all others; the engine
   * would start a program for that. Resolves with true when they are gone. Resolves with false if
   * they are another user's, or invisible: then the engine must do it.
   */
  async strike(): Promise<boolean> {
    try {
      if (!isOfContainer(this.#pid, this.id)) return false;
      process.kill(this.#pid, "SIGKILL");
    } catch {
      return false;
    }
    const untilMs = performance.now() + endsWithinMs;
    const gone = (): boolean => ["Z", undefined].includes(statOf(this.#pid)?.state);
    while (!gone() && performance.now() < untilMs) await sleep(1);
    return gone();
  }

  /**
   * Sends SIGTERM, waits this long, then sends SIGKILL to all its processes; resolves when they are
   * gone. Idempotent.
   */
  async end(drainMs: number): Promise<void> {
    const signal = AbortSignal.timeout(drainMs + endsWithinMs);
    try {
      if (drainMs > 0)
        await this.#container.stop({ t: Math.ceil(drainMs / 1000), abortSignal: signal });
      else await this.#container.kill({ signal: "SIGKILL", abortSignal: signal });
      await this.#container.wait({ condition: "not-running", abortSignal: signal });
    } catch (error) {
      // 304 and 409: it was not running.
      const { statusCode } = error as { statusCode?: number };
      if (statusCode !== 304 && statusCode !== 409 && !isGone(error))
        throw engineError(error, `end ${this.#options.what}`);
    }
  }

  async remove(): Promise<void> {
    await this.#container.remove({ force: true, v: true }).catch((error: unknown) => {
      if (!isGone(error)) throw engineError(error, `remove the container of ${this.#options.what}`);
    });
    this.#undone();
  }

  /** Both outputs of a program that was started by {@link exec}. */
  demux(stream: Duplex, onText: (text: string) => void): void {
    const sink = new PassThrough().on("data", (part: Buffer) => onText(part.toString("utf8")));
    this.#options.docker.modem.demuxStream(stream, sink, sink);
  }

  /** Runs a program next to the main one, with the same rights. */
  async exec(command: readonly string[], env: Readonly<Record<string, string>>): Promise<Duplex> {
    try {
      const exec = await this.#container.exec({
        Cmd: [...command],
        Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
      });
      return await exec.start({ hijack: true, stdin: true });
    } catch (error) {
      throw engineError(error, `start ${command[0]} beside ${this.#options.what}`);
    }
  }
}

/** Whether a process of this machine is the container's: its pid may have been reused. */
export function isOfContainer(pid: number, id: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(id);
  } catch {
    return false;
  }
}
