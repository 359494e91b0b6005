/**
 * A viewer's buffers and its playback clock. Time passes only by `advance`. Every moment from
 * the first request on is exactly one of waiting for the start, playing, stalled, or waiting after
 * the viewer's own seek.
 */
import type { TrackKind } from "./requests.ts";

export const conditions = ["starting", "playing", "stalled", "seeking"] as const;
export type Condition = (typeof conditions)[number];

/** A segment in the buffer, in ms of the presentation. */
export interface Loaded {
  readonly fromMs: number;
  readonly untilMs: number;
  /** The place of its rendition, from the lowest. */
  readonly rank: number;
  readonly bitsPerSecond: number;
}

/** What changed by what arrived, or by a seek. */
export interface Changes {
  /** From the first request to the first picture, once. */
  readonly startedAfterMs?: number;
  /** The length of a stall that has ended. */
  readonly stalledForMs?: number;
}

/** Ends of segments and starts of the next differ by rounding. */
export const roundedMs = 5;

export class Playback {
  /** A gap of at most this length is played over. */
  #holeMs = 0;
  readonly #buffers = new Map<TrackKind, Loaded[]>();
  readonly #spentMs: Record<Condition, number> = {
    starting: 0,
    playing: 0,
    stalled: 0,
    seeking: 0,
  };
  readonly #zeroMs: number;
  #condition: Condition = "starting";
  #atMs: number;
  #positionMs: number | null = null;
  #stalledSinceMs: number | null = null;
  #hasStarted = false;
  /** Bits per second × ms played, of all tracks together. */
  #playedBits = 0;

  constructor(nowMs: number) {
    this.#zeroMs = nowMs;
    this.#atMs = nowMs;
  }

  get condition(): Condition {
    return this.#condition;
  }

  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Null before anything is known of the stream. */
  get positionMs(): number | null {
    return this.#positionMs;
  }

  get spentMs(): Readonly<Record<Condition, number>> {
    return { ...this.#spentMs };
  }

  /** Of what was played; null before that. */
  get meanBitsPerSecond(): number | null {
    const { playing } = this.#spentMs;
    return playing > 0 ? this.#playedBits / playing : null;
  }

  /** In bits per second, of what plays now. */
  get bitsPerSecond(): number {
    const at = this.#positionMs ?? 0;
    let sum = 0;
    for (const loaded of this.#buffers.values())
      sum += (loaded.find(({ untilMs }) => untilMs > at) ?? loaded.at(-1))?.bitsPerSecond ?? 0;
    return sum;
  }

  /** Where playing begins, and the tracks that must all have media. */
  place(positionMs: number, tracks: readonly TrackKind[], holeMs: number): void {
    this.#positionMs = positionMs;
    this.#holeMs = holeMs;
    this.#buffers.clear();
    for (const track of tracks) this.#buffers.set(track, []);
  }

  /** The viewer's own wish, or the player's when it has fallen out of what the stream keeps. */
  seek(nowMs: number, positionMs: number, byViewer: boolean): Changes {
    this.advance(nowMs);
    this.#positionMs = positionMs;
    for (const track of this.#buffers.keys()) this.#buffers.set(track, []);
    if (!this.#hasStarted) return {};
    if (!byViewer) {
      this.#toStall(nowMs);
      return {};
    }
    this.#condition = "seeking";
    return this.#endOfStall(nowMs);
  }

  /** Media without a gap from the position on, of one track, in ms. */
  aheadMs(track: TrackKind): number {
    const at = this.#positionMs;
    if (at === null) return 0;
    let until = at;
    for (const { fromMs, untilMs } of this.#buffers.get(track) ?? [])
      if (fromMs <= until + this.#holeMs) until = Math.max(until, untilMs);
    return until - at;
  }

  /** Whether the segment from there on is buffered, in this rendition or a better one. */
  holds(track: TrackKind, fromMs: number, rank: number): boolean {
    const found = this.#buffers
      .get(track)
      ?.find((one) => Math.abs(one.fromMs - fromMs) <= roundedMs);
    return found !== undefined && found.rank >= rank;
  }

  /** Of the track that has the least. */
  get leastAheadMs(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const track of this.#buffers.keys()) least = Math.min(least, this.aheadMs(track));
    return Number.isFinite(least) ? least : 0;
  }

  /** Epoch ms at which nothing will be left to play; null unless it plays. */
  get emptyAtMs(): number | null {
    return this.#condition === "playing" ? this.#atMs + this.leastAheadMs : null;
  }

  /** Nothing that has passed changes a condition but for the end of what there is to play. */
  advance(nowMs: number): void {
    while (this.#atMs < nowMs) {
      const passedMs = nowMs - this.#atMs;
      if (this.#condition !== "playing") {
        this.#spentMs[this.#condition] += passedMs;
        this.#atMs = nowMs;
        return;
      }
      const aheadMs = this.leastAheadMs;
      if (aheadMs >= passedMs) {
        this.#play(passedMs);
        this.#atMs = nowMs;
        return;
      }
      this.#play(aheadMs);
      this.#atMs += aheadMs;
      if (!this.#jump()) this.#toStall(this.#atMs);
    }
  }

  #play(ms: number): void {
    if (ms <= 0 || this.#positionMs === null) return;
    this.#playedBits += this.bitsPerSecond * ms;
    this.#spentMs.playing += ms;
    this.#positionMs += ms;
    for (const [track, loaded] of this.#buffers) {
      // The last one stays, to tell what played.
      const first = loaded.findIndex(({ untilMs }) => untilMs > (this.#positionMs as number));
      if (first > 0) this.#buffers.set(track, loaded.slice(first));
    }
  }

  #toStall(nowMs: number): void {
    if (this.#condition === "stalled") return;
    this.#condition = "stalled";
    this.#stalledSinceMs = nowMs;
  }

  #endOfStall(nowMs: number): Changes {
    const since = this.#stalledSinceMs;
    this.#stalledSinceMs = null;
    return since === null ? {} : { stalledForMs: nowMs - since };
  }

  add(nowMs: number, track: TrackKind, loaded: Loaded): Changes {
    this.advance(nowMs);
    const own = this.#buffers.get(track);
    if (own === undefined) return {};
    // What is there already is replaced.
    const index = own.findIndex(({ untilMs }) => untilMs > loaded.fromMs + roundedMs);
    const isSame = index >= 0 && Math.abs((own[index]?.fromMs ?? 0) - loaded.fromMs) <= roundedMs;
    own.splice(index < 0 ? own.length : index, isSame ? 1 : 0, loaded);
    return this.#resume();
  }

  #resume(): Changes {
    if (this.#condition === "playing" || this.#positionMs === null || this.#buffers.size === 0)
      return {};
    if (this.leastAheadMs <= 0 && !this.#jump()) return {};
    const changes = this.#hasStarted
      ? this.#endOfStall(this.#atMs)
      : { startedAfterMs: this.#atMs - this.#zeroMs };
    this.#hasStarted = true;
    this.#condition = "playing";
    return changes;
  }

  /** Over a gap that no track fills any more: to where all have media. */
  #jump(): boolean {
    const at = this.#positionMs as number;
    let toMs = at;
    for (const loaded of this.#buffers.values()) {
      const next = loaded.find(({ untilMs }) => untilMs > at);
      if (next === undefined) return false;
      toMs = Math.max(toMs, next.fromMs);
    }
    this.#positionMs = toMs;
    if (toMs === at || this.leastAheadMs <= 0) {
      this.#positionMs = at;
      return false;
    }
    return true;
  }

  /** The stall that is open, in ms; null without one. */
  openStallMs(nowMs: number): number | null {
    return this.#stalledSinceMs === null ? null : nowMs - this.#stalledSinceMs;
  }
}
