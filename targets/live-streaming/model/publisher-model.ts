/**
 * The publish origin in the model. It accepts PUTs, writes chunks and row to the store, then
 * notifies all read origins. It also executes an operator's orders.
 */
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import type { Candidate, Publication } from "../stream/candidate.ts";
import type { Directive } from "../origin/directive.ts";
import { createDirectives, type Directives } from "../origin/directives.ts";
import { snapshotOf } from "../origin/feed.ts";
import { createMetadata, gapWindowSegments, type Metadata } from "../origin/metadata.ts";
import { directivesEveryMs, recallRetryMs } from "../origin/read-from-store.ts";
import { segmentInProduction } from "../stream/template.ts";
import { type SegmentRequest, keyOf, leafOf } from "./request.ts";
import { chunksOf } from "./content.ts";
import { Feed } from "./feed-model.ts";
import type { Stores } from "./store-model.ts";
import { streamOf } from "../pack/stream/stream.ts";

export class OriginPublisher {
  readonly node: ModelNode;
  readonly feed: Feed;
  readonly #simulation: Simulation;
  readonly #stores: Stores;
  readonly #ownPipelines: readonly string[];
  /**
   * The process and store sessions that do the work: its own, or those of the read origin beside it
   * if publishing is not isolated.
   */
  readonly #worker: ModelNode;
  #metadata: Metadata = createMetadata();
  #directives: Directives = createDirectives();

  constructor(
    node: ModelNode,
    simulation: Simulation,
    stores: Stores,
    ownPipelines: readonly string[],
    worker: ModelNode,
  ) {
    this.node = node;
    this.#worker = worker;
    this.#simulation = simulation;
    this.#stores = stores;
    this.#ownPipelines = ownPipelines;
    this.feed = new Feed(node, () =>
      snapshotOf(this.#directives.all(), this.#metadata.all(), simulation.enabled("feedCatchUp")),
    );
    simulation.count(
      "origin_requests_total",
      { service: node.name, lane: "publish", outcome: "shed" },
      0,
    );
    simulation.count("origin_metadata_lookups_total", { service: node.name, from: "memory" }, 0);
    simulation.count("origin_chunks_total", { service: node.name, from: "store" }, 0);
    simulation.gauge("origin_metadata_gaps", { service: node.name }, () =>
      this.#metadata.gaps(segmentInProduction(simulation.nowMs()) - gapWindowSegments),
    );
    node.onReady(() => {
      this.#followDirectives();
      for (const { name } of streamOf(simulation.layout).renditions) this.#recall(name);
    });
    node.onDeath(() => {
      this.#metadata = createMetadata();
      this.#directives = createDirectives();
    });
  }

  /** Only the region's own pipelines. The other publish origins report theirs. */
  addPublication(publication: Publication): void {
    if (
      this.node.ready &&
      this.#ownPipelines.includes(publication.pipeline) &&
      this.#metadata.add(publication)
    )
      this.feed.announce(publication);
  }

  /** Chunks first, the row last. A replay changes nothing. */
  publish(asked: SegmentRequest, candidate: Candidate, reply: (taken: boolean) => void): void {
    if (!this.#worker.ready) {
      reply(false);
      return;
    }
    const publication = { ...leafOf(asked), ...candidate };
    if (this.#metadata.candidates(publication).some(({ token }) => token === candidate.token)) {
      reply(true);
      return;
    }
    const chunks = chunksOf(candidate);
    let [left, whole] = [chunks.length, true];
    for (const chunk of chunks) {
      if (this.#simulation.enabled("chunkCache")) this.#stores.remember(this.#worker, chunk);
      this.#stores.write(this.#worker, chunk, candidate, (written) => {
        whole &&= written;
        if (--left > 0) return;
        if (!whole) return reply(false);
        this.#stores.write(this.#worker, keyOf(asked), candidate, (row) => {
          if (row) this.addPublication(publication);
          reply(row);
        });
      });
    }
  }

  get directives(): Directives {
    return this.#directives;
  }

  /** Stored first, then announced. False if the store did not accept it. */
  adopt(directive: Directive, done: (stored: boolean) => void): void {
    this.#stores.writeDirective(this.#worker, directive, (stored) => {
      if (stored) this.#applyDirective(directive);
      done(stored);
    });
  }

  #applyDirective(directive: Directive): void {
    if (this.#directives.add(directive)) this.feed.announce({ directive });
  }

  #followDirectives(): void {
    this.#stores.readDirectives(this.node, (directives) => {
      for (const directive of directives ?? []) this.#applyDirective(directive);
    });
    this.node.after(directivesEveryMs, () => this.#followDirectives());
  }

  /** Earlier publications, as the store returns them. */
  #recall(rendition: string): void {
    this.#stores.readAll(this.node, rendition, (found) => {
      if (found === null) this.node.after(recallRetryMs, () => this.#recall(rendition));
      else for (const publication of found) this.addPublication(publication);
    });
  }
}
