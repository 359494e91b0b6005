/**
 * A service in a container that its user's compose project keeps. It is found running, and left
 * running. Its engine may restart it, and that is observed.
 */
import type Docker from "dockerode";
import { SeawallError } from "../../base/errors.ts";
import type {
  Clock,
  Death,
  Impairment,
  Instance,
  InstanceState,
  Keeper,
  Stopped,
} from "../../target/deployment.ts";
import {
  accessible,
  type ComposeContainer,
  type Endpoint,
  type Place,
  type Program,
  type Service,
} from "../../target/layout.ts";
import { operate, programOf } from "../../system/operate.ts";
import { isOfContainer } from "../docker/container.ts";
import { engineError } from "../docker/engine.ts";
import type { ContainerEvent } from "../docker/events.ts";
import { detailOf } from "../docker/exits.ts";
import type { Exit } from "../exits.ts";
import { untilReady } from "../ready.ts";
import { attach, attachmentOf, type Changes, detach } from "./changes.ts";
import type { Found } from "./project.ts";

export interface InstanceOptions {
  readonly docker: Docker;
  readonly found: Found;
  readonly changes: Changes;
  readonly place: Place;
  readonly clock: Clock;
  readonly exited: (exit: Exit) => void;
}

/** One life of the container's first process. */
interface Life {
  readonly pid: number;
  death: { readonly detail: string; readonly atMs: number } | null;
}

const nothing = async (): Promise<void> => undefined;

/** The engine reports a death within some ms, and a start that it was asked for, too. */
const reportedWithinMs = 10_000;

export class ComposeInstance implements Instance {
  readonly service: Service;
  readonly keeper: Keeper;
  readonly #container: ComposeContainer;
  readonly #options: InstanceOptions;
  readonly #lives: (Life & { readonly startedMs: number })[] = [];
  readonly #change = { running: nothing, unpaused: nothing };
  #restarts: string | null = null;
  #addresses: readonly string[] = [];
  #isPaused = false;
  #isEnding = false;
  #isStarving = false;
  #wake = Promise.withResolvers<void>();

  constructor(service: Service, container: ComposeContainer, options: InstanceOptions) {
    this.service = service;
    this.#container = container;
    this.#options = options;
    const restarts = (): string | null => this.#restarts;
    this.keeper = {
      get restarts() {
        return restarts();
      },
      accountOf: (pid) => this.#accountOf(pid),
    };
  }

  get id(): string {
    return this.#options.found.id;
  }

  /** The name that it has on every network, whatever its aliases. */
  get containerName(): string {
    return this.#options.found.name;
  }

  get pid(): number | null {
    const life = this.#lives.at(-1);
    return life === undefined || life.death !== null ? null : life.pid;
  }

  get state(): InstanceState {
    if (this.pid === null) return "ended";
    return this.#isPaused ? "paused" : "running";
  }

  get directory(): string {
    return this.#options.place.directory;
  }

  /** Published ports stay; the container's own address may change with each start. */
  endpoint(port: string): Endpoint {
    const published = this.#container.published[port];
    return accessible(this.service, port, published ?? this.inside(port));
  }

  /** The address within the project's network; the last one while it has none. */
  inside(port: string): Endpoint {
    const [host] = this.#addresses;
    const number = this.service.ports[port];
    if (host === undefined || number === undefined)
      throw new SeawallError(
        "SERVICE_FAILED",
        `${this.service.name} has no address for its port "${port}"`,
      );
    return { host, port: number };
  }

  lastLogLines(): readonly string[] {
    return [];
  }

  /** Looks at the container. Throws unless it runs. */
  async find(): Promise<void> {
    const { State, HostConfig } = await this.#inspect();
    const { name } = this.service;
    if (!State.Running || State.Paused || State.Restarting)
      throw new SeawallError(
        "SERVICE_FAILED",
        `the container of ${name} is ${State.Status}, and it must run before the run begins`,
        { hint: "Seawall starts no container that its user has stopped: `docker compose up -d`." },
      );
    const { Name = "", MaximumRetryCount = 0 } = HostConfig.RestartPolicy ?? {};
    const times = MaximumRetryCount > 0 ? ` (at most ${MaximumRetryCount} times)` : "";
    this.#restarts = Name === "" || Name === "no" ? null : `the restart policy "${Name}"${times}`;
    await this.#begun(0);
  }

