/**
 * One container of a run: created with its undo on record, started, watched through its output,
 * ended and removed.
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
  /** What it is: a service's name, or the zone's. */
  readonly what: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly user: string;
  readonly logFile: string;
  readonly record: Recorder;
  readonly host: Docker.HostConfig;
  readonly address?: { readonly network: string; readonly host: string };
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
          // The harness alone decides who lives. SELinux would refuse the folders that are shared
          // with this machine.
          RestartPolicy: { Name: "no" },
          SecurityOpt: ["label=disable", "no-new-privileges"],
          CapDrop: ["ALL"],
          // What it writes goes to the run's logs; the engine need not keep it as well.
          LogConfig: { Type: "none", Config: {} },
          Init: true,
          ...host,
        },
        ...(address === undefined
          ? {}
          : {
              NetworkingConfig: {
                EndpointsConfig: {
                  [address.network]: { IPAMConfig: { IPv4Address: address.host } },
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

  /** Of the first process, as this machine numbers it. */
  get pid(): number {
    return this.#pid;
  }

  /** Resolves when its program was started; `onOutput` sees each piece of what it says. */
  async start(onOutput: () => void = () => {}): Promise<void> {
    const { docker, what, logFile } = this.#options;
    try {
      const output = (await this.#container.attach({
        stream: true,
        stdout: true,
        stderr: true,
      })) as Duplex;
      const log = createWriteStream(logFile, { flags: "a" });
      // A log that cannot be written is no reason to stop a run; reading must go on, or the service
      // would stand still.
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
   * SIGKILL from here, to the first process, with which the kernel ends all others: the engine
   * would start a program of its own to send it. Resolves with true when they are gone, and with
   * false when they are another user's, or not to be seen: then the engine must do it.
   */
  async strike(): Promise<boolean> {
    try {
      // A number may have gone to somebody else.
      if (!readFileSync(`/proc/${this.#pid}/cgroup`, "utf8").includes(this.id)) return false;
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
   * SIGTERM and so much time, then SIGKILL to all its processes; resolves when they are gone.
   * Harmless when they are.
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

  /** A program beside the one that runs in it, with the same rights. */
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
