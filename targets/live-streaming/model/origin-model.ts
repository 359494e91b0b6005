/** The live origin in the model: the real one's own decisions (`decide`, `rank`, the shed curve), with virtual time around them. */
import type { ModelNode, Simulation } from "../../../harness/core/model.ts";
import { type Candidate, rank } from "../origin/candidate.ts";
import { absence, decide } from "../origin/decide.ts";
import { admittedPriorityMax, createStoreLoad, dvrPriority, priorities, type StoreLoad } from "../origin/shedding.ts";
import { storeBearableMs, storeTargetMs } from "../origin/telemetry.ts";
import { dvrWindowSegments } from "../stream/event.ts";
import { isLive } from "../stream/template.ts";
import { calibration, draw } from "./calibration.ts";
import type { Key, Stores } from "./store-model.ts";

export interface Asked { readonly rendition: string; readonly number: number }

/** What an origin says, and an edge keeps. `ttlMs` null: it said nothing about how long. */
export interface Answer { readonly status: number; readonly answer: string; readonly ttlMs: number | null }

export const keyOf = ({ rendition, number }: Asked): Key => `${rendition}/${number}`;

const servedTtlMs = 600_000, flaggedTtlMs = 1_000, goneTtlMs = 60_000;
const askStoreEveryMs = 250;

export class OriginReader {
  readonly node: ModelNode;
  readonly #simulation: Simulation;
  readonly #stores: Stores;
  readonly #known = new Map<Key, Map<string, Candidate>>();
  readonly #waiting = new Map<Key, (() => void)[]>();
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
    node.onReady(() => { for (const [key, candidate] of history()) this.hear(key, candidate); });
    node.onDeath(() => {
      this.#known.clear();
      this.#waiting.clear();
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
    const lane = isLive(asked.number, nowMs) ? "live" : "dvr";
    const tell = (answer: Answer): void => {
      this.#simulation.count("origin_requests_total", { service: this.node.name, lane, outcome: outcomeOf(answer) }, 1);
      reply(answer);
    };
    const priority = lane === "live" ? priorities.live : dvrPriority(asked.rendition, asked.number);
    if (this.#simulation.enabled("priorityShedding") && priority > admittedPriorityMax(this.#storeLoad.slowness(nowMs))) {
      tell({ status: 503, answer: "shed", ttlMs: null });
      return;
    }
    this.node.after(draw(calibration.originWork, () => this.#simulation.random()), () => this.#answer(asked, tell));
  }

  #answer(asked: Asked, tell: (answer: Answer) => void): void {
    if (this.#simulation.enabled("metadataCache")) {
      this.#decide(asked, [...(this.#known.get(keyOf(asked))?.values() ?? [])], tell);
      return;
    }
    this.#lookUp(asked, (found) => this.#decide(asked, found, tell));
  }

  #decide(asked: Asked, candidates: readonly Candidate[], tell: (answer: Answer) => void): void {
    const nowMs = this.#simulation.nowMs();
    const mayImprove = this.#simulation.enabled("candidateSelection") && candidates.length < this.#pipelines.length;
    const decision = decide({ number: asked.number, nowMs, candidates, mayHold: this.#simulation.enabled("holdOpen"), mayImprove, dvrWindowSegments, isOver: false });
    const negative = (ttlMs: number): number | null => (this.#simulation.enabled("negativeCache") ? ttlMs : null);
    switch (decision.kind) {
      case "serve": this.#serve(rank(decision.candidates, this.#pipelines, this.#simulation.enabled("candidateSelection")), tell); return;
      case "early": tell({ status: 404, answer: "early", ttlMs: negative(decision.ttlMs) }); return;
      case "gone": tell({ status: 410, answer: "gone", ttlMs: negative(goneTtlMs) }); return;
      case "hold": case "await": this.#hold(asked, decision.untilMs, tell); return;
      case "lookUp": this.#lookUp(asked, (found) => {
        const absent = absence(asked.number, this.#simulation.nowMs());
        if (found.length > 0) this.#decide(asked, found, tell);
        else if (absent.kind === "gone") tell({ status: 410, answer: "gone", ttlMs: negative(goneTtlMs) });
        else tell({ status: 404, answer: "missing", ttlMs: negative(absent.ttlMs) });
      });
    }
  }

  /** Woken by the feed, or by the time at which the store is asked. */
  #hold(asked: Asked, untilMs: number, tell: (answer: Answer) => void): void {
    const key = keyOf(asked);
    let over = false;
    const go = (): void => {
      if (over) return;
      over = true;
      this.#answer(asked, tell);
    };
    this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), go]);
    this.node.after(Math.max(askStoreEveryMs, untilMs - this.#simulation.nowMs()), go);
  }

  #lookUp(asked: Asked, found: (candidates: readonly Candidate[]) => void): void {
    const key = keyOf(asked);
    this.#timed<readonly Candidate[] | null>((done) => this.#stores.read(this.node, key, done), (row) => {
      for (const candidate of row ?? []) this.hear(key, candidate);
      found(row ?? []);
    });
  }

  #serve([best, ...others]: readonly Candidate[], tell: (answer: Answer) => void): void {
    if (best === undefined) {
      tell({ status: 502, answer: "unreadable", ttlMs: null });
      return;
    }
    const served = (): void => tell({ status: 200, answer: "", ttlMs: best.defects.length > 0 ? flaggedTtlMs : servedTtlMs });
    const fromStore = (): void => this.#timed<readonly Candidate[] | null>((done) => this.#stores.read(this.node, best.sha256, done), (row) => {
      if (row === null || row.length === 0) return this.#serve(others, tell);
      if (this.#simulation.enabled("chunkCache")) this.#stores.remember(this.node, best.token);
      served();
    });
    if (!this.#simulation.enabled("chunkCache")) {
      fromStore();
      return;
    }
    this.#stores.recall(this.node, best.token, (hit) => (hit ? served() : fromStore()));
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
