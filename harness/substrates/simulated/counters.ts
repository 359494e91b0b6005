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

interface Leaf<T> {
  value: T | undefined;
  readonly next: Map<string, Leaf<T>>;
}

/**
 * One value for each metric and its tags. It is looked up with each sample, so it makes no key: the
 * caller must pass the tags of a metric in one order.
 */
export class TagTree<T> {
  readonly #root: Leaf<T> = { value: undefined, next: new Map() };

  leafOf(metric: string, tags: Tags): Leaf<T> {
    let leaf = below(this.#root, metric);
    for (const tag in tags) leaf = below(leaf, tags[tag] as string);
    return leaf;
  }
}

function below<T>(leaf: Leaf<T>, part: string): Leaf<T> {
  const known = leaf.next.get(part);
  if (known !== undefined) return known;
  const made: Leaf<T> = { value: undefined, next: new Map() };
  leaf.next.set(part, made);
  return made;
}

export class Counters {
  readonly #gauges: Gauge[] = [];
  readonly #counters: Counter[] = [];
  readonly #known = new TagTree<Counter>();

  count(metric: string, tags: Tags, by: number): void {
    const leaf = this.#known.leafOf(metric, tags);
    if (leaf.value !== undefined) leaf.value.grown += by;
    else {
      leaf.value = { metric, tags, grown: by, series: null };
      this.#counters.push(leaf.value);
    }
  }

  gauge(metric: string, tags: Tags, read: () => number): void {
    this.#gauges.push({ metric, tags, read, series: null });
  }

  /** What a service counted since the last reading is lost when it dies. */
  forget(service: string): void {
    for (const counter of this.#counters) if (ownerOf(counter) === service) counter.grown = 0;
  }

  /** Discards all counts so far. */
  reset(): void {
    for (const counter of this.#counters) counter.grown = 0;
  }

  /** Services that do not answer leave a gap in their own series. */
  read(sink: SampleSink, nowMs: number, answers: (service: string) => boolean): void {
    for (const counter of this.#counters) {
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
