/**
 * How many requests a service takes on at once, found by itself: the limit shrinks while requests
 * take longer than they usually do, and creeps up while they do not. The gradient algorithm (its
 * second version) and its values are those of Netflix's concurrency-limits.
 */

export interface Gradient2Options {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  /** Added at every step, so that a little queueing is always tried. */
  readonly headroom: number;
  /** Share of each step that is taken at once, 0…1. */
  readonly smoothing: number;
  /** How many times its usual length a request may take before the limit shrinks. */
  readonly tolerance: number;
  /** Samples over which the usual length is averaged. */
  readonly longWindow: number;
}

export const gradient2Defaults: Gradient2Options = {
  initial: 20,
  min: 20,
  max: 200,
  headroom: 4,
  smoothing: 0.2,
  tolerance: 1.5,
  longWindow: 600,
};

/** The least that a step keeps of the limit: one slow request must not close a service. */
const gradientMin = 0.5;

export interface ConcurrencyLimit {
  /** Whole requests. */
  readonly limit: number;
  readonly inFlight: number;
  /**
   * False when there is no room; `share` (0…1) is how much of the limit this caller may see used.
   */
  tryAcquire(share?: number): boolean;
  /**
   * `tookMs` is null for a request that says nothing about the service: one that was broken off, or
   * refused.
   */
  release(tookMs: number | null): void;
}

export function createGradient2(options: Partial<Gradient2Options> = {}): ConcurrencyLimit {
  const { initial, min, max, headroom, smoothing, tolerance, longWindow } = {
    ...gradient2Defaults,
    ...options,
  };
  let estimate = initial;
  let usualMs = 0;
  let samples = 0;
  let inFlight = 0;

  const observe = (tookMs: number, inFlightThen: number): void => {
    samples += 1;
    // A plain mean until there are enough samples, then a sliding one.
    usualMs += (tookMs - usualMs) / Math.min(samples, longWindow);
    // After a long overload the usual length is far too long; it has to come back faster than it
    // went.
    if (usualMs > 2 * tookMs) usualMs *= 0.95;
    // A service that is half idle learns nothing about how much it can bear.
    if (inFlightThen < estimate / 2) return;
    const gradient = Math.max(
      gradientMin,
      Math.min(1, (tolerance * usualMs) / Math.max(tookMs, Number.EPSILON)),
    );
    const wanted = estimate * gradient + headroom;
    estimate = Math.max(min, Math.min(max, estimate * (1 - smoothing) + wanted * smoothing));
  };

  return {
    get limit() {
      return Math.floor(estimate);
    },
    get inFlight() {
      return inFlight;
    },
    tryAcquire(share = 1) {
      if (inFlight >= Math.max(1, Math.floor(estimate * share))) return false;
      inFlight += 1;
      return true;
    },
    release(tookMs) {
      const inFlightThen = inFlight;
      inFlight = Math.max(0, inFlight - 1);
      if (tookMs !== null && Number.isFinite(tookMs) && tookMs >= 0) observe(tookMs, inFlightThen);
    },
  };
}
