/**
 * The docker substrate: the target's services as containers in a network of the run's own, with
 * Toxiproxy on their links.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { SeawallError } from "../../base/errors.ts";
import type { Clock, Deployment, LinkHandle, LinkTotals } from "../../target/deployment.ts";
import type { DeployRequest, Substrate } from "../substrate.ts";
import type { Plan } from "../../record/plan.ts";
import { effectsOn, countedLinks } from "../../record/struck.ts";
import type { Layout, Service } from "../../target/layout.ts";
import { makeScratch, startInOrder, untilPlayable } from "../bring-up.ts";
import { type Exit, Exits } from "../exits.ts";
import { proxyService } from "../proxy/service.ts";
import { named } from "../named.ts";
import { LinkProxy } from "../proxy/toxiproxy.ts";
import { LinkTraffic } from "../proxy/traffic.ts";
import { connectionsAt, type RunSs } from "../../system/sockets.ts";
import type { Container } from "./container.ts";
import { watchExits } from "./exits.ts";
import { DockerInstance } from "./instance.ts";
import type { Recorder } from "./labels.ts";
import { makeNetwork, type RunNetwork } from "./network.ts";
import { placeInContainer } from "./place.ts";
import { ContainerMeter, type Usage } from "./resources.ts";
import { makeZone, startZone } from "./zone.ts";

export interface DockerSubstrateOptions {
  readonly engine: () => Promise<Docker>;
  /** In the format of DOCKER_HOST, for `recover`. */
  readonly engineHost: string;
  /** Resolves with the image's name once the engine has it. */
  readonly image: (docker: Docker) => Promise<string>;
  /** The project's own folder. */
  readonly root: string;
  /** Outlives runs, for encoded media. */
  readonly cacheDirectory: string;
  readonly clock: Clock;
}

export function dockerSubstrate(options: DockerSubstrateOptions): Substrate {
  return { deploy: (request) => deploy(request, options) };
}

async function deploy(
  request: DeployRequest,
  options: DockerSubstrateOptions,
): Promise<Deployment> {
  await using undoing = new AsyncDisposableStack();
  const { layout, undo, signal, progress, runId, logsDirectory } = request;
  const docker = await options.engine();
  const image = await options.image(docker);
  const record: Recorder = (what, name) =>
    undo.record({ kind: "made", substrate: "docker", what, name, at: options.engineHost });
  signal.throwIfAborted();
  const scratch = makeScratch(request);
  undoing.defer(scratch.remove);
  mkdirSync(options.cacheDirectory, { recursive: true });
  const network = await makeNetwork(docker, layout, runId, record);
  undoing.defer(() => network.remove());
  signal.throwIfAborted();

  const zones = new Map<string, Container>();
  undoing.defer(() => together([...zones.values()].map((zone) => zone.remove())));
  const deployment = new DockerDeployment(request, {
    ...options,
    docker,
    image,
    record,
    network,
    zones,
    scratch: scratch.path,
  });
  undoing.defer(() => deployment.removeAll());
  const watching = await watchExits(docker, runId, {
    died: (died) => deployment.died(died.containerId, died.detail),
    lost: (why) => deployment.lost(why),
    isExpected: (containerId) => deployment.isExpected(containerId),
  });
  undoing.defer(() => watching[Symbol.dispose]());
  // Before the watch ends, so that a planned stop is not reported as a death.
  undoing.defer(() => deployment.stopAll());

  progress(`the target's network is ${network.addresses.subnet}`);
  await together([
    deployment.startProxy(signal),
    ...[...network.addresses.zones.keys()].map(async (zone) => {
      const container = await makeZone(zone, layout, network.addresses, network.id, {
        docker,
        runId,
        image,
        record,
        logFile: join(logsDirectory, `zone_${zone}.log`),
      });
      zones.set(zone, container);
      await startZone(container, signal);
    }),
  ]);
  await startInOrder(layout, deployment, signal, progress, options.clock);
  await untilPlayable(layout, deployment, options.clock, signal, progress);
  deployment.refuseDeaths();
  deployment.owns(undoing.move());
  return deployment;
}

/** Awaits all of them; the first failure is thrown. */
async function together(work: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work))
    if (outcome.status === "rejected") throw outcome.reason;
}

interface Ground extends Omit<DockerSubstrateOptions, "engine" | "image"> {
  readonly docker: Docker;
  readonly image: string;
  readonly record: Recorder;
  readonly network: RunNetwork;
  readonly zones: ReadonlyMap<string, Container>;
  readonly scratch: string;
}

