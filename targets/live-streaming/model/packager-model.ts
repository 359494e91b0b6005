/**
 * A packager: at its start the DVR window, then one segment of each rendition every 2 s. It retries
 * as long as the real one does.
 */
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import type { Defect } from "../stream/candidate.ts";
import { packagingMsMin } from "../layout/packager.ts";
import { backfillSegments } from "../stream/event.ts";
import { publishAtMs, segmentInProduction } from "../stream/template.ts";
import { type SegmentRequest, keyOf, leafOf } from "./request.ts";
import { calibration, draw } from "./calibration.ts";
import { candidateOf, chunksOf } from "./content.ts";
import type { OriginPublisher } from "./publisher-model.ts";
import type { Stores } from "./store-model.ts";
import { streamOf } from "../pack/stream/stream.ts";

/**
 * As in the real packager: one attempt, the pause before the next, and the time after which a
 * segment counts as lost.
 */
const attemptMs = 1_000,
  pauseMs = 50,
  lostAfterMs = 2_000;

export interface Spoiling {
  readonly defects: readonly Defect[];
  segments: number;
}

export class Packager {
  readonly node: ModelNode;
  readonly pipeline: string;
  readonly #simulation: Simulation;
  readonly #stores: Stores;
  /** In the order of attempts. */
  readonly #origins: readonly OriginPublisher[];
  spoiling: Spoiling | null = null;

  constructor(
    node: ModelNode,
    pipeline: string,
    simulation: Simulation,
    stores: Stores,
    origins: readonly OriginPublisher[],
  ) {
    this.node = node;
    this.pipeline = pipeline;
    this.#simulation = simulation;
    this.#stores = stores;
    const linked = simulation.layout.links
      .filter((link) => link.from === node.name)
      .map((link) => link.to);
    this.#origins = origins.filter((one) =>
      linked.length === 0 ? one.node.region === node.region : linked.includes(one.node.name),
    );
    node.onReady(() => this.#begin());
  }

  /**
   * As soon as the store accepts it: first the part of the DVR window that no pipeline has
   * published, then new segments.
   */
  #begin(): void {
    if (!this.#stores.writable(this.node.region)) {
      this.node.after(pauseMs, () => this.#begin());
      return;
    }
    const current = segmentInProduction(this.#simulation.nowMs());
    for (let number = current - backfillSegments; number < current; number++) {
      for (const { name: rendition } of streamOf(this.#simulation.layout).renditions) {
        const asked: SegmentRequest = { rendition, number };
        const candidate = candidateOf(asked, this.pipeline, publishAtMs(number), []);
        if (this.#stores.seed([keyOf(asked), ...chunksOf(candidate)], candidate))
          this.#origins
            .find((one) => one.node.ready)
            ?.addPublication({ ...leafOf(asked), ...candidate });
      }
    }
    this.#next(current);
  }

  #next(number: number): void {
    this.node.after(publishAtMs(number) - this.#simulation.nowMs(), () => {
      const spoiling = this.spoiling;
      if (spoiling !== null && --spoiling.segments < 0) this.spoiling = null;
      const defects = this.spoiling?.defects ?? [];
      for (const { name: rendition } of streamOf(this.#simulation.layout).renditions) {
        this.node.after(Math.max(packagingMsMin, draw(calibration.encode, this.#simulation)), () =>
          this.#publish({ rendition, number }, defects),
        );
      }
      this.#next(number + 1);
    });
  }

  #publish(asked: SegmentRequest, defects: readonly Defect[]): void {
    const startedMs = this.#simulation.nowMs();
    const candidate = candidateOf(asked, this.pipeline, startedMs, defects);
    let refused = "no";
    const ended = (outcome: "acked" | "lost"): void => {
      const tags = {
        region: this.node.region,
        pipeline: this.pipeline,
        rendition: asked.rendition,
        outcome,
        refused,
      };
      this.#simulation.duration("publish_ms", tags, this.#simulation.nowMs() - startedMs);
    };
    const attempt = (count: number): void => {
      const leftMs = startedMs + lostAfterMs - this.#simulation.nowMs();
      const origin = this.#origins[count % Math.max(1, this.#origins.length)];
      if (leftMs <= 0 || origin === undefined) {
        ended("lost");
        return;
      }
      this.#simulation.request<boolean>({
        from: this.node,
        to: origin.node,
        port: "http",
        timeoutMs: Math.min(attemptMs, leftMs),
        serve: (reply) => origin.publish(asked, candidate, reply),
        done: (taken) => {
          // Null means no answer. An origin that answers without storing the segment rejects it.
          if (taken === false) refused = "yes";
          if (taken === true) ended("acked");
          else this.node.after(pauseMs, () => attempt(count + 1));
        },
      });
    };
    attempt(0);
  }
}
