/**
 * An operator's orders at a publish origin in the model: the real service's directives and
 * invalidation rounds, and edges across the network.
 */
import { lifted, masking, nextVersion, rangeOf, type SegmentRange } from "../origin/directive.ts";
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import {
  createInvalidation,
  type Invalidation,
  type InvalidationClock,
} from "../origin/invalidation.ts";
import { event } from "../stream/event.ts";
import type { Edge } from "./edge-model.ts";
import type { OriginPublisher } from "./publisher-model.ts";
import { streamOf } from "../pack/stream/stream.ts";

type Parameters = Readonly<Record<string, string>>;
type Reply = (answer: string | null) => void;

const banMs = 1_000;

export class OperatorModel {
  readonly #publisher: OriginPublisher;
  readonly #simulation: Simulation;
  readonly #edges: readonly (readonly Edge[])[];
  readonly #renditions: readonly string[];
  #invalidation: Invalidation;
  #lastVersion = 0;
  #masks = 0;

  /** `edges`: inner tiers first. */
  constructor(
    publisher: OriginPublisher,
    simulation: Simulation,
    edges: readonly (readonly Edge[])[],
  ) {
    this.#publisher = publisher;
    this.#simulation = simulation;
    this.#edges = edges.filter(({ length }) => length > 0);
    this.#renditions = streamOf(simulation.layout).renditions.map(({ name }) => name);
    this.#invalidation = this.#fresh();
    publisher.node.onDeath(() => {
      this.#invalidation = this.#fresh();
    });
  }

  perform(operation: string, parameters: Parameters, done: Reply): void {
    const { node } = this.#publisher;
    this.#simulation.request<string | null>({
      from: null,
      to: node,
      port: "control",
      timeoutMs: 10_000,
      done,
      serve: (reply) => {
        if (operation === "directives") reply(JSON.stringify(this.#publisher.directives.all()));
        else if (operation === "mask") this.#mask(parameters, reply);
        else if (operation === "unmask") this.#unmask(parameters["id"] ?? "", reply);
        else reply(null);
      },
    });
  }

  #mask({ pipeline = "", rendition = "", from, to }: Parameters, reply: Reply): void {
    const mask = masking({
      event,
      id: `mask-${this.#publisher.node.name}-${++this.#masks}`,
      version: this.#version(),
      pipeline,
      renditions: [rendition],
      from: Number(from),
      to: Number(to),
    });
    this.#publisher.adopt(mask, (stored) =>
      stored ? this.#forget(mask, rangeOf(mask, this.#renditions), reply) : reply(null),
    );
  }

  #unmask(id: string, reply: Reply): void {
    const mask = this.#publisher.directives.find(id);
    if (mask?.kind !== "mask") {
      reply(null);
      return;
    }
    const own = lifted(mask, this.#version());
    this.#publisher.adopt(own, (stored) =>
      stored ? this.#forget(own, rangeOf(own, this.#renditions), reply) : reply(null),
    );
  }

  #forget(
    { id, version }: { readonly id: string; readonly version: number },
    range: SegmentRange,
    reply: Reply,
  ): void {
    void this.#invalidation
      .forget(range)
      .then((edges) => reply(JSON.stringify({ id, version, edges })));
    this.#simulation.settled();
  }

  #version(): number {
    this.#lastVersion = nextVersion(
      this.#lastVersion,
      this.#simulation.nowMs(),
      this.#publisher.directives.all(),
    );
    return this.#lastVersion;
  }

  /** The state of one life: pending rounds end with the process. */
  #fresh(): Invalidation {
    const { node } = this.#publisher;
    return createInvalidation({
      tiers: this.#edges.map((tier) => tier.map((edge) => ({ name: edge.node.name, edge }))),
      signal: new AbortController().signal,
      onRound: () => {},
      clock: clockOf(node, this.#simulation),
      send: ({ edge }, range) =>
        new Promise((resolve) =>
          this.#simulation.request<true>({
            from: node,
            to: edge.node,
            port: "http",
            timeoutMs: banMs,
            serve: (reply) => {
              edge.forget(range);
              reply(true);
            },
            done: (answer) => {
              this.#simulation.settled();
              resolve(answer === true);
            },
          }),
        ),
    });
  }
}

function clockOf(node: ModelNode, simulation: Simulation): InvalidationClock {
  return {
    monotonicMs: () => simulation.nowMs(),
    within(ms) {
      const end = new AbortController();
      node.after(ms, () => end.abort());
      return end.signal;
    },
    rest: (ms, signal) =>
      new Promise((rested) =>
        node.after(ms, () => {
          simulation.settled();
          rested(!signal.aborted);
        }),
      ),
  };
}
