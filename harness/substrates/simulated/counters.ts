/**
 * Counters and gauges of the model, read every few seconds, as probes read those of real services.
 */
import { entryTag } from "../../metrics/tags.ts";
import type { Tags } from "../../metrics/tags.ts";
import type { SampleSink } from "../../metrics/samples.ts";

interface Counter {
  readonly metric: string;
  readonly tags: Tags;
  grown: number;
  series: number | null;
}

interface Gauge {
  readonly metric: string;
  readonly tags: Tags;
  readonly read: () => number;
  series: number | null;
}

/** Called for each sample, so it must be quick: a metric's tags must always have the same order. */
export function keyOf(metric: string, tags: Tags): string {
  let key = metric;
  for (const tag in tags) key += ` ${tags[tag]}`;
  return key;
}

export class Counters {
  readonly #gauges: Gauge[] = [];
  readonly #counters = new Map<string, Counter>();

  count(metric: string, tags: Tags, by: number): void {
    const key = keyOf(metric, tags);
    const known = this.#counters.get(key);
    if (known === undefined) this.#counters.set(key, { metric, tags, grown: by, series: null });
    else known.grown += by;
  }

  gauge(metric: string, tags: Tags, read: () => number): void {
    this.#gauges.push({ metric, tags, read, series: null });
  }

  /** What a service counted since the last reading is lost when it dies. */
  forget(service: string): void {
    for (const counter of this.#counters.values())
      if (ownerOf(counter) === service) counter.grown = 0;
  }

  /** Discards all counts so far. */
  reset(): void {
    for (const counter of this.#counters.values()) counter.grown = 0;
  }

  /** Services that do not answer leave a gap in their own series. */
  read(sink: SampleSink, nowMs: number, answers: (service: string) => boolean): void {
    for (const counter of this.#counters.values()) {
      if (!answers(ownerOf(counter))) continue;
      counter.series ??= sink.series({
        metric: counter.metric,
        kind: "increment",
        tags: counter.tags,
      });
      sink.sample(counter.series, nowMs, counter.grown);
      counter.grown = 0;
    }
    for (const gauge of this.#gauges) {
      if (!answers(ownerOf(gauge))) continue;
      gauge.series ??= sink.series({ metric: gauge.metric, kind: "gauge", tags: gauge.tags });
      sink.sample(gauge.series, nowMs, gauge.read());
    }
  }
}

function ownerOf(counter: Pick<Counter, "tags">): string {
  return counter.tags["service"] ?? counter.tags[entryTag] ?? "";
}
