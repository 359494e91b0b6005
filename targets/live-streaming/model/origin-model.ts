/** The live origin in the model: the real one's own decisions (`decide`, `rank`, the shed curve), with virtual time around them. */
import type { ModelNode, Simulation } from "../../../harness/core/model.ts";
import { type Candidate, rank } from "../origin/candidate.ts";
import { absence, decide } from "../origin/decide.ts";
import { admittedPriorityMax, createStoreLoad, dvrPriority, priorities, type StoreLoad } from "../origin/shedding.ts";
import { storeBearableMs, storeTargetMs } from "../origin/telemetry.ts";
import { lookupIntervalMs, recentIntervalMs } from "../origin/lookup.ts";
import { directivesEveryMs } from "../origin/recall.ts";
import { dvrWindowSegments } from "../stream/event.ts";
import { isLive, publishAtMs } from "../stream/template.ts";
import { calibration, draw } from "./calibration.ts";
import { chunksOf } from "./packager-model.ts";
import type { Key, Stores } from "./store-model.ts";

export interface Asked { readonly rendition: string; readonly number: number }

/** What an origin says, and an edge keeps. `ttlMs` null: it said nothing about how long. */
export interface Answer { readonly status: number; readonly answer: string; readonly ttlMs: number | null; readonly served?: Candidate }

/** The row that stands for what operators decided: read now and again, and empty. */
export const directivesKey: Key = "directives";

export const keyOf = ({ rendition, number }: Asked): Key => `${rendition}/${number}`;

const servedTtlMs = 600_000, flaggedTtlMs = 1_000, goneTtlMs = 60_000, unknownTtlMs = 60_000;
/** Look-ups under way at once, as the origin is set; without its memory of what exists there is hardly a limit. */
const lookupsAtOnce = { metadataCache: 8, without: 4_096 };

export class OriginReader {
  readonly node: ModelNode;
  readonly #simulation: Simulation;
  readonly #stores: Stores;
  readonly #known = new Map<Key, Map<string, Candidate>>();
  readonly #waiting = new Map<Key, (() => void)[]>();
  readonly #looking = new Map<Key, ((found: readonly Candidate[]) => void)[]>();
  readonly #lookedAtMs = new Map<Key, number>();
  readonly #reading = new Map<string, ((read: boolean) => void)[]>();
  #storeLoad: StoreLoad;
  /** Its own region's pipeline first: those chunks are in the memory next door. */
  readonly #pipelines: readonly string[];

  constructor(node: ModelNode, simulation: Simulation, stores: Stores, pipelines: readonly string[], history: () => Iterable<readonly [Key, Candidate]>) {
    this.node = node;
    this.#simulation = simulation;
    this.#stores = stores;
    this.#pipelines = pipelines;
    this.#storeLoad = freshLoad();
    for (const lane of ["live", "dvr"]) simulation.count("origin_requests_total", { service: node.name, lane, outcome: "shed" }, 0);
    for (const from of ["memory", "store"]) simulation.count("origin_metadata_lookups_total", { service: node.name, from }, 0);
    node.onReady(() => {
      for (const [key, candidate] of history()) this.hear(key, candidate);
      this.#followDirectives();
    });
    node.onDeath(() => {
      this.#known.clear();
      this.#waiting.clear();
      this.#looking.clear();
      this.#lookedAtMs.clear();
      this.#reading.clear();
      this.#storeLoad = freshLoad();
    });
  }

  /** The feed's word of a publication. */
  hear(key: Key, candidate: Candidate): void {
    if (!this.node.ready) return;
    const row = this.#known.get(key) ?? new Map<string, Candidate>();
    row.set(candidate.pipeline, candidate);
    this.#known.set(key, row);
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    for (const wake of waiting ?? []) wake();
  }

