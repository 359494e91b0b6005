/**
 * The target in virtual time, behind the same interface as a real one. Everything that it occupies
 * is recorded before it is taken.
 */
import { SeawallError } from "../../base/errors.ts";
import type { RunningModel, Simulation, TargetModel } from "../../target/model.ts";
import type { Deployment, LinkTotals, Stopped } from "../../target/deployment.ts";
import type { SampleKind, SampleSink } from "../../metrics/samples.ts";
import type { Tags } from "../../metrics/tags.ts";
import type { UndoLedger } from "../../record/undo.ts";
import { prng } from "../../base/prng.ts";
import type { Plan } from "../../record/plan.ts";
import { countedLinks } from "../../record/struck.ts";
import { linkName } from "../../target/where.ts";
import type { Endpoint, Layout, Service } from "../../target/layout.ts";
import type { VirtualDeployment, VirtualService } from "../../target/fault.ts";
import { named } from "../named.ts";
import { Counters, TagTree } from "./counters.ts";
import type { VirtualMachine } from "./machine.ts";
import { type Between, Network, SimulatedLink } from "./network.ts";
import { SimulatedNode } from "./node.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export interface SimulatedDeployRequest {
  readonly plan: Plan;
  readonly layout: Layout;
  readonly model: TargetModel;
  readonly runId: string;
  readonly clock: VirtualClock;
  readonly machine: VirtualMachine;
  readonly sink: SampleSink;
  readonly undo: UndoLedger;
}

type Exit = Parameters<Parameters<Deployment["onExit"]>[0]>[0];

export class SimulatedInstance implements VirtualService {
  readonly service: Service;
  readonly node: SimulatedNode;
  readonly directory: string;
  readonly #request: SimulatedDeployRequest;
  readonly #exited: (exit: Exit) => void;
  readonly #operation: RunningModel["operate"];
  #pid: number | null = null;
  #ending = false;
  #left: () => void = () => {};

  constructor(
    node: SimulatedNode,
    request: SimulatedDeployRequest,
    exited: (exit: Exit) => void,
    operation: RunningModel["operate"],
  ) {
    this.service = node.service;
    this.node = node;
    this.directory = `/simulated/${request.runId}/${node.name}`;
    this.#request = request;
    this.#exited = exited;
    this.#operation = operation;
  }

  get pid(): number | null {
    return this.#pid;
  }
  get state(): "running" | "paused" | "ended" {
    return this.#pid === null ? "ended" : this.node.state === "paused" ? "paused" : "running";
  }

  get isReady(): boolean {
    return this.node.ready;
  }

  endpoint(): Endpoint {
    throw new SeawallError("PLAN_REFUSED", `${this.service.name} is simulated and listens nowhere`);
  }

  async start(signal?: AbortSignal): Promise<void> {
    const { clock, machine, runId, undo } = this.#request;
    signal?.throwIfAborted();
    if (this.#pid !== null)
      throw new SeawallError("SERVICE_FAILED", `${this.service.name} is running already`);
    this.#ending = false;
    // Until the ledger entry is written, the run's mark identifies it, as for a real process.
    const pid = machine.spawn(this.service.name, runId, () => this.#died());
    this.#pid = pid;
    const undone = undo.record({
      kind: "processGroup",
      service: this.service.name,
      pid,
      startTicks: machine.startTicksOf(pid) ?? 0,
    });
    const ready = Promise.withResolvers<void>();
    this.#left = () => {
      undone();
      clock.settled();
      ready.reject(
        new SeawallError("SERVICE_FAILED", `${this.service.name} ended before it was ready`),
      );
    };
    this.node.start(() => {
      clock.settled();
      ready.resolve();
    });
    await ready.promise;
    signal?.throwIfAborted();
  }

  #died(): void {
    this.#pid = null;
    this.node.die();
    this.#left();
    this.#exited({
      service: this.service.name,
      expected: this.#ending,
      detail: "ended by SIGKILL",
    });
  }

  async kill(): Promise<void> {
    this.#ending = true;
    if (this.#pid !== null) this.#request.machine.kill(this.#pid);
  }

  /** A model has nothing to drain. */
  async stop(): Promise<Stopped> {
    await this.kill();
    return { detail: "it ended" };
  }

  async pause(): Promise<void> {
    this.node.pause();
  }
  async resume(): Promise<void> {
    this.node.resume();
  }

  operate(name: string, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    return new Promise((resolve, reject) =>
      this.#operation(this.service.name, name, parameters, (answer) => {
        this.#request.clock.settled();
        if (answer === null)
          reject(new SeawallError("SERVICE_FAILED", `${this.service.name} did not do ${name}`));
        else resolve(answer);
      }),
    );
  }

  async impair(): Promise<never> {
    throw new SeawallError("PLAN_REFUSED", "simulated services cannot be impaired");
  }
  lastLogLines(): readonly string[] {
    return [];
  }
}