  async #inspect(): Promise<Docker.ContainerInspectInfo> {
    try {
      return await this.#options.docker.getContainer(this.id).inspect();
    } catch (error) {
      throw engineError(error, `look at the container of ${this.service.name}`);
    }
  }

  /** A new process, and the addresses that it has now. */
  async #begun(atMs: number): Promise<void> {
    const { State, NetworkSettings } = await this.#inspect();
    this.#seeAddresses(NetworkSettings);
    const { Pid, Running } = State;
    if (Running && Pid > 0 && this.pid !== Pid)
      this.#lives.push({ pid: Pid, startedMs: atMs, death: null });
  }

  #seeAddresses({ Networks }: Docker.ContainerInspectInfo["NetworkSettings"]): void {
    const addresses = Object.values(Networks).flatMap(({ IPAddress }) =>
      IPAddress ? [IPAddress] : [],
    );
    if (addresses.length > 0) this.#addresses = addresses;
  }

  /** An event of its own container. */
  async happened({ action, exitCode, atMs }: ContainerEvent): Promise<void> {
    if (action === "oom") this.#isStarving = true;
    else if (action === "die") this.#died(exitCode, atMs);
    else await this.#begun(atMs).catch(() => undefined);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  #died(exitCode: string, atMs: number): void {
    const detail = detailOf(exitCode, this.#isStarving, 0);
    const life = this.#lives.at(-1);
    if (life === undefined || life.death !== null) return;
    life.death = { detail, atMs };
    const expected = this.#isEnding;
    [this.#isEnding, this.#isStarving, this.#isPaused] = [false, false, false];
    this.#options.exited({ service: this.service.name, expected, detail });
  }

  #accountOf(pid: number): Death | null {
    const index = this.#lives.findLastIndex((life) => life.pid === pid);
    const death = this.#lives[index]?.death;
    if (death === undefined || death === null) return null;
    const next = this.#lives[index + 1];
    return {
      detail: death.detail,
      back: next === undefined ? null : { pid: next.pid, afterMs: next.startedMs - death.atMs },
    };
  }

  async #until(what: string, isSo: () => boolean, signal?: AbortSignal): Promise<void> {
    const untilMs = this.#options.clock.monotonicMs() + reportedWithinMs;
    while (!isSo()) {
      signal?.throwIfAborted();
      if (this.#options.clock.monotonicMs() > untilMs)
        throw new SeawallError(
          "SERVICE_FAILED",
          `the engine did not report within ${reportedWithinMs / 1000} s that ${what}`,
        );
      await Promise.race([this.#wake.promise, this.#options.clock.sleep(100)]);
    }
  }

  /** Starts the container unless it runs, and waits until it is ready. */
  async start(signal?: AbortSignal): Promise<void> {
    const { docker, clock } = this.#options;
    const { name } = this.service;
    if (this.pid === null) {
      // Does nothing if a restart policy has begun to start it.
      await docker
        .getContainer(this.id)
        .start()
        .catch((error: unknown) => {
          if ((error as { statusCode?: number }).statusCode !== 304)
            throw engineError(error, `start the container of ${name}`);
        });
      await this.#until(`${name} runs`, () => this.pid !== null, signal);
    }
    const problem = await untilReady(
      this.service,
      (port) => this.endpoint(port),
      clock,
      signal,
      () => (this.pid === null ? "its container has ended" : null),
    );
    if (problem !== null)
      throw new SeawallError("SERVICE_FAILED", `${name} is not ready: ${problem}`);
    await this.#change.running();
  }

  /**
   * Ends the first process as a crash would, so that the restart policy acts as it would then. Only
   * the engine can end a process of another user, and no policy acts on that.
   */
  async kill(): Promise<void> {
    const { pid } = this;
    if (pid === null) return;
    this.#change.running = this.#options.changes.note(this.id, { what: "running" });
    this.#isEnding = true;
    if (!this.#strike(pid))
      await this.#options.docker
        .getContainer(this.id)
        .kill({ signal: "SIGKILL" })
        .catch((error: unknown) => {
          throw engineError(error, `kill the container of ${this.service.name}`);
        });
    await this.#until(`${this.service.name} has ended`, () => this.#accountOf(pid) !== null);
  }

  /** With the signal and the time that its user gave it. No restart policy acts on that. */
  async stop(): Promise<Stopped> {
    const { pid } = this;
    if (pid === null) return { detail: "it had ended already" };
    this.#change.running = this.#options.changes.note(this.id, { what: "running" });
    this.#isEnding = true;
    await this.#options.docker
      .getContainer(this.id)
      .stop()
      .catch((error: unknown) => {
        throw engineError(error, `stop the container of ${this.service.name}`);
      });
    await this.#until(`${this.service.name} has ended`, () => this.#accountOf(pid) !== null);
    return { detail: this.#accountOf(pid)?.detail ?? "" };
  }

  #strike(pid: number): boolean {
    try {
      return isOfContainer(pid, this.id) && process.kill(pid, "SIGKILL");
    } catch {
      return false;
    }
  }

  async pause(): Promise<void> {
    this.#change.unpaused = this.#options.changes.note(this.id, { what: "unpaused" });
    await this.#options.docker
      .getContainer(this.id)
      .pause()
      .catch((error: unknown) => {
        throw engineError(error, `pause ${this.service.name}`);
      });
    this.#isPaused = true;
  }

  async resume(): Promise<void> {
    await this.#change.unpaused();
    this.#isPaused = false;
  }

  /** Takes it off all its networks. The result puts it back, with the same names. */
  async disconnect(): Promise<() => Promise<void>> {
    const { docker, changes } = this.#options;
    const { NetworkSettings } = await this.#inspect();
    const all = Object.values(NetworkSettings.Networks).map((one) => attachmentOf(this.id, one));
    const back: (() => Promise<void>)[] = [];
    for (const before of all) {
      back.push(changes.note(this.id, { what: "network", before }));
      await detach(docker, this.id, before.network).catch((error: unknown) => {
        throw engineError(error, `take ${this.service.name} off its network`);
      });
    }
    return async () => {
      for (const one of back) await one();
      this.#seeAddresses((await this.#inspect()).NetworkSettings);
    };
  }

  /** Changes the names that it has on one network, for the whole run. */
  async reconnect(network: string, aliases: readonly string[]): Promise<void> {
    const { docker, changes } = this.#options;
    const { NetworkSettings } = await this.#inspect();
    const present = Object.values(NetworkSettings.Networks).find(
      ({ NetworkID }) => NetworkID === network,
    );
    if (present === undefined) throw new Error(`${this.service.name} is not on that network`);
    const before = attachmentOf(this.id, present);
    changes.note(this.id, { what: "network", before });
    await attach(
      docker,
      this.id,
      { network, settings: { ...before.settings, Aliases: [...aliases] } },
      NetworkSettings.Networks,
    );
    this.#seeAddresses((await this.#inspect()).NetworkSettings);
  }

  /** The result restarts the container, so that it looks up the names of others again. */
  willLookAgain(signal: AbortSignal): () => Promise<void> {
    this.#options.changes.note(this.id, { what: "names" });
    return () => this.#lookAgain(signal);
  }

  async #lookAgain(signal: AbortSignal): Promise<void> {
    const { pid } = this;
    this.#isEnding = true;
    // With the time to stop that its user gave it.
    await this.#options.docker.getContainer(this.id).restart();
    await this.#until(
      `${this.service.name} runs again`,
      () => this.pid !== null && this.pid !== pid,
    );
    await this.start(signal);
  }

  /** By the id of each network, its name and the names under which others find it there. */
  async networks(): Promise<ReadonlyMap<string, { name: string; aliases: readonly string[] }>> {
    const { NetworkSettings } = await this.#inspect();
    return new Map(
      Object.entries(NetworkSettings.Networks).map(([name, one]) => {
        const { network, settings } = attachmentOf(this.id, one);
        return [network, { name, aliases: settings.Aliases ?? [] }];
      }),
    );
  }

  operate(name: string, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    const { place } = this.#options;
    return operate(this.service, name, parameters, {
      endpoint: (port) => this.endpoint(port),
      controlToken: place.controlToken,
      place,
      runId: "",
    });
  }

  programOf(name: string): Program | null {
    return programOf(this.service, name, this.#options.place);
  }

  async impair(): Promise<Impairment> {
    throw new SeawallError(
      "SERVICE_FAILED",
      `${this.service.name} runs in its user's container, inside of which nothing is changed`,
    );
  }
}