  get(asked: Asked, reply: (answer: Answer) => void): void {
    const nowMs = this.#simulation.nowMs();
    const exists = this.#simulation.layout.stream.renditions.some(({ name }) => name === asked.rendition);
    const lane = !exists ? "junk" : isLive(asked.number, nowMs) ? "live" : "dvr";
    const tell = (answer: Answer): void => {
      this.#simulation.count("origin_requests_total", { service: this.node.name, lane, outcome: outcomeOf(answer) }, 1);
      reply(answer);
    };
    if (!exists) {
      tell(this.#not(404, "unknown", unknownTtlMs));
      return;
    }
    const priority = lane === "live" ? priorities.live : dvrPriority(asked.rendition, asked.number);
    if (this.#simulation.enabled("priorityShedding") && priority > admittedPriorityMax(this.#storeLoad.slowness(nowMs))) {
      tell({ status: 503, answer: "shed", ttlMs: null });
      return;
    }
    this.node.after(draw(calibration.originWork, () => this.#simulation.random()), () => this.#answer(asked, tell));
  }

  #answer(asked: Asked, tell: (answer: Answer) => void): void {
    if (this.#simulation.enabled("metadataCache")) this.#decide(asked, this.#row(asked), tell);
    else this.#lookUp(asked, (found) => this.#decide(asked, found, tell));
  }

  #row(asked: Asked): readonly Candidate[] {
    return [...(this.#known.get(keyOf(asked))?.values() ?? [])];
  }

  #decide(asked: Asked, candidates: readonly Candidate[], tell: (answer: Answer) => void): void {
    const nowMs = this.#simulation.nowMs();
    const mayImprove = this.#simulation.enabled("candidateSelection") && candidates.length < this.#pipelines.length;
    const decision = decide({ number: asked.number, nowMs, candidates, mayHold: this.#simulation.enabled("holdOpen"), mayImprove, dvrWindowSegments, isOver: false });
    if (this.#simulation.enabled("metadataCache") && decision.kind !== "lookUp") this.#counted("origin_metadata_lookups_total", "memory");
    switch (decision.kind) {
      case "serve": this.#serve(rank(decision.candidates, this.#pipelines, this.#simulation.enabled("candidateSelection")), tell); return;
      case "early": tell(this.#not(404, "early", decision.ttlMs)); return;
      case "gone": tell(this.#not(410, "gone", goneTtlMs)); return;
      case "hold": this.#hold(asked, decision.untilMs, tell); return;
      case "await": this.#wait(asked, decision.untilMs, () => this.#answer(asked, tell)); return;
      case "lookUp": this.#lookUp(asked, (found) => this.#found(asked, found, tell));
    }
  }

  #not(status: 404 | 410, answer: string, ttlMs: number): Answer {
    return { status, answer, ttlMs: this.#simulation.enabled("negativeCache") ? ttlMs : null };
  }

  #found(asked: Asked, found: readonly Candidate[], tell: (answer: Answer) => void): void {
    const absent = absence(asked.number, this.#simulation.nowMs());
    if (found.length > 0) this.#serve(rank(found, this.#pipelines, this.#simulation.enabled("candidateSelection")), tell);
    else tell(absent.kind === "gone" ? this.#not(410, "gone", goneTtlMs) : this.#not(404, "missing", absent.ttlMs));
  }

  /** Until the segment is due only the feed is heard; after that the store is asked now and then. */
  #hold(asked: Asked, untilMs: number, tell: (answer: Answer) => void): void {
    const nowMs = this.#simulation.nowMs();
    if (nowMs >= untilMs) {
      this.#found(asked, [], tell);
      return;
    }
    const askStoreAtMs = publishAtMs(asked.number) + recentIntervalMs;
    this.#wait(asked, nowMs < askStoreAtMs ? askStoreAtMs : Math.min(untilMs, nowMs + recentIntervalMs), (heard) => {
      if (heard) this.#answer(asked, tell);
      else this.#lookUp(asked, (found) => (found.length > 0 ? this.#answer(asked, tell) : this.#hold(asked, untilMs, tell)));
    });
  }

  /** Woken by the feed, or by the time. */
  #wait(asked: Asked, untilMs: number, woken: (heard: boolean) => void): void {
    const key = keyOf(asked);
    let over = false;
    const go = (heard: boolean): void => {
      if (over) return;
      over = true;
      woken(heard);
    };
    this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), () => go(true)]);
    this.node.after(Math.max(1, untilMs - this.#simulation.nowMs()), () => go(false));
  }

  /** The store is asked at most once per segment and interval, by a bounded number at a time. */
  #lookUp(asked: Asked, found: (candidates: readonly Candidate[]) => void): void {
    const key = keyOf(asked);
    const nowMs = this.#simulation.nowMs();
    const remembers = this.#simulation.enabled("metadataCache");
    const running = this.#looking.get(key);
    const isFresh = remembers && nowMs - (this.#lookedAtMs.get(key) ?? -Infinity) < lookupIntervalMs(asked.number, nowMs);
    const asks = running === undefined && !isFresh && this.#looking.size < (remembers ? lookupsAtOnce.metadataCache : lookupsAtOnce.without);
    this.#counted("origin_metadata_lookups_total", asks ? "store" : "memory");
    if (running !== undefined || !asks) {
      if (running === undefined) found([]);
      else running.push(found);
      return;
    }
    this.#looking.set(key, [found]);
    this.#timed<readonly Candidate[] | null>((done) => this.#stores.read(this.node, key, done), (row) => {
      for (const candidate of row ?? []) this.hear(key, candidate);
      if (row !== null) this.#lookedAtMs.set(key, this.#simulation.nowMs());
      const all = this.#looking.get(key) ?? [];
      this.#looking.delete(key);
      for (const each of all) each(row ?? []);
    });
  }

  #serve([best, ...others]: readonly Candidate[], tell: (answer: Answer) => void): void {
    if (best === undefined) {
      tell({ status: 502, answer: "unreadable", ttlMs: null });
      return;
    }
    const chunks = chunksOf(best);
    const next = (index: number): void => {
      const chunk = chunks[index];
      if (chunk === undefined) tell({ status: 200, answer: "", ttlMs: best.defects.length > 0 ? flaggedTtlMs : servedTtlMs, served: best });
      else this.#read(chunk, (read) => (read ? next(index + 1) : this.#serve(others, tell)));
    };
    next(0);
  }

  /** One read serves all who want a chunk in the same moment. */
  #read(chunk: string, done: (read: boolean) => void): void {
    const running = this.#reading.get(chunk);
    if (running !== undefined) return void running.push(done);
    this.#reading.set(chunk, [done]);
    const ended = (from: "memcached" | "store" | "nowhere"): void => {
      this.#counted("origin_chunks_total", from);
      const all = this.#reading.get(chunk) ?? [];
      this.#reading.delete(chunk);
      for (const each of all) each(from !== "nowhere");
    };
    const fromStore = (): void => this.#timed<readonly Candidate[] | null>((told) => this.#stores.read(this.node, chunk, told), (found) => {
      if (found === null || found.length === 0) return ended("nowhere");
      if (this.#simulation.enabled("chunkCache")) this.#stores.remember(this.node, chunk);
      ended("store");
    });
    if (!this.#simulation.enabled("chunkCache")) fromStore();
    else this.#stores.recall(this.node, chunk, (hit) => (hit ? ended("memcached") : fromStore()));
  }

  #followDirectives(): void {
    this.#timed<unknown>((done) => this.#stores.read(this.node, directivesKey, done), () => {});
    this.node.after(directivesEveryMs, () => this.#followDirectives());
  }

  #counted(metric: string, from: string): void {
    this.#simulation.count(metric, { service: this.node.name, from }, 1);
  }

  #timed<T>(ask: (done: (answer: T) => void) => void, done: (answer: T) => void): void {
    const startedMs = this.#simulation.nowMs();
    ask((answer) => {
      this.#storeLoad.record(this.#simulation.nowMs() - startedMs, this.#simulation.nowMs());
      done(answer);
    });
  }
}

/** As the real origin counts it. */
function outcomeOf({ status, answer }: Answer): string {
  return status === 200 ? "served" : status === 404 ? "not_found" : status === 410 ? "gone" : answer === "shed" ? "shed" : "failed";
}

function freshLoad(): StoreLoad {
  return createStoreLoad({ targetMs: storeTargetMs, bearableMs: storeBearableMs, windowMs: 2_000, samplesMin: 20 });
}
