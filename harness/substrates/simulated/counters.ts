/** Counters that grow while the model runs and are read every few seconds, as the probes read those of real services. */
import type { Tags } from "../../core/experiment.ts";
import type { SampleSink } from "../../core/ports.ts";

interface Counter { readonly metric: string; readonly tags: Tags; grown: number; series: number | null }

export class Counters {
  readonly #counters = new Map<string, Counter>();

  count(metric: string, tags: Tags, by: number): void {
    const key = `${metric} ${Object.values(tags).join(" ")}`;
    const known = this.#counters.get(key);
    if (known === undefined) this.#counters.set(key, { metric, tags, grown: by, series: null });
    else known.grown += by;
  }

  /** What a service counted since the last reading dies with it. */
  forget(service: string): void {
    for (const counter of this.#counters.values()) if (ownerOf(counter) === service) counter.grown = 0;
  }

  /** What was counted until now is history. */
  reset(): void {
    for (const counter of this.#counters.values()) counter.grown = 0;
  }

  /** Services that do not answer leave a gap in their own series. */
  read(sink: SampleSink, nowMs: number, answers: (service: string) => boolean): void {
    for (const counter of this.#counters.values()) {
      if (!answers(ownerOf(counter))) continue;
      counter.series ??= sink.series({ metric: counter.metric, kind: "increment", tags: counter.tags });
      sink.sample(counter.series, nowMs, counter.grown);
      counter.grown = 0;
    }
  }
}

function ownerOf(counter: Counter): string {
  return counter.tags["edge"] ?? counter.tags["service"] ?? "";
}
