/**
 * The process substrate: the target's services as child processes on loopback addresses, with
 * Toxiproxy on their links.
 */
import { join } from "node:path";
import { SeawallError } from "../../base/errors.ts";
import type {
  Clock,
  Deployment,
  Instance,
  LinkHandle,
  LinkTotals,
} from "../../target/deployment.ts";
import type { DeployRequest, Substrate } from "../substrate.ts";
import type { Plan } from "../../record/plan.ts";
import { answersStruck, countedLinks, effectsOn } from "../../record/struck.ts";
import type { Endpoint, Layout, Place, Service } from "../../target/layout.ts";
import { linkName } from "../../target/where.ts";
import type { Tools } from "../../target/tools.ts";
import { endStrays } from "../../system/strays.ts";
import { bringUpOutside } from "../external-lifecycle.ts";
import { ExternalInstance } from "../external-service.ts";
import { makeScratch, startInOrder, untilPlayable } from "../bring-up.ts";
import { type Exit, Exits } from "../exits.ts";
import { named } from "../named.ts";
import { AnswerLink, FaultProxy } from "../fault-proxy/fault-proxy.ts";
import { faultProxyName, faultProxyService } from "../fault-proxy/service.ts";
import type { FaultProxySettings } from "../fault-proxy/settings.ts";
import { LinkProxy } from "../proxy/toxiproxy.ts";
import { LinkTraffic } from "../proxy/traffic.ts";
import { proxyService } from "../proxy/service.ts";
import { GroupMeter, type Usage } from "./resources.ts";
import { ProcessInstance } from "./instance.ts";
import { claimSlot, type ClaimedSlot } from "./slot.ts";

export interface ProcessSubstrateOptions {
  readonly tools: Tools;
  /** The folder of slot locks, shared by all runs on this machine. */
  /** Outlives runs, for encoded media. */
  readonly cacheDirectory: string;
  readonly clock: Clock;
}

/** A process ends within ms after SIGKILL; a starved machine needs longer. */
const strayMs = 5_000;

export function processSubstrate(options: ProcessSubstrateOptions): Substrate {
  return { deploy: (request) => deploy(request, options) };
}

async function deploy(
  request: DeployRequest,
  options: ProcessSubstrateOptions,
): Promise<Deployment> {
  await using undoing = new AsyncDisposableStack();
  const { layout, undo, signal, progress } = request;
  const slot = await claimSlot(layout, undo, answersStruck(request.plan).links);
  undoing.defer(() => slot.release());
  for (const line of slot.skipped) progress(`${line}; using port slot ${slot.addresses.slot}`);

  const scratch = makeScratch(request);
  undoing.defer(scratch.remove);

  // While the run still owns its ports, and its folder still identifies its processes.
  undoing.defer(() => endBackground(request, scratch.path, slot));

  undoing.defer(await bringUpOutside(request));

  const deployment = new ProcessDeployment(request, options, slot, scratch.path);
  undoing.defer(() => deployment.stopAll());
  await deployment.startProxy();
  await startInOrder(layout, deployment, signal, progress, options.clock);
  // For a daemonised service, this message is clearer than its later answers.
  deployment.refuseDeaths();
  await untilPlayable(layout, deployment, options.clock, signal, progress);
  deployment.refuseDeaths();

  deployment.owns(undoing.move());
  return deployment;
}

/**
 * Ends daemonised processes, which left their group: those that use the run's folder or listen on
 * its ports.
 */
async function endBackground(
  { runId, progress }: DeployRequest,
  scratch: string,
  slot: ClaimedSlot,
): Promise<void> {
  const { addresses, sinceTicks } = slot;
  const { ended, left } = await endStrays(
    { runId, groups: [], folders: [scratch], endpoints: addresses.all, sinceTicks },
    strayMs,
  );
  for (const { pid, name, why } of ended)
    progress(`${name} (process ${pid}) ran in the background (${why}); it was ended`);
  if (left.length > 0)
    throw new SeawallError(
      "CLEANUP_INCOMPLETE",
      left.map(({ pid, name }) => `process ${pid} (${name}) does not end`).join("; "),
    );
}

class ProcessDeployment implements Deployment {
  readonly layout: Layout;
  readonly instances: readonly Instance[];
  /** The services that Seawall starts and stops. */
  readonly #own: readonly ProcessInstance[];
  readonly #proxy: ProcessInstance;
  /** Only where a planned fault strikes answers. */
  readonly #faultProxy: ProcessInstance | null;
  readonly #controlToken: string;
  readonly #slot: ClaimedSlot;
  readonly #clock: Clock;
  readonly #meter = new GroupMeter();
  readonly #exits = new Exits();
  readonly #plan: Plan;
  #links: readonly LinkHandle[] = [];
  #traffic = new LinkTraffic([]);
  #undoing = new AsyncDisposableStack();