export class SimulatedDeployment implements VirtualDeployment {
  readonly layout: Layout;
  readonly instances: readonly SimulatedInstance[];
  readonly nodes: ReadonlyMap<string, SimulatedNode>;
  readonly links: readonly SimulatedLink[];
  readonly counters = new Counters();
  readonly model: RunningModel;
  readonly machine: VirtualMachine;
  readonly network: Network;
  readonly #request: SimulatedDeployRequest;
  readonly #listeners: ((exit: Exit) => void)[] = [];
  readonly #deaths: Exit[] = [];
  readonly #undoing = new AsyncDisposableStack();

  constructor(request: SimulatedDeployRequest) {
    const { layout, clock, model, plan } = request;
    const random = prng(plan.seed);
    this.#request = request;
    this.layout = layout;
    this.machine = request.machine;
    const nodes = layout.services.map(
      (service) => new SimulatedNode(service, clock, model.startMs[service.kind] ?? 0),
    );
    this.nodes = new Map(nodes.map((node) => [node.name, node]));
    this.links = layout.links.map((link) => new SimulatedLink(link, this.machine.toxics));
    this.instances = nodes.map(
      (node) =>
        new SimulatedInstance(
          node,
          request,
          (exit) => this.#exited(exit),
          (...act) => this.model.operate(...act),
        ),
    );
    for (const node of nodes) node.onDeath(() => this.counters.forget(node.name));
    this.network = new Network({ clock, random, hopMs: model.hopMs, links: this.links });
    this.model = model.start(this.#simulation(nodes, random));
  }

  #simulation(nodes: readonly SimulatedNode[], random: () => number): Simulation {
    const { clock, layout, plan, sink } = this.#request;
    const ids = new TagTree<number>();
    const sample = (kind: SampleKind, metric: string, tags: Tags, value: number): void => {
      const leaf = ids.leafOf(metric, tags);
      leaf.value ??= sink.series({ metric, kind, tags });
      sink.sample(leaf.value, clock.nowMs(), value);
    };
    return {
      layout,
      nodes,
      random,
      leadInMs: plan.leadInMs,
      phasesMs: plan.phasesMs,
      nowMs: () => clock.nowMs(),
      enabled: (defence) => !plan.without.includes(defence),
      after: (ms, run) => void clock.after(ms, run),
      // A copy of each request would be a tenth of the work.
      request: (request) => this.network.request(request as typeof request & Between),
      listen: (listening) =>
        this.network.listen(listening as typeof listening & Between<SimulatedNode>),
      settled: () => clock.settled(),
      duration: (metric, tags, ms) => sample("duration", metric, tags, ms),
      sample,
      count: (metric, tags, by) => this.counters.count(metric, tags, by),
      gauge: (metric, tags, read) => this.counters.gauge(metric, tags, read),
    };
  }

  /** All at once, as on the process substrate; each waits for its own dependencies. */
  async startAll(signal: AbortSignal): Promise<void> {
    const { runId, undo, machine } = this.#request;
    const path = `/simulated/${runId}`;
    const undone = undo.record({ kind: "directory", path });
    machine.folders.add(path);
    this.#undoing.defer(() => {
      machine.folders.delete(path);
      undone();
    });
    this.#startProxy();
    this.#undoing.defer(async () => {
      await Promise.all(this.instances.map((instance) => instance.kill()));
    });
    await Promise.all(this.instances.map((instance) => instance.start(signal)));
  }

  /** Toxics live in the proxy, and vanish with it. */
  #startProxy(): void {
    const { runId, undo, machine } = this.#request;
    let expected = false;
    const pid = machine.spawn("toxiproxy", runId, () => {
      undone();
      machine.toxics.clear();
      for (const link of this.links) {
        link.isCut = true;
        link.reset();
      }
      this.#exited({ service: "toxiproxy", expected, detail: "ended by SIGKILL" });
    });
    const undone = undo.record({
      kind: "processGroup",
      service: "toxiproxy",
      pid,
      startTicks: machine.startTicksOf(pid) ?? 0,
    });
    this.#undoing.defer(() => {
      expected = true;
      machine.kill(pid);
    });
  }

  async disconnect(zone: string): Promise<() => Promise<void>> {
    this.network.cutOff.add(zone);
    return async () => void this.network.cutOff.delete(zone);
  }

  isCutOff(zone: string): boolean {
    return this.network.cutOff.has(zone);
  }

  async linkTraffic(): Promise<readonly LinkTotals[]> {
    return countedLinks(this.links, this.#request.plan).map(({ link, asked }) => ({
      link: linkName(link),
      connections: asked,
    }));
  }

  instance(service: string): SimulatedInstance {
    return named(this.instances, service);
  }

  #exited(exit: Exit): void {
    if (!exit.expected) this.#deaths.push(exit);
    for (const listener of this.#listeners) listener(exit);
  }

  onExit(listener: (exit: Exit) => void): void {
    for (const death of this.#deaths) listener(death);
    this.#listeners.push(listener);
  }

  /** A target that lost a service during its start is not the requested one. */
  refuseDeaths(): void {
    const [death] = this.#deaths;
    if (death !== undefined)
      throw new SeawallError(
        "SERVICE_FAILED",
        `${death.service} died while the target was starting (${death.detail})`,
      );
  }

  async resources(): Promise<readonly never[]> {
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undoing.disposeAsync();
  }
}
