/** A packager, and the publish origin that takes its PUTs: chunks and row into the store, then the word to all read origins. */
import type { ModelNode, Simulation } from "../../../harness/core/model.ts";
import type { Candidate, Defect } from "../origin/candidate.ts";
import { publishAtMs, segmentInProduction } from "../stream/template.ts";
import { calibration, draw } from "./calibration.ts";
import { keyOf, type Asked } from "./origin-model.ts";
import type { Key, Stores } from "./store-model.ts";

/** As the real packager: one attempt, the pause before the next, and when a segment counts as lost. */
const attemptMs = 1_000, pauseMs = 50, lostAfterMs = 2_000;

export interface Spoiling { kind: Defect; segments: number }

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
    node.onReady(() => this.#next(segmentInProduction(simulation.nowMs())));
  }

  #next(number: number): void {
    this.node.after(publishAtMs(number) - this.#simulation.nowMs(), () => {
      const defect = this.spoiling;
      if (defect !== null && --defect.segments < 0) this.spoiling = null;
      for (const { name: rendition } of this.#simulation.layout.stream.renditions) {
        this.node.after(draw(calibration.encode, () => this.#simulation.random()), () => this.#publish({ rendition, number }, this.spoiling?.kind ?? null));
      }
      this.#next(number + 1);
    });
  }

  #publish(asked: Asked, defect: Defect | null): void {
    const startedMs = this.#simulation.nowMs();
    const candidate = candidateOf(asked, this.pipeline, startedMs, defect);
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
    if (this.#simulation.enabled("chunkCache")) this.#stores.remember(origin, candidate.token);
    this.#stores.write(origin, candidate.sha256, candidate, (chunks) => {
      if (!chunks) return reply(false);
      this.#stores.write(origin, keyOf(asked), candidate, (row) => {
        if (row) this.#announce(keyOf(asked), candidate);
        reply(row);
      });
    });
  }
}

/** What stands for the content is the name of the candidate: a store that knows it can be read. */
export function candidateOf(asked: Asked, pipeline: string, publishedAtMs: number, defect: Defect | null): Candidate {
  const name = `${pipeline}/${keyOf(asked)}`;
  return { pipeline, token: name, sha256: `chunks ${name}`, bytes: 0, defects: defect === null ? [] : [defect], publishedAtMs };
}
