/**
 * The compose substrate: finds the containers of a project that its user runs, and leaves them as
 * they were. It touches no other container.
 */
import { join } from "node:path";
import type Docker from "dockerode";
import { SeawallError } from "../../base/errors.ts";
import type {
  Clock,
  Deployment,
  Instance,
  LinkHandle,
  LinkTotals,
} from "../../target/deployment.ts";
import { type Layout, type Place, type Service, usersSide } from "../../target/layout.ts";
import type { Tools } from "../../target/tools.ts";
import { countedLinks } from "../../record/struck.ts";
import { makeScratch, startInOrder, untilPlayable } from "../bring-up.ts";
import { isOfContainer } from "../docker/container.ts";
import { type ContainerEvent, watchEvents } from "../docker/events.ts";
import { ContainerMeter, type Usage } from "../docker/resources.ts";
import type { Recorder } from "../docker/labels.ts";
import { type Exit, Exits } from "../exits.ts";
import { bringUpOutside } from "../external-lifecycle.ts";
import { ExternalInstance } from "../external-service.ts";
import { named } from "../named.ts";
import { LinkTraffic } from "../proxy/traffic.ts";
import type { DeployRequest, Substrate } from "../substrate.ts";
import { Changes } from "./changes.ts";
import { ComposeInstance } from "./instance.ts";
import { connectionsIn, makeLink, type MadeLink } from "./link.ts";
import { containerIn, containersOf, type Found, ofProject } from "./project.ts";
import { ensureProxyImage } from "./proxy-image.ts";

export interface ComposeSubstrateOptions {
  readonly engine: () => Promise<Docker>;
  /** In the format of DOCKER_HOST, for `recover`. */
  readonly engineHost: string;
  readonly tools: Tools;
  readonly clock: Clock;
}

export function composeSubstrate(options: ComposeSubstrateOptions): Substrate {
  return { deploy: (request) => deploy(request, options) };
}

async function deploy(
  request: DeployRequest,
  options: ComposeSubstrateOptions,
): Promise<Deployment> {
  await using undoing = new AsyncDisposableStack();
  const { layout, undo, signal, progress } = request;
  const { project } = layout;
  if (project === undefined)
    throw new SeawallError("PLAN_REFUSED", "the target names no compose project");
  const docker = await options.engine();
  const scratch = makeScratch(request);
  undoing.defer(scratch.remove);
  undoing.defer(await bringUpOutside(request));
  const changes = new Changes(docker, undo, options.engineHost);
  const found = await containersOf(docker, project);
  const deployment = new ComposeDeployment(request, options, {
    docker,
    changes,
    found,
    scratch: scratch.path,
  });
  const watching = await watchEvents(docker, ofProject(project), ["start", "die", "oom"], {
    happened: (event) => deployment.happened(event),
    lost: (why) => deployment.lost(why),
  });
  undoing.defer(() => watching[Symbol.dispose]());
  undoing.defer(() => changes.revertAll());
  // First, because the proxies hold names that services get back.
  undoing.defer(() => deployment.removeProxies());
  await deployment.findAll();
  progress(`found ${found.length} containers of the project ${project}`);
  await deployment.makeLinks(request);
  await startInOrder(layout, deployment, signal, progress, options.clock);
  await untilPlayable(layout, deployment, options.clock, signal, progress);
  deployment.refuseDeaths();
  deployment.owns(undoing.move());
  return deployment;
}

interface Ground {
  readonly docker: Docker;
  readonly changes: Changes;
  readonly found: readonly Found[];
  readonly scratch: string;
}

class ComposeDeployment implements Deployment {
  readonly layout: Layout;
  readonly instances: readonly Instance[];
  readonly #own: readonly ComposeInstance[];
  readonly #options: ComposeSubstrateOptions;
  readonly #ground: Ground;
  readonly #exits = new Exits();
  readonly #meter = new ContainerMeter();
  #links: readonly MadeLink[] = [];
  #traffic = new LinkTraffic([]);
  #isEnding = false;
  #undoing = new AsyncDisposableStack();

