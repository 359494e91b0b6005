/**
 * Series that a service exposes and its target does not list. They are kept as well, so that a
 * question which comes up after a run can be answered from its record.
 */
import { metricIn, type Registry } from "../metrics/metrics.ts";

/** Of one service: far above what a program counts, far below what would fill a record. */
export const unlistedMax = 500;

export class Unlisted {
  readonly #registry: Registry;
  readonly #onFull: () => void;
  readonly #kept = new Set<string>();
  #isFull = false;

  /** `registry`: metrics that others emit under the same name keep it for themselves. */
  constructor(registry: Registry, onFull: () => void) {
    this.#registry = registry;
    this.#onFull = onFull;
  }

  /** `labels` as they stand in the line. */
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
