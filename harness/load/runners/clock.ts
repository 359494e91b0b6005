/**
 * Another clock against this one, as in NTP (RFC 5905). The answer was given between the question
 * and its arrival. The offset is known to half of that time.
 */

export interface Clock {
  /** The other clock minus this one, in ms. */
  readonly offsetMs: number;
  /** The true offset lies within ± this. */
  readonly boundMs: number;
}

const asks = 8;

/** The best of several questions: the shortest wait has the narrowest bound. */
export async function clockOf(
  ask: () => Promise<number>,
  now: () => number = () => performance.timeOrigin + performance.now(),
): Promise<Clock> {
  let best: Clock | null = null;
  for (let index = 0; index < asks; index++) {
    const askedMs = now();
    const thereMs = await ask();
    const boundMs = (now() - askedMs) / 2;
    if (best === null || boundMs < best.boundMs)
      best = { offsetMs: thereMs - (askedMs + boundMs), boundMs };
  }
  return best as Clock;
}
