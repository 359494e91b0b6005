/**
 * How hls.js chooses a level (src/controller/abr-controller.ts): the highest whose bandwidth fits
 * the measured throughput, less a margin that is larger on the way up. Throughput is the lower of
 * two averages, with half-lives of 3 s and 9 s of download time.
 */
import { hlsJs } from "../players/hls-js.ts";
import type { Answer } from "../requests.ts";
import { Ewma, lowerOf } from "../ewma.ts";
import type { Choice, Moment, Offered } from "./choice.ts";

export class HlsJsChoice implements Choice {
  readonly #offered: readonly Offered[];
  readonly #fast = new Ewma(hlsJs.abrEwmaFastLiveS);
  readonly #slow = new Ewma(hlsJs.abrEwmaSlowLiveS);
  readonly #ttfb = new Ewma(hlsJs.abrEwmaSlowLiveS);
  /** Null before the first segment that is played. */
  #lastLoaded: number | null = null;
  /** How long the bandwidth test took. */
  #testS = 0;

  constructor(offered: readonly Offered[]) {
    this.#offered = offered;
  }

  /** The bandwidth test needs the lowest one. */
  first(): number {
    return 0;
  }

  next(_current: number, { bufferS, segmentS }: Moment): number {
    if (this.#offered.length < 2) return 0;
    // Live, a level may fit although its segment is expected too late. With any other, the player
    // would fall behind by more.
    const best =
      bufferS > 0
        ? this.#best(bufferS, 0, segmentS, hlsJs.abrBandWidthFactor, hlsJs.abrBandWidthUpFactor)
        : null;
    if (best !== null) return best;
    const starvationS = Math.min(segmentS, hlsJs.maxStarvationDelayS);
    const tested = bufferS <= 0 && this.#testS > 0;
    const again = tested
      ? this.#best(
          bufferS,
          Math.min(segmentS, hlsJs.maxLoadingDelayS) - this.#testS,
          segmentS,
          1,
          1,
        )
      : this.#best(
          bufferS,
          starvationS,
          segmentS,
          hlsJs.abrBandWidthFactor,
          hlsJs.abrBandWidthUpFactor,
        );
    return again ?? 0;
  }

  #best(
    bufferS: number,
    extraS: number,
    segmentS: number,
    factor: number,
    upFactor: number,
  ): number | null {
    const throughput = this.throughput() ?? hlsJs.abrEwmaDefaultEstimate;
    const ttfbS = (this.#ttfb.value ?? hlsJs.defaultTtfbMs) / 1_000;
    const from = this.#lastLoaded ?? 0;
    for (let at = this.#offered.length - 1; at >= 0; at--) {
      const one = this.#offered[at] as Offered;
      const adjusted = throughput * (at > from ? upFactor : factor);
      const bandwidth =
        bufferS >= 2 * segmentS && extraS === 0 ? one.averageBandwidth : one.bandwidth;
      if (adjusted < bandwidth) continue;
      const fetchS = 2 * ttfbS + (bandwidth * segmentS) / adjusted;
      if (this.#testS === 0 || fetchS < bufferS + extraS) return at;
    }
    return null;
  }

  loaded(rendition: number, { askedMs, firstByteMs, endMs, bytes }: Answer): void {
    const ttfbMs = Math.max(0, firstByteMs - askedMs);
    const seconds = ttfbMs / 1_000;
    // Its own curve: long waits weigh less.
    this.#ttfb.add(Math.SQRT2 * Math.exp(-(seconds ** 2) / 2), Math.max(ttfbMs, 5));
    const tookMs = endMs - askedMs - Math.min(ttfbMs, this.#ttfb.value ?? hlsJs.defaultTtfbMs);
    this.#sample(tookMs, bytes);
    this.#lastLoaded = rendition;
    this.#testS = 0;
  }

  /** The bandwidth test, which is measured and not played. */
  tested({ askedMs, endMs, ...answer }: Answer): void {
    this.loaded(0, { askedMs, endMs, ...answer });
    this.#lastLoaded = null;
    this.#testS = (endMs - askedMs) / 1_000;
  }

  #sample(tookMs: number, bytes: number | null): void {
    if (bytes === null || bytes <= 0) return;
    const least = Math.min(hlsJs.minDelayMs, bytes / 100_000);
    const seconds = Math.max(tookMs, least) / 1_000;
    this.#fast.add(seconds, (8 * bytes) / seconds);
    this.#slow.add(seconds, (8 * bytes) / seconds);
  }

  sought(): void {}

  throughput(): number | null {
    return this.#fast.weight >= hlsJs.minWeightS ? lowerOf(this.#fast, this.#slow) : null;
  }
}
