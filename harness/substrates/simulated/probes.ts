/** What the harness itself reads while a simulated run goes on: the same series on the same rhythm as on real services. */
import type { RunningModel } from "../../target/model.ts";
import { sinkBooks } from "../../probes/books.ts";
import type { Instance, LinkTotals } from "../../target/deployment.ts";
import type { SampleSink } from "../../metrics/samples.ts";
import { newestDue, type ProbeWish, probeWishes } from "../../target/probe-wish.ts";
import type { Stream } from "../../target/stream.ts";
import type { Counters } from "./counters.ts";
import type { SimulatedNode } from "./node.ts";
import type { SimulatedPlayers } from "./players.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const everyMs = 2_000;
/** As the real prober: it asks again after an answer that a segment is not there yet, for as long as a viewer at the live edge would. */
const retryMs = 250,
  patienceMs = 4_000;

export interface SimulatedProbesOptions {
  readonly clock: VirtualClock;
  readonly sink: SampleSink;
  readonly counters: Counters;
  readonly model: RunningModel;
  readonly edges: readonly string[];
  readonly stream: Stream;
  /** Whether viewers of this run ask for the past. */
  readonly asksPast: boolean;
  /** [0, 1), of a stream of its own: what the prober asks does not change what viewers do. */
  readonly random: () => number;
  readonly instances: readonly Instance[];
  readonly players: SimulatedPlayers;
  readonly nodes: ReadonlyMap<string, SimulatedNode>;
  readonly traffic: () => Promise<readonly LinkTotals[]>;
}

export class SimulatedProbes implements AsyncDisposable {
  readonly #options: SimulatedProbesOptions;
  readonly #canaries = new Map<string, number>();
  readonly #passed = new Map<string, number>();
  #over = false;

  constructor(options: SimulatedProbesOptions) {
    this.#options = options;
    options.counters.reset();
    this.#rhythm();
    this.#canary(newestDue(options.stream, options.clock.nowMs()) + 1);
  }

  async readNow(): Promise<void> {
    this.#read();
    await this.countTraffic();
  }

  async countTraffic(): Promise<void> {
    const { clock, sink, traffic } = this.#options;
    const nowMs = clock.nowMs();
    for (const { link, connections } of await traffic()) {
      const series = sink.series({ metric: "link_connections", kind: "increment", tags: { link } });
      sink.sample(series, nowMs, connections - (this.#passed.get(link) ?? 0));
      this.#passed.set(link, connections);
    }
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
    for (const service of ["k6", "seawall"])
      sink.sample(
        sink.series({ metric: "cpu_seconds", kind: "increment", tags: { service } }),
        nowMs,
        0,
      );
  }

  #rhythm(): void {
    this.#options.clock.after(everyMs, () => {
      if (this.#over) return;
      this.#read();
      this.#rhythm();
    });
  }

  /** All requests from the moment at which this segment is due until the next is. */
  #canary(number: number): void {
    const { clock, stream, asksPast, edges, random } = this.#options;
    if (this.#over) return;
    for (const edge of edges) {
      for (const wish of probeWishes(stream, number, asksPast, random))
        clock.after(Math.max(0, wish.atMs - clock.nowMs()), () => this.#ask(edge, wish));
    }
    const { availabilityStartMs, segmentMs } = stream;
    clock.after(availabilityStartMs + (number + 2) * segmentMs - clock.nowMs(), () =>
      this.#canary(number + 1),
    );
  }

  #ask(edge: string, wish: ProbeWish): void {
    const { clock, sink, model } = this.#options;
    if (this.#over) return;
    const askedMs = clock.nowMs();
    sink.sample(sink.series({ metric: "canary_late_ms", kind: "duration", tags: {} }), askedMs, 0);
    model.canary(edge, wish, (outcome) => {
      if (this.#over) return;
      sink.sample(
        this.#canarySeries(edge, wish.lane, outcome),
        clock.nowMs(),
        clock.nowMs() - askedMs,
      );
      if (outcome === "404" && clock.nowMs() + retryMs < wish.atMs + patienceMs)
        clock.after(retryMs, () => this.#ask(edge, wish));
    });
  }

  #canarySeries(edge: string, lane: string, outcome: string): number {
    const key = `${edge} ${lane} ${outcome}`;
    const known =
      this.#canaries.get(key) ??
      this.#options.sink.series({
        metric: "canary_ms",
        kind: "duration",
        tags: { edge, lane, outcome },
      });
    this.#canaries.set(key, known);
    return known;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    this.#options.players.leave();
  }
}