  constructor(request: DeployRequest, options: ComposeSubstrateOptions, ground: Ground) {
    this.layout = request.layout;
    this.#options = options;
    this.#ground = ground;
    const { docker, changes, found, scratch } = ground;
    const { project = "" } = request.layout;
    this.instances = request.layout.services.map((service) => {
      const place = this.#placeOf(service, scratch, request);
      const { container } = service;
      if (container === undefined) return new ExternalInstance(service, options.clock, place);
      return new ComposeInstance(service, container, {
        docker,
        found: containerIn(found, project, container),
        changes,
        place,
        clock: options.clock,
        exited: (exit) => this.#exits.tell(exit),
      });
    });
    this.#own = this.instances.filter((one) => one instanceof ComposeInstance);
  }

  #placeOf(service: Service, directory: string, { plan, controlToken }: DeployRequest): Place {
    const at = (name: string, port: string) => this.instance(name).endpoint(port);
    return {
      directory,
      cacheDirectory: directory,
      listen: (port) => at(service.name, port),
      reach: at,
      direct: at,
      tool: (name) => {
        throw new Error(`${service.name} runs in a container and is given no tool (${name})`);
      },
      enabled: (defence) => !plan.without.includes(defence),
      controlToken,
      seed: plan.seed,
    };
  }

  async findAll(): Promise<void> {
    await Promise.all(this.#own.map((instance) => instance.find()));
  }

  happened(event: ContainerEvent): void {
    void this.#own.find(({ id }) => id === event.container)?.happened(event);
  }

  /** From here on, a death would not be noticed. */
  lost(why: string): void {
    if (!this.#isEnding)
      this.#exits.tell({ service: "docker engine", expected: false, detail: why });
  }

  /** One after another, because each reconnects and restarts containers. */
  async makeLinks({
    plan,
    runId,
    logsDirectory,
    undo,
    signal,
    layout,
  }: DeployRequest): Promise<void> {
    const wanted = countedLinks(
      layout.links.map((link) => ({ link })),
      plan,
    );
    if (wanted.length === 0) return;
    const { docker } = this.#ground;
    const { tools, engineHost, clock } = this.#options;
    const image = await ensureProxyImage(docker, tools["toxiproxy"]?.executable ?? "", signal);
    const record: Recorder = (what, name) =>
      undo.record({ kind: "made", substrate: "compose", what, name, at: engineHost });
    for (const [index, { link }] of wanted.entries()) {
      const from = link.from === usersSide ? null : this.#container(link.from);
      const made = await makeLink(link, from, this.#container(link.to), {
        docker,
        runId,
        image,
        record,
        logFile: join(logsDirectory, `toxiproxy-${index + 1}.log`),
        clock,
        signal,
      });
      this.#links = [...this.#links, made];
    }
    this.#traffic = new LinkTraffic(countedLinks(this.links, plan), (endpoints) =>
      connectionsIn(
        this.#links.map(({ proxy }) => proxy),
        endpoints,
      ),
    );
  }

  #container(name: string): ComposeInstance {
    return named(this.#own, name);
  }

  get links(): readonly LinkHandle[] {
    return this.#links.map(({ handle }) => handle);
  }

  linkTraffic(): Promise<readonly LinkTotals[]> {
    return this.#traffic.read();
  }

  instance(service: string): Instance {
    return named(this.instances, service);
  }

  onExit(listener: (exit: Exit) => void): void {
    this.#exits.onExit(listener);
  }

  refuseDeaths(): void {
    this.#exits.refuseDeaths(this.instances);
  }

  async disconnect(zone: string): Promise<() => Promise<void>> {
    const inZone = this.#own.filter(({ service }) => service.zone === zone);
    const back: (() => Promise<void>)[] = [];
    for (const instance of inZone) back.push(await instance.disconnect());
    return async () => {
      for (const one of back) await one();
    };
  }

  async resources(): Promise<readonly Usage[]> {
    return this.#meter.read(
      this.#own.map(({ service: { name }, id, pid }) => ({
        service: name,
        pid: pid !== null && isOfContainer(pid, id) ? pid : null,
      })),
    );
  }

  async removeProxies(): Promise<void> {
    this.#isEnding = true;
    for (const { proxy } of this.#links) await proxy.remove();
  }

  owns(undoing: AsyncDisposableStack): void {
    this.#undoing = undoing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undoing.disposeAsync();
  }
}
