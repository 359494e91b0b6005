/**
 * An exponentially weighted moving average with a half-life by weight, without the bias of its
 * start at zero. Both players measure throughput with two of them, and believe the lower one.
 */
export class Ewma {
  readonly #halfLife: number;
  #estimate = 0;
  #weight = 0;

  constructor(halfLife: number) {
    this.#halfLife = halfLife;
  }

  get weight(): number {
    return this.#weight;
  }

  add(weight: number, value: number): void {
    const kept = 0.5 ** (weight / this.#halfLife);
    this.#estimate = (1 - kept) * value + kept * this.#estimate;
    this.#weight += weight;
  }

  /** Null before the first sample. */
  get value(): number | null {
    const sure = 1 - 0.5 ** (this.#weight / this.#halfLife);
    return sure > 0 ? this.#estimate / sure : null;
  }
}

/** The lower one of both; null before the first sample. */
export function lowerOf(fast: Ewma, slow: Ewma): number | null {
  const [a, b] = [fast.value, slow.value];
  return a === null || b === null ? null : Math.min(a, b);
}
