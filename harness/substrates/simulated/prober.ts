/**
 * The harness's own prober in virtual time, for a target whose pack has none: it sends the layout's
 * requests to the model in turn.
 */
import { entryTag } from "../../metrics/tags.ts";
import type { ProbeRequest } from "../../target/layout.ts";
import type { VirtualContext, VirtualProbes } from "../../target/pack-virtual.ts";

/** As in a real run. */
const everyMs = 500;

export class SimulatedProber implements VirtualProbes {
  readonly #context: VirtualContext;
  #over = false;

  constructor(context: VirtualContext) {
    this.#context = context;
    this.#turn(0);
  }

  phaseBegan(): void {}

  async finish(): Promise<void> {}

  stop(): void {
    this.#over = true;
  }

  #turn(turn: number): void {
    const { probes = [] } = this.#context.layout;
    const probe = probes[turn % probes.length];
    if (probe === undefined || this.#over) return;
    this.#ask(probe);
    this.#context.clock.after(everyMs / probes.length, () => this.#turn(turn + 1));
  }

  #ask({ service, path, lane }: ProbeRequest): void {
    const { clock, sink, model } = this.#context;
    const askedMs = clock.nowMs();
    sink.sample(sink.series({ metric: "canary_late_ms", kind: "duration", tags: {} }), askedMs, 0);
    model.probe(service, { path }, (outcome) => {
      if (this.#over) return;
      const tags = { [entryTag]: service, lane, outcome };
      sink.sample(
        sink.series({ metric: "canary_ms", kind: "duration", tags }),
        clock.nowMs(),
        clock.nowMs() - askedMs,
      );
    });
  }
}
