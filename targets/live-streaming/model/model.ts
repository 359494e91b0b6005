/**
 * The whole target as a queueing model, for the simulated substrate: what `target.ts` says stands where, and every decision is the services'
 * own, so each defence that is switched off there is off here. What it says is about origins, stores, links and waiting; edges are taken to
 * be as many machines as their audience needs, so it says nothing about an edge's own processor, bandwidth or memory. Gateways stand and fall, and do nothing.
 */
import type { ModelNode, RunningModel, Simulation, TargetModel } from "../../../harness/core/model.ts";
import { type Candidate, defectNames } from "../origin/candidate.ts";
import { segmentInProduction } from "../stream/template.ts";
import { Absent } from "./absent-model.ts";
import { Edge, type Upstream } from "./edge-model.ts";
import { directivesEveryMs } from "../origin/recall.ts";
import { directivesKey, OriginReader } from "./origin-model.ts";
import { Packager } from "./packager-model.ts";
import { type Key, Stores } from "./store-model.ts";
import { Viewers } from "./viewer-model.ts";

export const model: TargetModel = {
  title: "a queueing model of origins, stores and caches; an edge's own processor and bandwidth are not in it",
  kinds: ["edge", "fill", "origin-read", "origin-publish", "cassandra", "memcached", "packager", "gateway"],
  behaviours: ["viewers.live", "viewers.dvr", "viewers.liveRoaming", "viewers.dvrRoaming", "viewers.liveInspecting", "rewind.rewind", "absent.absent", "absent.fast"],
  metrics: [
    "origin_chunks_total", "origin_metadata_lookups_total", "origin_store_requests_total",
    "segment_ms", "http_req_ms", "start_late_ms", "dropped_iterations", "origin_gets", "origin_requests_total", "publish_ms", "canary_ms", "canary_late_ms", "cpu_seconds",
  ],
  operations: ["flush", "defects", "defectsOff"],
  startMs: { cassandra: 5_000, memcached: 50, "origin-publish": 500, "origin-read": 500, packager: 1_000, edge: 900, fill: 900, gateway: 300 },
  hopMs: { within: 0.15, between: 0.2 },
  start: (simulation) => new ReferenceModel(simulation),
};

class ReferenceModel implements RunningModel {
  readonly #simulation: Simulation;
  readonly #stores: Stores;
  readonly #caches = new Map<string, Edge>();
  readonly #packagers: readonly Packager[];
  readonly #viewers: Viewers;
  readonly #absent: Absent;
  /** All that was ever published: what feeds tell a read origin that starts. */
  readonly #history = new Map<string, readonly [Key, Candidate]>();

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#stores = new Stores(simulation);
    const of = (kind: string): readonly ModelNode[] => simulation.nodes.filter((node) => node.kind === kind);
    const packagers = of("packager");
    const pipelineOf = (packager: ModelNode): string => String.fromCharCode(97 + packagers.indexOf(packager));
    const pipelines = packagers.map(pipelineOf);
    const readers = new Map(of("origin-read").map((node) => {
      const own = packagers.filter(({ region }) => region === node.region).map(pipelineOf);
      return [node.name, new OriginReader(node, simulation, this.#stores, [...own, ...pipelines.filter((one) => !own.includes(one))], () => this.#history.values())] as const;
    }));
    const origins = new Map([...readers].map(([name, reader]): [string, Upstream] => [name, { node: reader.node, isOrigin: true, get: (asked, _weight, reply) => reader.get(asked, reply) }]));
    for (const node of [...of("fill"), ...of("edge")]) this.#caches.set(node.name, new Edge(node, simulation, this.#upstreams(node, origins)));
    this.#packagers = packagers.map((node) => new Packager(node, pipelineOf(node), simulation, this.#stores, (key, candidate) => {
      this.#history.set(candidate.token, [key, candidate]);
      simulation.after(1, () => { for (const reader of readers.values()) reader.hear(key, candidate); });
    }));
    const edges = simulation.layout.edges.map((edge) => this.#cache(edge.service));
    this.#viewers = new Viewers(simulation, edges);
    this.#absent = new Absent(simulation, edges);
    for (const node of simulation.nodes.filter(({ kind }) => kind === "origin-publish")) node.onReady(() => this.#followDirectives(node));
  }

  /** The caches that a cache is linked to, or else the origins. */
  #upstreams(node: ModelNode, origins: ReadonlyMap<string, Upstream>): Upstream[] {
    const linked = this.#simulation.layout.links.filter((link) => link.from === node.name).map((link) => link.to);
    const fills = !this.#simulation.enabled("fillTier") ? [] : linked.flatMap((name): Upstream[] => {
      const cache = this.#caches.get(name);
      return cache === undefined ? [] : [{ node: cache.node, isOrigin: false, get: (asked, weight, reply) => cache.get(asked, weight, reply) }];
    });
    return fills.length > 0 ? fills : linked.flatMap((name) => origins.get(name) ?? []);
  }

  /** Read origins do so themselves, as it tells them how slow the store is. */
  #followDirectives(node: ModelNode): void {
    this.#stores.read(node, directivesKey, () => {});
    node.after(directivesEveryMs, () => this.#followDirectives(node));
  }

  #cache(name: string): Edge {
    const cache = this.#caches.get(name);
    if (cache === undefined) throw new Error(`the model has no edge ${name}`);
    return cache;
  }

  iterate(behaviour: string, lane: string, weight: number, done: () => void): void {
    const inspects = behaviour === "viewers.liveInspecting";
    const roaming = behaviour.endsWith("Roaming") || inspects;
    if (behaviour === "absent.absent") this.#absent.absent(lane, weight, done);
    else if (behaviour === "absent.fast") this.#absent.fast(lane, weight, done);
    else if (behaviour === "rewind.rewind") this.#viewers.rewind(lane, weight, done);
    else if (behaviour.startsWith("viewers.live")) this.#viewers.live(lane, weight, roaming, inspects, done);
    else this.#viewers.dvr(lane, weight, roaming, done);
  }

  canary(edge: string, done: (outcome: string) => void): void {
    const { stream } = this.#simulation.layout;
    const cheapest = [...stream.renditions].sort((a, b) => a.bitsPerSecond - b.bitsPerSecond)[0]?.name ?? "";
    const asked = { rendition: cheapest, number: segmentInProduction(this.#simulation.nowMs()) - 3 };
    this.#simulation.request<{ readonly status: number }>({
      from: null, to: this.#cache(edge).node, port: "http", timeoutMs: 4_000, serve: (reply) => this.#cache(edge).get(asked, 1, reply),
      done: (answer) => done(answer === null ? "failed" : answer.status === 200 ? "served" : String(answer.status)),
    });
  }

  operate(service: string, operation: string, parameters: Readonly<Record<string, string>>): boolean {
    if (operation === "flush") return this.#caches.get(service)?.flush() ?? this.#stores.flush(service);
    const packager = this.#packagers.find((one) => one.node.name === service);
    if (packager === undefined) return false;
    // A box that was cut off is found to have every defect; rot is found by nobody, so nobody here could see it.
    const defects = parameters["kind"] === "truncated" ? defectNames : defectNames.filter((name) => name === parameters["kind"]);
    if (operation === "defects" && defects.length > 0) packager.spoiling = { defects, segments: Number(parameters["segments"] ?? 1) };
    else if (operation === "defectsOff") packager.spoiling = null;
    else return false;
    return true;
  }
}
