/** The process substrate: the target's services as child processes on loopback addresses, with Toxiproxy on their links. */
import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeawallError } from "../../core/errors.ts";
import type { Clock, Deployment, DeployRequest, Instance, LinkHandle, Substrate } from "../../core/ports.ts";
import type { Layout, Place, Service } from "../../core/target.ts";
import type { Tools } from "../../core/tools.ts";
import { httpGet } from "../../system/network.ts";
import { ForeignInstance } from "../foreign.ts";
import { LinkProxy } from "../proxy/toxiproxy.ts";
import { proxyService } from "../proxy/service.ts";
import { GroupMeter } from "./resources.ts";
import { ProcessInstance } from "./instance.ts";
import { claimSlot, type ClaimedSlot } from "./slot.ts";

export interface ProcessSubstrateOptions {
  readonly tools: Tools;
  /** Where slot locks lie, shared by all runs on this machine. */
  readonly stateDirectory: string;
  /** Outlives runs: encoded media. */
  readonly cacheDirectory: string;
  readonly clock: Clock;
}

/** From the last service's readiness to a segment that plays through every edge. */
const playableWithinMs = 60_000;

export function processSubstrate(options: ProcessSubstrateOptions): Substrate {
  return { name: "process", deploy: (request) => deploy(request, options) };
}

async function deploy(request: DeployRequest, options: ProcessSubstrateOptions): Promise<Deployment> {
  await using undoing = new AsyncDisposableStack();
  const { layout, undo, signal, progress } = request;
  const slot = await claimSlot(layout, options.stateDirectory, undo);
  undoing.defer(() => slot.release());
  for (const line of slot.skipped) progress(`${line}; using port slot ${slot.addresses.slot}`);

  const scratch = makeScratch(request);
  undoing.defer(scratch.remove);

  const deployment = new ProcessDeployment(request, options, slot, scratch.path);
  undoing.defer(() => deployment.stopAll());
  await deployment.startProxy();
  await startInOrder(layout, deployment, signal, progress, options.clock);
  await untilPlayable(layout, deployment, options.clock, signal, progress);
  deployment.refuseDeaths();

  deployment.owns(undoing.move());
  return deployment;
}

function makeScratch(request: DeployRequest): { path: string; remove: () => Promise<void> } {
  const path = join(tmpdir(), `seawall-${request.runId}`);
  const undone = request.undo.record({ kind: "directory", path });
  mkdirSync(path, { mode: 0o700 });
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      undone();
    },
  };
}

/** Each service starts as soon as those it depends on are ready. The first failure stops the others and is the one reported. */
async function startInOrder(layout: Layout, deployment: ProcessDeployment, signal: AbortSignal, progress: (text: string) => void, clock: Clock): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const started = new Map<string, Promise<void>>();
  const startedMs = clock.monotonicMs();
  let ready = 0;
  const start = (service: Service): Promise<void> => {
    const known = started.get(service.name);
    if (known !== undefined) return known;
    const promise = (async () => {
      await Promise.all(service.dependsOn.map((name) => start(serviceNamed(layout, name))));
      await deployment.instance(service.name).start(either);
      progress(`${++ready}/${layout.services.length} ready: ${service.name} after ${((clock.monotonicMs() - startedMs) / 1000).toFixed(1)} s`);
    })();
    started.set(service.name, promise);
    promise.catch((error: unknown) => failed.abort(error));
    return promise;
  };
  const all = await Promise.allSettled(layout.services.map(start));
  signal.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;
  for (const one of all) if (one.status === "rejected") throw one.reason;
}

function serviceNamed(layout: Layout, name: string): Service {
  const service = layout.services.find((candidate) => candidate.name === name);
  if (service === undefined) throw new SeawallError("PLAN_REFUSED", `the target has no service "${name}"`);
  return service;
}

async function untilPlayable(layout: Layout, deployment: Deployment, clock: Clock, signal: AbortSignal, progress: (text: string) => void): Promise<void> {
  const deadlineMs = clock.monotonicMs() + playableWithinMs;
  progress("waiting for the first segment to be playable through every edge");
  for (;;) {
    const waiting = await Promise.all(layout.playable(clock.nowMs()).map(async (check) => {
      const endpoint = deployment.instance(check.service).endpoint(check.port);
      const status = await httpGet(endpoint, check.path, { timeoutMs: 3_000, discardBody: true, signal }).then((answer) => answer.status, () => 0);
      return status === 200 ? [] : [`${check.service}${check.path} answered ${status === 0 ? "nothing" : status}`];
    }));
    signal.throwIfAborted();
    const missing = waiting.flat();
    if (missing.length === 0) return;
    if (clock.monotonicMs() > deadlineMs) {
      throw new SeawallError("SERVICE_FAILED", `all services are up, but after ${playableWithinMs / 1000} s the stream still does not play: ${missing.slice(0, 3).join("; ")}`, {
        hint: "The services' logs are in the run directory under logs/.",
      });
    }
    await clock.sleep(100, signal);
  }
}

