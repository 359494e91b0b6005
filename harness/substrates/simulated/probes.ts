/**
 * What the harness reads during a simulated run: the same series at the same intervals as from real
 * services.
 */
import type { LinkTotals } from "../../target/deployment.ts";
import type { SampleSink } from "../../metrics/samples.ts";
import type { VirtualProbes } from "../../target/pack-virtual.ts";
import type { Counters } from "./counters.ts";
import type { SimulatedNode } from "./node.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const everyMs = 2_000;

export interface SimulatedProbesOptions {
  readonly clock: VirtualClock;
  readonly sink: SampleSink;
  readonly counters: Counters;
  readonly nodes: ReadonlyMap<string, SimulatedNode>;
  readonly traffic: () => Promise<readonly LinkTotals[]>;
  /**
   * Called once the interval is set up: the observers of the target's pack, or the harness's own
   * prober.
   */
  readonly others: () => VirtualProbes;
}

export class SimulatedProbes implements AsyncDisposable {
  readonly #options: SimulatedProbesOptions;
  readonly #others: VirtualProbes;
  readonly #passed = new Map<string, number>();
  #over = false;

  constructor(options: SimulatedProbesOptions) {
    this.#options = options;
    options.counters.reset();
    this.#rhythm();
    this.#others = options.others();
  }

  phaseBegan(phase: string): void {
    this.#others.phaseBegan(phase);
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

  async finish(_signal: AbortSignal, endedMs: number): Promise<void> {
    await this.#others.finish(endedMs);
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

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    this.#others.stop();
  }
}
