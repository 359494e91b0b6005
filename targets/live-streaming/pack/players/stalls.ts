/**
 * Derives start, stalls and their lengths from a player's positions over time. Pure. It ignores
 * events that a player sends, because a dead player sends none.
 */

export interface Tick {
  /** Epoch ms. */
  readonly atMs: number;
  /** Position in the media, in s. */
  readonly mediaS: number;
  /** False while the user has it paused or is seeking. */
  readonly meantToMove: boolean;
  /** Media that is buffered ahead of the position, in s. */
  readonly aheadS: number;
}

export interface Stall {
  readonly fromMs: number;
  readonly forMs: number;
  /** True if it had not ended. */
  readonly open: boolean;
  /**
   * True if the buffer was empty. False if media was buffered all the time and the device failed to
   * show it.
   */
  readonly starved: boolean;
}

/** A pause shorter than this, in ms, is normal display timing, not a stall. */
export const stallMsMin = 250;
/** Media seconds per second of wall clock beyond which a player has jumped, not played. */
const rateMax = 1.5;
const jumpSMin = 0.3;
/** With this much buffered, in s, a player does not wait for the network. */
const enoughS = 0.5;

export class StallWatch {
  readonly #startedMs: number;
  #last: Tick | null = null;
  /** The last moment at which it moved at playing speed; null before the first. */
  #movedAtMs: number | null = null;
  #stalledMs = 0;
  #jumps = 0;
  #playedFromMs: number | null = null;
  /** The smallest buffer since it last moved. */
  #leastAheadS = Number.POSITIVE_INFINITY;

  /** `startedMs`: when the viewer requested the stream. */
  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  /** From the request to the first movement, in ms; null before that. */
  get startupMs(): number | null {
    return this.#playedFromMs === null ? null : this.#playedFromMs - this.#startedMs;
  }

  /** Jumps over media without a user's seek. */
  get jumps(): number {
    return this.#jumps;
  }

  /** The stall that ended with this tick, if one did. Ticks arrive in order. */
  see(tick: Tick): Stall | null {
    const last = this.#last;
    this.#last = tick;
    this.#leastAheadS = Math.min(this.#leastAheadS, tick.aheadS);
    if (last === null) return null;
    if (!tick.meantToMove) {
      // A stall that the user ends by another action has been a stall until then.
      const given = last.meantToMove ? this.#stallUntil(tick.atMs, false) : null;
      if (this.#movedAtMs !== null) this.#movedAtMs = tick.atMs;
      return this.#counted(given);
    }
    const [forS, byS] = [(tick.atMs - last.atMs) / 1000, tick.mediaS - last.mediaS];
    if (byS > rateMax * forS + jumpSMin || byS < 0) {
      if (last.meantToMove && this.#movedAtMs !== null) this.#jumps += 1;
      return null;
    }
    if (byS <= 0.001) return null;
    const ended = this.#stallUntil(last.atMs, false);
    this.#playedFromMs ??= last.atMs;
    this.#movedAtMs = tick.atMs;
    this.#leastAheadS = tick.aheadS;
    return this.#counted(ended);
  }

  /**
   * The stall that is open at `nowMs`, if there is one, also if the player has stopped reporting.
   */
  openAt(nowMs: number): Stall | null {
    return this.#last?.meantToMove === false ? null : this.#stallUntil(nowMs, true);
  }

  /** Stalled time until `nowMs` in ms, including the open stall. */
  stalledMs(nowMs: number): number {
    return this.#stalledMs + (this.openAt(nowMs)?.forMs ?? 0);
  }

  #stallUntil(untilMs: number, open: boolean): Stall | null {
    if (this.#movedAtMs === null) return null;
    const forMs = untilMs - this.#movedAtMs;
    return forMs < stallMsMin
      ? null
      : { fromMs: this.#movedAtMs, forMs, open, starved: this.#leastAheadS < enoughS };
  }

  #counted(stall: Stall | null): Stall | null {
    this.#stalledMs += stall?.forMs ?? 0;
    return stall;
  }
}
