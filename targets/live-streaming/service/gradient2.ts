/**
 * An adaptive limit on concurrent requests. It shrinks while requests take longer than usual, and
 * otherwise grows slowly. The algorithm (gradient, second version) and its values are those of
 * Netflix's concurrency-limits.
 */

export interface Gradient2Options {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  /** Added at every step, so that a little queueing is always tried. */
  readonly headroom: number;
  /** Smoothing: the share of each step that is applied at once, 0…1. */
  readonly smoothing: number;
  /** The multiple of its usual duration that a request may take before the limit shrinks. */
  readonly tolerance: number;
  /** Samples in the average of the usual duration. */
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

/** The least part of the limit that a step keeps: one slow request must not close a service. */
const gradientMin = 0.5;

export interface ConcurrencyLimit {
  /** Whole requests. */
  readonly limit: number;
  readonly inFlight: number;
  /** False if there is no room. `share` (0…1) is the part of the limit that this caller may use. */
  tryAcquire(share?: number): boolean;
  /**
   * `tookMs` is null for a request that says nothing about the service, because it was aborted or
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
    // A plain mean until there are enough samples, then a moving one.
    usualMs += (tookMs - usualMs) / Math.min(samples, longWindow);
    // After a long overload the usual duration is far too long. It must fall faster than it rose.
    if (usualMs > 2 * tookMs) usualMs *= 0.95;
    // A half-idle service learns nothing about its limit.
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