  constructor(
    request: DeployRequest,
    options: ProcessSubstrateOptions,
    slot: ClaimedSlot,
    scratch: string,
  ) {
    this.layout = request.layout;
    this.#plan = request.plan;
    this.#slot = slot;
    this.#clock = options.clock;
    const make = (service: Service): ProcessInstance => {
      const file = service.name.replaceAll("/", "_");
      const directory = join(scratch, file);
      return new ProcessInstance(service, {
        runId: request.runId,
        directory,
        logFile: join(request.logsDirectory, `${file}.log`),
        undo: request.undo,
        clock: options.clock,
        endpoint: (port) => listening(service, port, slot),
        controlToken: request.controlToken,
        // Only services targeted by a planned fault start with extra instrumentation.
        effects: effectsOn(service.name, request.plan),
        place: placeOf(service, directory, request, options, slot),
        exited: (exit) => this.#exits.tell(exit),
      });
    };
    this.instances = request.layout.services.map((service) =>
      service.at === undefined
        ? make(service)
        : new ExternalInstance(
            service,
            options.clock,
            placeOf(service, scratch, request, options, slot),
          ),
    );
    this.#proxy = make(proxyService);
    const settings = faultProxySettings(request, slot);
    this.#controlToken = request.controlToken;
    this.#faultProxy = settings.links.length === 0 ? null : make(faultProxyService(settings));
    this.#own = [
      ...this.instances.filter((instance) => instance instanceof ProcessInstance),
      this.#proxy,
      ...(this.#faultProxy === null ? [] : [this.#faultProxy]),
    ];
  }

  linkTraffic(): Promise<readonly LinkTotals[]> {
    return this.#traffic.read();
  }

  async startProxy(): Promise<void> {
    if (this.#slot.addresses.links.length === 0) return;
    const { proxyControl, faultProxyControl, links } = this.#slot.addresses;
    await Promise.all([this.#proxy.start(), this.#faultProxy?.start()]);
    const proxy = new FaultProxy(faultProxyControl, this.#controlToken);
    const made = await new LinkProxy(proxyControl).create(
      // Past both proxies, the service itself answers.
      links.map(({ link, listen, upstream }) => ({ link, listen, upstream })),
    );
    this.#links = made.map((handle, index) => {
      const { entry = handle.entry, listen } = links[index] ?? {};
      return entry === listen ? handle : new AnswerLink(handle, proxy, entry);
    });
    this.#traffic = new LinkTraffic(countedLinks(this.#links, this.#plan));
  }

  get links(): readonly LinkHandle[] {
    return this.#links;
  }

  instance(service: string): Instance {
    return named(this.instances, service);
  }

  onExit(listener: (exit: Exit) => void): void {
    this.#exits.onExit(listener);
  }

  refuseDeaths(): void {
    this.#exits.refuseDeaths([
      ...this.instances,
      this.#proxy,
      ...(this.#faultProxy === null ? [] : [this.#faultProxy]),
    ]);
  }

  async resources(): Promise<readonly Usage[]> {
    return this.#meter.read(
      this.#own.flatMap((instance) =>
        instance.pid === null ? [] : [{ service: instance.service.name, group: instance.pid }],
      ),
      this.#clock.monotonicMs(),
    );
  }

  /** All at once: no service needs another one to end, and a slow one must not delay the rest. */
  async stopAll(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#own.map((instance) => instance.stop()));
    const failures = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [outcome.reason as Error] : [],
    );
    if (failures.length > 0)
      throw new SeawallError(
        "CLEANUP_INCOMPLETE",
        failures.map((failure) => failure.message).join("; "),
      );
  }

  owns(undoing: AsyncDisposableStack): void {
    this.#undoing = undoing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undoing.disposeAsync();
  }
}

function listening(service: Service, port: string, { addresses }: ClaimedSlot): Endpoint {
  if (service === proxyService) return addresses.proxyControl;
  if (service.name === faultProxyName) return addresses.faultProxyControl;
  return addresses.listen(service.name, port);
}

function faultProxySettings(
  { plan, controlToken }: DeployRequest,
  { addresses: { links, faultProxyControl } }: ClaimedSlot,
): FaultProxySettings {
  return {
    control: faultProxyControl,
    token: controlToken,
    modules: answersStruck(plan).modules,
    links: links.flatMap(({ link, entry, listen, upstream }) => {
      if (entry === listen) return [];
      const tls = upstream.access?.tls;
      return [
        {
          name: linkName(link),
          listen: entry,
          upstream: listen,
          ...(tls === undefined ? {} : { tls: { of: tls, host: upstream.host } }),
        },
      ];
    }),
  };
}

function placeOf(
  service: Service,
  directory: string,
  request: DeployRequest,
  options: ProcessSubstrateOptions,
  slot: ClaimedSlot,
): Place {
  const { addresses } = slot;
  return {
    directory,
    cacheDirectory: options.cacheDirectory,
    listen: (port) => listening(service, port, slot),
    reach: (to, port) => addresses.link(service.name, to, port) ?? addresses.listen(to, port),
    direct: (to, port) => addresses.listen(to, port),
    tool: (name) => {
      const tool = options.tools[name];
      if (tool === undefined) throw new Error(`${service.name} did not ask for the tool ${name}`);
      return tool;
    },
    enabled: (defence) => !request.plan.without.includes(defence),
    controlToken: request.controlToken,
    seed: request.plan.seed,
  };
}
