/**
 * How dash.js chooses a representation (src/streaming/rules/abr/): by throughput, or by BOLA once
 * the buffer is long. Two more rules may lower that: too little in the buffer, and too many
 * switches down from the same representation. The lowest one wins.
 */
import { dashJs } from "../players/dash-js.ts";
import type { Answer, TrackKind } from "../requests.ts";
import { Ewma, lowerOf } from "../ewma.ts";
import { Bola } from "./bola.ts";
import { type Choice, highestWithin, type Moment, type Offered, throughputOf } from "./choice.ts";

interface Switch {
  readonly from: number;
  readonly isDrop: boolean;
}

export class DashJsChoice implements Choice {
  readonly #offered: readonly Offered[];
  readonly #track: TrackKind;
  readonly #fast = new Ewma(dashJs.throughputFastHalfLifeSeconds);
  readonly #slow = new Ewma(dashJs.throughputSlowHalfLifeSeconds);
  readonly #bola: Bola;
  #usesBola = false;
  /** Segments that have yet to arrive before the buffer is looked at. */
  #ignored: number = dashJs.segmentIgnoreCount;
  #switches: readonly Switch[] = [];

  constructor(offered: readonly Offered[], track: TrackKind) {
    this.#offered = offered;
    this.#track = track;
    this.#bola = new Bola(offered);
  }

  first(): number {
    const { defaultVideoBitrate, defaultAudioBitrate } = dashJs;
    return highestWithin(
      this.#offered,
      this.#track === "video" ? defaultVideoBitrate : defaultAudioBitrate,
    );
  }

  next(current: number, moment: Moment): number {
    const { bufferS, isStalled } = moment;
    if (isStalled) this.#bola.ranEmpty();
    const threshold = dashJs.bufferTimeDefaultS * (this.#usesBola ? 0.5 : 1);
    this.#usesBola = bufferS >= threshold;
    const asked = [
      this.#usesBola ? this.#bola.next(this.#safe(), moment) : this.#byThroughput(),
      this.#byBuffer(moment),
      this.#bySwitches(),
    ].filter((one) => one !== null);
    if (asked.length === 0) return current;
    const chosen = Math.min(...asked);
    this.#switches = [...this.#switches, { from: current, isDrop: chosen < current }].slice(
      -dashJs.sampleSize,
    );
    return chosen;
  }

  #safe(): number | null {
    const measured = this.throughput();
    return measured === null ? null : measured * dashJs.bandwidthSafetyFactor;
  }

  #byThroughput(): number | null {
    const safe = this.#safe();
    return safe === null ? null : highestWithin(this.#offered, safe);
  }

  #byBuffer({ bufferS, segmentS, isStalled }: Moment): number | null {
    if (this.#ignored > 0) return null;
    if (isStalled) return 0;
    const measured = this.throughput();
    if (measured === null || bufferS <= 0) return null;
    return highestWithin(
      this.#offered,
      (measured * dashJs.throughputSafetyFactor * bufferS) / segmentS,
    );
  }

  #bySwitches(): number | null {
    let [drops, others] = [0, 0];
    for (const at of this.#offered.keys()) {
      const own = this.#switches.filter(({ from }) => from === at);
      const ownDrops = own.filter(({ isDrop }) => isDrop).length;
      drops += ownDrops;
      others += own.length - ownDrops;
      if (drops + others >= dashJs.sampleSize && drops / others > dashJs.switchPercentageThreshold)
        return at > 0 && ownDrops > 0 ? at - 1 : at;
    }
    return null;
  }

  loaded(rendition: number, answer: Answer, { bufferS }: Moment): void {
    this.#ignored = Math.max(0, this.#ignored - 1);
    const { askedMs, firstByteMs, endMs, bytes } = answer;
    this.#bola.loaded(rendition, askedMs, endMs, bufferS);
    const tookMs = endMs - firstByteMs;
    const throughput = throughputOf(bytes, tookMs);
    if (throughput === null) return;
    const weight = dashJs.weightDownloadTimeMultiplicationFactor * tookMs;
    this.#fast.add(weight, throughput);
    this.#slow.add(weight, throughput);
  }

  /** It tests no bandwidth. */
  tested(): void {}

  sought(): void {
    this.#ignored = dashJs.segmentIgnoreCount;
    this.#bola.sought();
  }

  throughput(): number | null {
    return lowerOf(this.#fast, this.#slow);
  }
}
