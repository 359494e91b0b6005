/**
 * BOLA as dash.js has it (src/streaming/rules/abr/BolaRule.js; arXiv 1601.06748): with a long
 * buffer, its level alone says which rendition is worth its bytes. A placeholder makes up for
 * media that a live stream does not have yet.
 */
import { dashJs } from "../players/dash-js.ts";
import { highestWithin, type Moment, type Offered } from "./choice.ts";

export class Bola {
  readonly #offered: readonly Offered[];
  readonly #utilities: readonly number[];
  readonly #gp: number;
  readonly #vp: number;
  #isSteady = false;
  #placeholderS = 0;
  #lastFinishMs: number | null = null;
  #lastCallMs: number | null = null;
  #current = 0;

  constructor(offered: readonly Offered[]) {
    this.#offered = offered;
    const lowest = Math.log(offered[0]?.bandwidth ?? 1);
    this.#utilities = offered.map(({ bandwidth }) => Math.log(bandwidth) - lowest + 1);
    const { minimumBufferS, minimumBufferPerBitrateLevelS, bufferTimeDefaultS } = dashJs;
    const bufferS = Math.max(
      bufferTimeDefaultS,
      minimumBufferS + minimumBufferPerBitrateLevelS * offered.length,
    );
    this.#gp = ((this.#utilities.at(-1) ?? 1) - 1) / (bufferS / minimumBufferS - 1);
    this.#vp = minimumBufferS / this.#gp;
  }

  /** Null where it has no opinion: with one rendition, or before any measurement. */
  next(safeThroughput: number | null, { nowMs, bufferS, segmentS }: Moment): number | null {
    if (!(this.#gp > 0)) return null;
    return this.#isSteady
      ? this.#steady(safeThroughput ?? 0, nowMs, bufferS)
      : this.#starting(safeThroughput, bufferS, segmentS);
  }

  #starting(safeThroughput: number | null, bufferS: number, segmentS: number): number | null {
    if (safeThroughput === null) return null;
    const chosen = highestWithin(this.#offered, safeThroughput);
    this.#placeholderS = Math.max(0, this.#leastBufferFor(chosen) - bufferS);
    this.#current = chosen;
    if (bufferS >= segmentS) this.#isSteady = true;
    return chosen;
  }

  #steady(safeThroughput: number, nowMs: number, bufferS: number): number {
    const sinceMs = this.#lastFinishMs ?? this.#lastCallMs;
    if (sinceMs !== null) this.#placeholderS += Math.max(0, (nowMs - sinceMs) / 1_000);
    this.#lastCallMs = nowMs;
    this.#lastFinishMs = null;
    const best = this.#bestFor(bufferS + this.#placeholderS);
    const sustainable = highestWithin(this.#offered, safeThroughput);
    // BOLA-O: no way up to what the throughput cannot sustain.
    const chosen =
      best > this.#current && best > sustainable ? Math.max(sustainable, this.#current) : best;
    const tooMuchS = Math.max(0, bufferS + this.#placeholderS - this.#mostBufferFor(chosen));
    this.#placeholderS = Math.max(0, this.#placeholderS - tooMuchS);
    this.#current = chosen;
    return chosen;
  }

  loaded(rendition: number, askedMs: number, endMs: number, bufferS: number): void {
    this.#placeholderS *= dashJs.placeholderBufferDecay;
    const atRequestS = bufferS + (endMs - askedMs) / 1_000;
    const most = Math.max(0, this.#mostBufferFor(rendition) - atRequestS);
    this.#placeholderS = Math.min(most, this.#placeholderS);
    this.#lastFinishMs = endMs;
    this.#current = rendition;
  }

  ranEmpty(): void {
    if (this.#isSteady) this.#placeholderS = 0;
  }

  sought(): void {
    this.#isSteady = false;
    this.#placeholderS = 0;
    this.#lastFinishMs = null;
  }

  #bestFor(bufferS: number): number {
    let [best, score] = [0, Number.NEGATIVE_INFINITY];
    for (const [at, { bandwidth }] of this.#offered.entries()) {
      const own =
        (this.#vp * ((this.#utilities[at] as number) - 1 + this.#gp) - bufferS) / bandwidth;
      if (own >= score) [best, score] = [at, own];
    }
    return best;
  }

  #mostBufferFor(at: number): number {
    return this.#vp * ((this.#utilities[at] as number) + this.#gp);
  }

  #leastBufferFor(at: number): number {
    const [bandwidth, utility] = [this.#offered[at]?.bandwidth ?? 1, this.#utilities[at] as number];
    return this.#offered.slice(0, at).reduce((least, other, index) => {
      const own = this.#utilities[index] as number;
      if (!(bandwidth > other.bandwidth)) return least;
      const level =
        this.#vp *
        (this.#gp + (bandwidth * own - other.bandwidth * utility) / (bandwidth - other.bandwidth));
      return Math.max(least, level);
    }, 0);
  }
}
