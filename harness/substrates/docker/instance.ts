/** One service as a container in its zone: started, observed, killed, paused, started again. */
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
import type { Endpoint, Place, Program, Service } from "../../target/layout.ts";
import { lastLines } from "../../system/files.ts";
import { operate } from "../../system/operate.ts";
import { untilReady } from "../ready.ts";
import { companionOf, runBeside } from "./exec.ts";
import { Container, type ContainerOptions } from "./container.ts";
import { effects, type Making } from "./effect.ts";
import { memoryOf } from "./memory.ts";
import { asInImage } from "./place.ts";

export interface InstanceOptions
  extends Pick<ContainerOptions, "docker" | "runId" | "image" | "record" | "logFile"> {
  readonly directory: string;
  readonly cacheDirectory: string;
  /** The project's own folder, which the image holds at another path. */
  readonly root: string;
  /** The container whose network it shares, or the network and its own address. */
  readonly standing:
    | { readonly zone: Container }
    | { readonly network: string; readonly host: string };
  readonly place: Place;
  readonly endpoint: (port: string) => Endpoint;
  /** The effects for which its container must be prepared when it is created. */
  readonly effects: ReadonlySet<string>;
  readonly clock: Clock;
  readonly exited: (exit: { service: string; expected: boolean; detail: string }) => void;
}

/** The engine reports an exit within a few ms. */
const reportedWithinMs = 2_000;

export class DockerInstance implements Instance {
  readonly service: Service;
  readonly #options: InstanceOptions;
  #container: Container | null = null;
  #state: InstanceState = "ended";
  #ending = false;
  #detail = "";
  /** Pending until the engine has reported the exit of the last life. */
  #account: PromiseWithResolvers<void> | null = null;

  constructor(service: Service, options: InstanceOptions) {
    this.service = service;
    this.#options = options;
  }

  get pid(): number | null {
    return this.#state === "ended" ? null : (this.#container?.pid ?? null);
  }

  get state(): InstanceState {
    return this.#state;
  }

  get containerId(): string | null {
    return this.#container?.id ?? null;
  }

  get directory(): string {
    return this.#options.directory;
  }

  endpoint(port: string): Endpoint {
    return this.#options.endpoint(port);
  }

