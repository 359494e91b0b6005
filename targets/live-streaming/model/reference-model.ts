/**
 * The whole target in virtual time: stores, origins with their feeds, caches, packagers and
 * clients, built from the layout.
 */
import type {
  Iteration,
  ModelNode,
  ModelUser,
  RunningModel,
  Simulation,
  Wish,
} from "../../../harness/target/model.ts";
import { defectNames } from "../stream/candidate.ts";
import type { SegmentRequest } from "./request.ts";
import { audienceOf, type Behaviour } from "./audience-model.ts";
import { Edge, type Upstream } from "./edge-model.ts";
import { Gateway } from "./gateway-model.ts";
import { OperatorModel } from "./operator-model.ts";
import { OriginReader } from "./origin-model.ts";
import { Packager } from "./packager-model.ts";
import { BufferedPlayer } from "./player-model.ts";
import { OriginPublisher } from "./publisher-model.ts";
import { Stores } from "./store-model.ts";

type Parameters = Readonly<Record<string, string>>;
type Reply = (answer: string | null) => void;

const canaryMs = 4_000;

export class ReferenceModel implements RunningModel {
  readonly #simulation: Simulation;
  readonly #stores: Stores;
  readonly #caches = new Map<string, Edge>();
  readonly #packagers: readonly Packager[];
  readonly #orders: ReadonlyMap<string, OperatorModel>;
  readonly #gateways: readonly Gateway[];
  readonly #behaviours: ReadonlyMap<string, Behaviour>;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#stores = new Stores(simulation);
    const pipelineOf = (packager: ModelNode): string =>
      String.fromCharCode(97 + this.#of("packager").indexOf(packager));
    const pipelines = this.#of("packager").map(pipelineOf);
    const ownOf = ({ region }: ModelNode): string[] =>
      this.#of("packager")
        .filter((packager) => packager.region === region)
        .map(pipelineOf);
    const publishers = this.#of("origin-publish").map(
      (node) =>
        new OriginPublisher(node, simulation, this.#stores, ownOf(node), this.#workerOf(node)),
    );
    const feeds = publishers.map(({ feed }) => feed);
    const readers = this.#of("origin-read").map((node) => {
      const own = ownOf(node);
      return new OriginReader(
        node,
        simulation,
        this.#stores,
        [...own, ...pipelines.filter((one) => !own.includes(one))],
        feeds,
      );
    });
    const origins = new Map(
      readers.map((reader): [string, Upstream] => [
        reader.node.name,
        {
          node: reader.node,
          isOrigin: true,
          get: (asked, _weight, reply) => reader.get(asked, reply),
        },
      ]),
    );
    const cachesOf = (kind: string): readonly Edge[] =>
      this.#of(kind).map((node) => {
        const cache = new Edge(node, simulation, this.#upstreams(node, origins));
        this.#caches.set(node.name, cache);
        return cache;
      });
    const tiers = [cachesOf("fill"), cachesOf("edge")];
    this.#orders = new Map(
      publishers.map((publisher) => [
        publisher.node.name,
        new OperatorModel(publisher, simulation, simulation.enabled("invalidation") ? tiers : []),
      ]),
    );
    this.#packagers = this.#of("packager").map(
      (node) => new Packager(node, pipelineOf(node), simulation, this.#stores, publishers),
    );
    const edges = simulation.layout.entries.map((edge) => this.#cache(edge.service));
    this.#gateways = this.#of("gateway").map((node) => new Gateway(node, simulation, edges));
    this.#behaviours = audienceOf(simulation, edges, this.#gateways);
  }

  #workerOf(publisher: ModelNode): ModelNode {
    const beside = publisher.name.replace(/\/[^/]*$/, "/origin-read");
    return (
      (this.#simulation.enabled("publishIsolation")
        ? undefined
        : this.#of("origin-read").find(({ name }) => name === beside)) ?? publisher
    );
  }

  #of(kind: string): readonly ModelNode[] {
    return this.#simulation.nodes.filter((node) => node.kind === kind);
  }

  /** The caches that a cache is linked to, or else the origins. */
  #upstreams(node: ModelNode, origins: ReadonlyMap<string, Upstream>): Upstream[] {
    const linked = this.#simulation.layout.links
      .filter((link) => link.from === node.name)
      .map((link) => link.to);
    const fills = !this.#simulation.enabled("fillTier")
      ? []
      : linked.flatMap((name): Upstream[] => {
          const cache = this.#caches.get(name);
          return cache === undefined
            ? []
            : [
                {
                  node: cache.node,
                  isOrigin: false,
                  get: (asked, weight, reply) => cache.get(asked, weight, reply),
                },
              ];
        });
    return fills.length > 0 ? fills : linked.flatMap((name) => origins.get(name) ?? []);
  }

  #cache(name: string): Edge {
    const cache = this.#caches.get(name);
    if (cache === undefined) throw new Error(`the model has no edge ${name}`);
    return cache;
  }

  iterate(iteration: Iteration, done: () => void): void {
    const known = this.#behaviours.get(iteration.behaviour);
    if (known === undefined) throw new Error(`the model has no behaviour ${iteration.behaviour}`);
    known(iteration, done);
  }

  join(edge: string): ModelUser {
    return new BufferedPlayer(this.#simulation, this.#cache(edge));
  }

  probe(edge: string, wish: Wish, done: (outcome: string) => void): void {
    const asked: SegmentRequest = {
      rendition: String(wish["rendition"]),
      number: Number(wish["number"]),
    };
    this.#simulation.request<{ readonly status: number }>({
      from: null,
      to: this.#cache(edge).node,
      port: "http",
      timeoutMs: canaryMs,
      serve: (reply) => this.#cache(edge).get(asked, 1, reply),
      done: (answer) =>
        done(answer === null ? "failed" : answer.status === 200 ? "served" : String(answer.status)),
    });
  }

  operate(service: string, operation: string, parameters: Parameters, done: Reply): void {
    const orders = this.#orders.get(service);
    const packager = this.#packagers.find((one) => one.node.name === service);
    const gateway = this.#gateways.find((one) => one.node.name === service);
    if (operation === "flush")
      done((this.#caches.get(service)?.flush() ?? this.#stores.flush(service)) ? "flushed" : null);
    else if (orders !== undefined) orders.perform(operation, parameters, done);
    else if (packager !== undefined) done(spoil(packager, operation, parameters) ? "ok" : null);
    else if (gateway !== undefined) gateway.operate(operation, parameters, done);
    else done(null);
  }
}

function spoil(packager: Packager, operation: string, parameters: Parameters): boolean {
  // A box that was cut off counts as every defect. Nothing detects rot, so the model cannot show
  // it.
  const defects =
    parameters["kind"] === "truncated"
      ? defectNames
      : defectNames.filter((name) => name === parameters["kind"]);
  if (operation === "defects" && defects.length > 0)
    packager.spoiling = { defects, segments: Number(parameters["segments"] ?? 1) };
  else if (operation === "defectsOff") packager.spoiling = null;
  else return false;
  return true;
}
