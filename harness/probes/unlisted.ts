/**
 * Series that a service exposes and its target does not list. They are kept as well, so that the
 * record can answer a question that arises after the run.
 */
import { metricIn, type Registry } from "../metrics/metrics.ts";

/** Per service: far above what a program counts, far below what would fill a record. */
export const unlistedMax = 500;

export class Unlisted {
  readonly #registry: Registry;
  readonly #onFull: () => void;
  readonly #kept = new Set<string>();
  #isFull = false;

  /** `registry`: names of metrics that others emit, which are excluded. */
  constructor(registry: Registry, onFull: () => void) {
    this.#registry = registry;
    this.#onFull = onFull;
  }

  /** `labels` as written in the line. */
  keeps(name: string, labels: string): boolean {
    if (metricIn(this.#registry, name) !== undefined) return false;
    const series = `${name}{${labels}}`;
    if (this.#kept.has(series)) return true;
    if (this.#kept.size < unlistedMax) {
      this.#kept.add(series);
      return true;
    }
    if (!this.#isFull) this.#onFull();
    this.#isFull = true;
    return false;
  }
}