class DockerDeployment implements Deployment {
  readonly layout: Layout;
  readonly instances: readonly DockerInstance[];
  readonly #proxy: DockerInstance;
  readonly #ground: Ground;
  readonly #exits = new Exits();
  readonly #meter = new ContainerMeter();
  readonly #plan: Plan;
  #links: readonly LinkHandle[] = [];
  #traffic = new LinkTraffic([]);
  #ending = false;
  #undoing = new AsyncDisposableStack();

  constructor(request: DeployRequest, ground: Ground) {
    this.layout = request.layout;
    this.#plan = request.plan;
    this.#ground = ground;
    this.instances = request.layout.services.map((service) => this.#make(service, request));
    this.#proxy = this.#make(proxyService, request);
  }

  #make(
    service: Service,
    { runId, logsDirectory, plan, controlToken }: DeployRequest,
  ): DockerInstance {
    const { docker, image, record, network, zones, scratch, cacheDirectory, root, clock } =
      this.#ground;
    const { addresses } = network;
    const file = service.name.replaceAll("/", "_");
    const directory = join(scratch, file);
    const zone = (): Container => {
      const found = zones.get(service.zone);
      if (found === undefined) throw new Error(`the zone ${service.zone} is not there yet`);
      return found;
    };
    return new DockerInstance(service, {
      docker,
      runId,
      image,
      record,
      directory,
      cacheDirectory,
      root,
      clock,
      logFile: join(logsDirectory, `${file}.log`),
      get standing() {
        return service === proxyService
          ? { network: network.id, host: addresses.proxyControl.host }
          : { zone: zone() };
      },
      endpoint: (port) =>
        service === proxyService ? addresses.proxyControl : addresses.listen(service.name, port),
      place: placeInContainer({
        service,
        layout: this.layout,
        addresses,
        directory,
        cacheDirectory,
        without: plan.without,
        controlToken,
        seed: plan.seed,
      }),
      effects: effectsOn(service.name, plan),
      exited: (exit) => this.#exits.tell(exit),
    });
  }

  async startProxy(signal: AbortSignal): Promise<void> {
    const { links, proxyControl } = this.#ground.network.addresses;
    if (links.length === 0) return;
    await this.#proxy.start(signal);
    this.#links = await new LinkProxy(proxyControl).create(links);
    // The proxied ends are in the proxy's own network.
    const runSs: RunSs = (args) => this.#proxy.run({ command: "ss", args, env: {} });
    this.#traffic = new LinkTraffic(countedLinks(this.#links, this.#plan), (endpoints) =>
      connectionsAt(endpoints, runSs),
    );
  }

  linkTraffic(): Promise<readonly LinkTotals[]> {
    return this.#traffic.read();
  }

  get links(): readonly LinkHandle[] {
    return this.#links;
  }

  disconnect(zone: string): Promise<() => Promise<void>> {
    const { zones, network } = this.#ground;
    const container = zones.get(zone);
    if (container === undefined)
      throw new SeawallError("PLAN_REFUSED", `the target has no zone "${zone}"`);
    return network.disconnect(container.id, network.addresses.zones.get(zone) ?? "");
  }

  instance(service: string): DockerInstance {
    return named(this.instances, service);
  }

  onExit(listener: (exit: Exit) => void): void {
    this.#exits.onExit(listener);
  }

  refuseDeaths(): void {
    this.#exits.refuseDeaths([...this.instances, this.#proxy]);
  }

  isExpected(containerId: string): boolean {
    return this.#owner(containerId)?.ending === true;
  }

  #owner(containerId: string): DockerInstance | undefined {
    return [...this.instances, this.#proxy].find((one) => one.containerId === containerId);
  }

  died(containerId: string, detail: string): void {
    const instance = this.#owner(containerId);
    if (instance !== undefined) instance.left(detail);
    else if (!this.#ending)
      this.#exits.tell({ service: "network of a zone", expected: false, detail });
  }

  /** From here on, a death would not be noticed. */
  lost(why: string): void {
    if (!this.#ending) this.#exits.tell({ service: "docker engine", expected: false, detail: why });
  }

  async resources(): Promise<readonly Usage[]> {
    return this.#meter.read(
      [...this.instances, this.#proxy].map(({ service: { name }, pid }) => ({
        service: name,
        pid,
      })),
    );
  }

  /** All at once: no service needs another one to end, and a slow one must not delay the rest. */
  async stopAll(): Promise<void> {
    this.#ending = true;
    // A container that does not stop is removed by force.
    await Promise.allSettled([...this.instances, this.#proxy].map((instance) => instance.stop()));
  }

  async removeAll(): Promise<void> {
    await together([...this.instances, this.#proxy].map((instance) => instance.remove()));
  }

  owns(undoing: AsyncDisposableStack): void {
    this.#undoing = undoing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undoing.disposeAsync();
  }
}