  lastLogLines(): readonly string[] {
    return lastLines(this.#options.logFile, 20);
  }

  async start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#state !== "ended")
      throw new SeawallError("SERVICE_FAILED", `${this.service.name} is running already`);
    await this.#accounted();
    const launch = asInImage(this.service.launch(this.#options.place), this.#options.root);
    this.#write(launch.files);
    this.#container ??= await this.#create([launch.command, ...launch.args], launch.env);
    this.#ending = false;
    this.#account = Promise.withResolvers<void>();
    // Before the engine starts it: a service that dies at once must be recorded as having lived.
    this.#state = "running";
    try {
      await this.#container.start();
    } catch (error) {
      this.#state = "ended";
      this.#account = null;
      throw error;
    }
    await this.#ready(signal);
  }

  #write(files: Readonly<Record<string, string>>): void {
    const { directory } = this.#options;
    mkdirSync(directory, { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
  }

  #create(command: readonly string[], env: Readonly<Record<string, string>>): Promise<Container> {
    const { docker, runId, image, record, logFile, directory, cacheDirectory, standing } =
      this.#options;
    const memory = memoryOf(this.service);
    const making: Making = {
      command,
      env: { HOME: directory, TMPDIR: directory, ...env },
      // As this user, so that its files can be read and removed from here.
      user: `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
      host: {
        NetworkMode: "zone" in standing ? `container:${standing.zone.id}` : standing.network,
        Memory: memory,
        MemorySwap: memory,
        Binds: [`${directory}:${directory}`, `${cacheDirectory}:${cacheDirectory}`],
      },
    };
    const prepared = [...this.#options.effects].reduce(
      (made, kind) => effects.get(kind)?.prepare?.(made, directory) ?? made,
      making,
    );
    return Container.create({
      docker,
      runId,
      image,
      record,
      logFile,
      directory,
      what: this.service.name,
      ...prepared,
      ...("zone" in standing ? {} : { address: standing }),
    });
  }

  async #ready(signal?: AbortSignal): Promise<void> {
    const ended = (): boolean => this.#state === "ended";
    const problem = await untilReady(
      this.service,
      (port) => this.endpoint(port),
      this.#options.clock,
      signal,
      () => (ended() ? this.#detail : null),
    );
    if (problem !== null)
      throw this.#failed(
        ended()
          ? `ended before it was ready (${this.#detail})`
          : `was not ready within ${this.service.readyWithinMs / 1000} s (${problem})`,
      );
    if (ended()) throw this.#failed(`ended as soon as it was ready (${this.#detail})`);
  }

  /** Called when the engine reports that the container's program ended. */
  left(detail: string): void {
    if (this.#account === null) return;
    this.#state = "ended";
    this.#detail = detail;
    this.#account.resolve();
    this.#account = null;
    this.#options.exited({ service: this.service.name, expected: this.#ending, detail });
  }

  async pause(): Promise<void> {
    await this.#running("cannot be paused").pause();
    this.#state = "paused";
  }

  async resume(): Promise<void> {
    const container = this.#running("ended while it was paused");
    if (this.#state === "paused") await container.unpause();
    this.#state = "running";
  }

  operate(name: string, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    const { place, runId } = this.#options;
    return operate(this.service, name, parameters, {
      endpoint: (port) => this.endpoint(port),
      controlToken: place.controlToken,
      place,
      runId,
      runBeside: (program) => runBeside(this.#running("is not running"), program),
    });
  }

  async companion(start: (place: Place) => Program): Promise<Companion> {
    return companionOf(
      await this.#running("is not running").exec(...this.#commandOf(start(this.#options.place))),
      this.#options.docker,
    );
  }

  /** Runs a program next to it that answers and ends; returns its standard output. */
  run(program: Program): Promise<string> {
    return runBeside(this.#running("is not running"), program);
  }

  #commandOf({ command, args, env }: Program): [string[], Readonly<Record<string, string>>] {
    return [[command, ...args], env];
  }

  async impair(effect: Effect): Promise<Impairment> {
    const container = this.#running("is not running");
    const { standing, directory, effects: prepared } = this.#options;
    const found = effects.get(effect.kind);
    if (found === undefined)
      throw this.#failed(`is a container, which cannot suffer ${effect.kind}`);
    // Its container was prepared at the start, because the plan contains the fault.
    if (found.prepare !== undefined && !prepared.has(effect.kind))
      throw this.#failed(`was not started so that it can suffer ${effect.kind}`);
    return await found.impose(effect, {
      container,
      zone: "zone" in standing ? standing.zone : container,
      directory,
      host: this.endpoint(this.service.ready.port).host,
      service: this.service.name,
    });
  }

  /** The engine's report follows later; the next start waits for it. */
  async kill(): Promise<void> {
    this.#ending = true;
    if (this.#state === "running" && (await this.#container?.strike()) === true)
      this.#state = "ended";
    else await this.#end(0);
  }

  /** Whether the harness itself ended it. */
  get ending(): boolean {
    return this.#ending;
  }

  /** Sends SIGTERM, waits for the service's own drain time, then sends SIGKILL. */
  async stop(): Promise<Stopped> {
    await this.#end(this.service.drainMs);
    return { detail: this.#detail };
  }

  async #end(drainMs: number): Promise<void> {
    this.#ending = true;
    // A paused service cannot drain.
    if (this.#state !== "ended") await this.#container?.end(this.#state === "paused" ? 0 : drainMs);
    await this.#accounted();
  }

  /** An exit report that arrived after the next start would be assigned to that life. */
  async #accounted(): Promise<void> {
    if (this.#account === null) return;
    const patience = new AbortController();
    await Promise.race([
      this.#account.promise,
      this.#options.clock.sleep(reportedWithinMs, patience.signal).catch(() => {}),
    ]);
    patience.abort();
    // Already ended, unless the engine does not know it.
    if (this.#account !== null) await this.#container?.end(0);
    this.left("ended by the harness");
  }

  async remove(): Promise<void> {
    this.#ending = true;
    await this.#container?.remove();
  }

  #running(otherwise: string): Container {
    if (this.#container === null || this.#state === "ended") throw this.#failed(otherwise);
    return this.#container;
  }

  #failed(what: string): SeawallError {
    return new SeawallError("SERVICE_FAILED", `${this.service.name} ${what}`, {
      logLines: this.lastLogLines(),
      hint: `Its log is ${this.#options.logFile}`,
    });
  }
}
