/**
 * The memory of a read origin: the real service's own index of segments and directives, and the
 * requests that wait for a segment. It is lost with the process.
 */
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import { visible } from "../origin/answer.ts";
import type { Candidate, Publication } from "../stream/candidate.ts";
import type { Directive } from "../origin/directive.ts";
import { createDirectives, type Directives } from "../origin/directives.ts";
import { createMetadata, gapWindowSegments, type Metadata } from "../origin/metadata.ts";
import { segmentInProduction } from "../stream/template.ts";
import { type SegmentRequest, type Key, keyOf, leafOf } from "./request.ts";

export class OriginMemory {
  readonly #node: ModelNode;
  readonly #simulation: Simulation;
  readonly #waiting = new Map<Key, Set<() => void>>();
  #metadata: Metadata = createMetadata();
  #directives: Directives = createDirectives();

  constructor(node: ModelNode, simulation: Simulation) {
    this.#node = node;
    this.#simulation = simulation;
    simulation.gauge("origin_metadata_gaps", { service: node.name }, () =>
      this.#metadata.gaps(segmentInProduction(simulation.nowMs()) - gapWindowSegments),
    );
    node.onDeath(() => {
      this.#metadata = createMetadata();
      this.#directives = createDirectives();
      this.#waiting.clear();
    });
  }

  /** A publication, from a feed or from the store. */
  addPublication(publication: Publication): void {
    if (!this.#metadata.add(publication)) return;
    const key = keyOf(publication);
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    for (const wake of waiting ?? []) wake();
  }

  applyDirective(directive: Directive): void {
    this.#directives.add(directive);
  }

  /** The known candidates, or the given ones, without those that an operator masks. */
  candidates(asked: SegmentRequest, given?: readonly Candidate[]): readonly Candidate[] {
    return visible(
      { metadata: this.#metadata, directives: this.#directives },
      { leaf: leafOf(asked), pipeline: null },
      given,
    );
  }

  isOver(number: number): boolean {
    return this.#directives.isOver(number);
  }

  /** Woken by a publication or by the timeout. */
  wait(asked: SegmentRequest, untilMs: number, woken: (heard: boolean) => void): void {
    const key = keyOf(asked);
    const all = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, all);
    const news = (): void => go(true);
    let over = false;
    const go = (heard: boolean): void => {
      if (over) return;
      over = true;
      all.delete(news);
      woken(heard);
    };
    all.add(news);
    this.#node.after(Math.max(1, untilMs - this.#simulation.nowMs()), () => go(false));
  }
}
