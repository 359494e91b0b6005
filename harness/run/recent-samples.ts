/** The newest samples of one series, in a buffer that is reused. */
import type { Series, SeriesData } from "../metrics/samples.ts";

const capacityMin = 256;

export class RecentSamples {
  readonly #series: Series;
  #at = new Float64Array(capacityMin);
  #value = new Float64Array(capacityMin);
  #from = 0;
  #until = 0;

  constructor(series: Series) {
    this.#series = series;
  }

  push(atMs: number, value: number): void {
    if (this.#until === this.#at.length) this.#makeRoom();
    this.#at[this.#until] = atMs;
    this.#value[this.#until++] = value;
  }

  /** Samples arrive nearly in order; a few older ones are harmless. */
  forget(beforeMs: number): void {
    while (this.#from < this.#until && (this.#at[this.#from] as number) < beforeMs) this.#from++;
  }

  /** A view of the kept samples, valid until the next push. */
  seriesData(): SeriesData {
    const { metric, kind, tags } = this.#series;
    const [from, until] = [this.#from, this.#until];
    const [atMs, values] = [this.#at.subarray(from, until), this.#value.subarray(from, until)];
    return { metric, kind, tags, atMs, values };
  }

  #makeRoom(): void {
    const kept = this.#until - this.#from;
    const grown = kept * 2 > this.#at.length ? this.#at.length * 2 : this.#at.length;
    const [at, value] = [new Float64Array(grown), new Float64Array(grown)];
    at.set(this.#at.subarray(this.#from, this.#until));
    value.set(this.#value.subarray(this.#from, this.#until));
    [this.#at, this.#value, this.#from, this.#until] = [at, value, 0, kept];
  }
}
