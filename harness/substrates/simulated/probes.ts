/** What the harness itself reads while a simulated run goes on: the same series on the same rhythm as on real services. */
import type { RunningModel } from "../../core/model.ts";
import { sinkBooks } from "../../core/books.ts";
import type { Instance, SampleSink } from "../../core/ports.ts";
import type { Counters } from "./counters.ts";
import type { SimulatedNode } from "./node.ts";
import type { SimulatedPlayers } from "./players.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const everyMs = 2_000;
const canaryEveryMs = 500;

export interface SimulatedProbesOptions {
  readonly clock: VirtualClock;
  readonly sink: SampleSink;
  readonly counters: Counters;
  readonly model: RunningModel;
  readonly edges: readonly string[];
  readonly instances: readonly Instance[];
  readonly players: SimulatedPlayers;
  readonly nodes: ReadonlyMap<string, SimulatedNode>;
}

export class SimulatedProbes implements AsyncDisposable {
  readonly #options: SimulatedProbesOptions;
  readonly #canaries = new Map<string, number>();
  #over = false;

  constructor(options: SimulatedProbesOptions) {
    this.#options = options;
    options.counters.reset();
    this.#rhythm();
    this.#canary();
  }

  async readNow(): Promise<void> {
    this.#read();
  }

  /** A model keeps no bytes, so there is nothing that could be read back; books it may keep. */
  async finish(_signal: AbortSignal, endedMs: number): Promise<void> {
    this.#options.players.leave();
    await sinkBooks(this.#options.instances, this.#options.sink, endedMs - 1);
  }

  #read(): void {
    const { clock, sink, counters, nodes } = this.#options;
    const nowMs = clock.nowMs();
    counters.read(sink, nowMs, (service) => nodes.get(service)?.state === "running");
    for (const service of ["k6", "seawall"]) sink.sample(sink.series({ metric: "cpu_seconds", kind: "increment", tags: { service } }), nowMs, 0);
  }

  #rhythm(): void {
    this.#options.clock.after(everyMs, () => {
      if (this.#over) return;
      this.#read();
      this.#rhythm();
    });
  }

  #canary(): void {
    const { clock, sink, model, edges } = this.#options;
    if (this.#over) return;
    const askedMs = clock.nowMs();
    sink.sample(sink.series({ metric: "canary_late_ms", kind: "duration", tags: {} }), askedMs, 0);
    for (const edge of edges) {
      model.canary(edge, (outcome) => {
        if (!this.#over) sink.sample(this.#canarySeries(edge, outcome), clock.nowMs(), clock.nowMs() - askedMs);
      });
    }
    clock.after(canaryEveryMs, () => this.#canary());
  }

  #canarySeries(edge: string, outcome: string): number {
    const key = `${edge} ${outcome}`;
    const known = this.#canaries.get(key) ?? this.#options.sink.series({ metric: "canary_ms", kind: "duration", tags: { edge, outcome } });
    this.#canaries.set(key, known);
    return known;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    this.#options.players.leave();
  }
}