interface Exit { readonly service: string; readonly expected: boolean; readonly detail: string }

class ProcessDeployment implements Deployment {
  readonly layout: Layout;
  readonly instances: readonly Instance[];
  /** Those that Seawall started and ends. */
  readonly #own: readonly ProcessInstance[];
  readonly #proxy: ProcessInstance;
  readonly #slot: ClaimedSlot;
  readonly #clock: Clock;
  readonly #meter = new GroupMeter();
  readonly #listeners: ((exit: Exit) => void)[] = [];
  /** Those that ended although nobody had told them to, from the very first moment. */
  readonly #deaths: Exit[] = [];
  #links: readonly LinkHandle[] = [];
  #undoing = new AsyncDisposableStack();

  constructor(request: DeployRequest, options: ProcessSubstrateOptions, slot: ClaimedSlot, scratch: string) {
    this.layout = request.layout;
    this.#slot = slot;
    this.#clock = options.clock;
    const make = (service: Service): ProcessInstance => {
      const file = service.name.replaceAll("/", "_");
      const directory = join(scratch, file);
      return new ProcessInstance(service, {
        runId: request.runId, directory, logFile: join(request.logsDirectory, `${file}.log`), undo: request.undo, clock: options.clock,
        endpoint: (port) => (service === proxyService ? slot.addresses.proxyControl : slot.addresses.listen(service.name, port)),
        controlToken: request.controlToken, place: placeOf(service, directory, request, options, slot),
        exited: (exit) => {
          if (!exit.expected) this.#deaths.push(exit);
          for (const listener of this.#listeners) listener(exit);
        },
      });
    };
    this.instances = request.layout.services.map((service) => (service.at === undefined ? make(service)
      : new ForeignInstance(service, options.clock, placeOf(service, scratch, request, options, slot))));
    this.#proxy = make(proxyService);
    this.#own = [...this.instances.filter((instance) => instance instanceof ProcessInstance), this.#proxy];
  }

  async startProxy(): Promise<void> {
    if (this.#slot.addresses.links.length === 0) return;
    await this.#proxy.start();
    this.#links = await new LinkProxy(this.#slot.addresses.proxyControl).create(this.#slot.addresses.links);
  }

  get links(): readonly LinkHandle[] {
    return this.#links;
  }

  instance(service: string): Instance {
    const found = this.instances.find((instance) => instance.service.name === service);
    if (found === undefined) throw new SeawallError("PLAN_REFUSED", `the target has no service "${service}"`);
    return found;
  }

  onExit(listener: (exit: Exit) => void): void {
    for (const death of this.#deaths) listener(death);
    this.#listeners.push(listener);
  }

  /** A service that died after it was ready need not be missed by a player: the target would be measured without it. */
  refuseDeaths(): void {
    const [death] = this.#deaths;
    if (death === undefined) return;
    const instance = this.#own.find((one) => one.service.name === death.service);
    throw new SeawallError("SERVICE_FAILED", `${death.service} died while the target was starting (${death.detail})`, {
      logLines: instance?.lastLogLines() ?? [], hint: "Its log is in the run directory under logs/.",
    });
  }

  async resources(): Promise<readonly { service: string; cpuSeconds: number; residentBytes: number }[]> {
    return this.#meter.read(this.#own.flatMap((instance) => (instance.pid === null ? [] : [{ service: instance.service.name, group: instance.pid }])), this.#clock.monotonicMs());
  }

  /** Everything at once: nothing needs another service to end, and what is slow to end must not delay the rest. */
  async stopAll(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#own.map((instance) => instance.stop()));
    const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
    if (failures.length > 0) throw new SeawallError("CLEANUP_INCOMPLETE", failures.map((failure) => failure.message).join("; "));
  }

  owns(undoing: AsyncDisposableStack): void {
    this.#undoing = undoing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undoing.disposeAsync();
  }
}

function placeOf(service: Service, directory: string, request: DeployRequest, options: ProcessSubstrateOptions, slot: ClaimedSlot): Place {
  const { addresses } = slot;
  return {
    directory, cacheDirectory: options.cacheDirectory,
    listen: (port) => (service === proxyService ? addresses.proxyControl : addresses.listen(service.name, port)),
    reach: (to, port) => addresses.link(service.name, to, port) ?? addresses.listen(to, port),
    direct: (to, port) => addresses.listen(to, port),
    tool: (name) => options.tools[name],
    enabled: (defence) => !request.plan.without.includes(defence),
    controlToken: request.controlToken,
    seed: request.plan.seed,
  };
}
