/** A packager, and the publish origin that takes its PUTs: chunks and row into the store, then the word to all read origins. */
import type { ModelNode, Simulation } from "../../../harness/core/model.ts";
import type { Candidate, Defect } from "../origin/candidate.ts";
import { chunkCount, chunkKey } from "../store/chunk.ts";
import { backfillSegments, renditions } from "../stream/event.ts";
import { publishAtMs, segmentInProduction, segmentMs } from "../stream/template.ts";
import { calibration, draw } from "./calibration.ts";
import { keyOf, type Asked } from "./origin-model.ts";
import type { Key, Stores } from "./store-model.ts";

/** As the real packager: one attempt, the pause before the next, and when a segment counts as lost. */
const attemptMs = 1_000, pauseMs = 50, lostAfterMs = 2_000;

export interface Spoiling { readonly defects: readonly Defect[]; segments: number }

export class Packager {
  readonly node: ModelNode;
  readonly pipeline: string;
  readonly #simulation: Simulation;
  readonly #stores: Stores;
  readonly #announce: (key: Key, candidate: Candidate) => void;
  readonly #origins: readonly ModelNode[];
  spoiling: Spoiling | null = null;

  constructor(node: ModelNode, pipeline: string, simulation: Simulation, stores: Stores, announce: (key: Key, candidate: Candidate) => void) {
    this.node = node;
    this.pipeline = pipeline;
    this.#simulation = simulation;
    this.#stores = stores;
    this.#announce = announce;
    const linked = simulation.layout.links.filter((link) => link.from === node.name).map((link) => link.to);
    this.#origins = simulation.nodes.filter((one) => one.kind === "origin-publish" && (linked.length === 0 ? one.region === node.region : linked.includes(one.name)));
    for (const origin of this.#origins) simulation.count("origin_requests_total", { service: origin.name, lane: "publish", outcome: "shed" }, 0);
    node.onReady(() => this.#begin());
  }

  /** As soon as the store takes it: first what there is to rewind to, as far as nobody has it, and then what is made. */
  #begin(): void {
    if (!this.#stores.writable(this.node.region)) {
      this.node.after(pauseMs, () => this.#begin());
      return;
    }
    const current = segmentInProduction(this.#simulation.nowMs());
    for (let number = current - backfillSegments; number < current; number++) {
      for (const { name: rendition } of this.#simulation.layout.stream.renditions) {
        const asked: Asked = { rendition, number };
        const candidate = candidateOf(asked, this.pipeline, publishAtMs(number), []);
        if (this.#stores.seed([keyOf(asked), ...chunksOf(candidate)], candidate)) this.#announce(keyOf(asked), candidate);
      }
    }
    this.#next(current);
  }

  #next(number: number): void {
    this.node.after(publishAtMs(number) - this.#simulation.nowMs(), () => {
      const spoiling = this.spoiling;
      if (spoiling !== null && --spoiling.segments < 0) this.spoiling = null;
      const defects = this.spoiling?.defects ?? [];
      for (const { name: rendition } of this.#simulation.layout.stream.renditions) {
        this.node.after(draw(calibration.encode, () => this.#simulation.random()), () => this.#publish({ rendition, number }, defects));
      }
      this.#next(number + 1);
    });
  }

  #publish(asked: Asked, defects: readonly Defect[]): void {
    const startedMs = this.#simulation.nowMs();
    const candidate = candidateOf(asked, this.pipeline, startedMs, defects);
    const ended = (outcome: "acked" | "lost"): void => {
      this.#simulation.duration("publish_ms", { pipeline: this.pipeline, rendition: asked.rendition, outcome }, this.#simulation.nowMs() - startedMs);
    };
    const attempt = (count: number): void => {
      const leftMs = startedMs + lostAfterMs - this.#simulation.nowMs();
      const origin = this.#origins[count % Math.max(1, this.#origins.length)];
      if (leftMs <= 0 || origin === undefined) {
        ended("lost");
        return;
      }
      this.#simulation.request<boolean>({
        from: this.node, to: origin, port: "http", timeoutMs: Math.min(attemptMs, leftMs),
        serve: (reply) => this.#take(origin, asked, candidate, reply),
        done: (taken) => (taken === true ? ended("acked") : this.node.after(pauseMs, () => attempt(count + 1))),
      });
    };
    attempt(0);
  }

  #take(origin: ModelNode, asked: Asked, candidate: Candidate, reply: (taken: boolean) => void): void {
    const chunks = chunksOf(candidate);
    let [left, whole] = [chunks.length, true];
    for (const chunk of chunks) {
      if (this.#simulation.enabled("chunkCache")) this.#stores.remember(origin, chunk);
      this.#stores.write(origin, chunk, candidate, (written) => {
        whole &&= written;
        if (--left > 0) return;
        if (!whole) return reply(false);
        this.#stores.write(origin, keyOf(asked), candidate, (row) => {
          if (row) this.#announce(keyOf(asked), candidate);
          reply(row);
        });
      });
    }
  }
}

/** What stands for the content is the names of its chunks: a store that knows them can be read. */
export function candidateOf(asked: Asked, pipeline: string, publishedAtMs: number, defects: readonly Defect[]): Candidate {
  const name = `${pipeline}/${keyOf(asked)}`;
  const bitsPerSecond = renditions.find((one) => one.name === asked.rendition)?.bitsPerSecond ?? 1;
  return { pipeline, token: name, sha256: name, bytes: Math.ceil((bitsPerSecond * segmentMs) / 8_000), defects, publishedAtMs };
}

export function chunksOf({ token, bytes }: Candidate): string[] {
  return Array.from({ length: chunkCount(bytes) }, (_, index) => chunkKey(token, index));
}
