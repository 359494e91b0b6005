/** Converts a player's reports into samples, for a real page or a model. */
import type { SampleSink } from "../../../../harness/metrics/samples.ts";
import { type Stall, StallWatch } from "./stalls.ts";

/** The interval at which a player is polled. */
export const playerTakenEveryMs = 500;

export interface AccountOptions {
  readonly sink: SampleSink;
  /** Distinguishes its samples from those of other players. */
  readonly name: string;
}

/** The observations since the last poll. Times are epoch ms of the same machine. */
export interface Seen {
  /** Epoch ms, media time in s, whether it is meant to move, seconds of media buffered ahead. */
  readonly ticks: readonly (readonly [
    atMs: number,
    mediaS: number,
    meantToMove: boolean,
    aheadS: number,
  ])[];
  readonly renditions: readonly (readonly [atMs: number, name: string | null])[];
  readonly errors: readonly (readonly [atMs: number, code: string, message: string])[];
  readonly rendered: string | null;
  readonly heightPx: number;
  readonly decodedFrames: number;
  readonly droppedFrames: number;
  readonly decodedAudioBytes: number;
  readonly clockOffsetMs: number | null;
  readonly atMs: number;
  readonly mediaS: number;
}

/** The player's state after its latest answer. */
export interface PlayerState {
  /** Null until the first picture moved. */
  readonly startupMs: number | null;
  readonly latencyMs: number;
  /** All ended stalls and the open one. */
  readonly stalls: readonly Stall[];
  readonly jumps: number;
  readonly rendition: string | null;
  readonly renditions: readonly string[];
  readonly errors: readonly string[];
  readonly decodedFrames: number;
  readonly droppedFrames: number;
  readonly decodedAudioBytes: number;
  readonly heightPx: number;
  /** The offset of the server's clock, as dash.js measured it; null if unknown. */
  readonly clockOffsetMs: number | null;
}

export class PlayerAccount {
  readonly #options: AccountOptions;
  readonly #watch: StallWatch;
  readonly #stalls: Stall[] = [];
  readonly #renditions: string[] = [];
  readonly #errors: string[] = [];
  readonly #startedMs: number;
  #latest: Seen | null = null;
  #readMs: number;
  #readStalledMs = 0;
  #started = false;

  constructor(options: AccountOptions, startedMs: number) {
    this.#options = options;
    this.#watch = new StallWatch(startedMs);
    this.#startedMs = startedMs;
    this.#readMs = startedMs;
  }

  /** Null: the page did not answer, so its picture counts as frozen. */
  add(taken: Seen | null, nowMs: number): void {
    for (const [atMs, mediaS, meantToMove, aheadS] of taken?.ticks ?? []) {
      const stall = this.#watch.see({ atMs, mediaS, meantToMove, aheadS });
      if (stall !== null) this.#stalled(stall);
    }
    for (const [, rendition] of taken?.renditions ?? [])
      if (rendition !== null) this.#renditions.push(rendition);
    for (const [atMs, code, message] of taken?.errors ?? []) {
      this.#errors.push(`${code}: ${message}`);
      this.#sample("player_errors", "event", { code }, atMs, 1);
    }
    this.#latest = taken ?? this.#latest;
    // An answer describes the moment at which it was given; silence describes the present.
    const readMs = taken?.atMs ?? nowMs;
    const sinceMs = readMs - this.#readMs;
    this.#readMs = readMs;
    const { startupMs } = this.#watch;
    if (startupMs === null) return;
    if (!this.#started)
      this.#sample(
        "player_startup_ms",
        "duration",
        { outcome: "started" },
        this.#startedMs + startupMs,
        startupMs,
      );
    this.#started = true;
    this.#gauges(taken, sinceMs);
  }

  /** Ends the observation. An open stall then counts. */
  close(): void {
    const nowMs = this.#readMs;
    if (!this.#started)
      this.#sample(
        "player_startup_ms",
        "duration",
        { outcome: "failed" },
        nowMs,
        nowMs - this.#startedMs,
      );
    const open = this.#watch.openAt(nowMs);
    if (open !== null) this.#stalled(open);
  }

  state(): PlayerState {
    const open = this.#watch.openAt(this.#readMs);
    const {
      clockOffsetMs,
      decodedFrames,
      droppedFrames,
      decodedAudioBytes,
      heightPx,
      rendered,
      atMs,
      mediaS,
    } = this.#latest ?? nothing;
    return {
      startupMs: this.#watch.startupMs,
      latencyMs: atMs - 1000 * mediaS,
      jumps: this.#watch.jumps,
      rendition: rendered,
      renditions: [...this.#renditions],
      stalls:
        open === null || this.#stalls.at(-1)?.fromMs === open.fromMs
          ? [...this.#stalls]
          : [...this.#stalls, open],
      errors: [...this.#errors],
      decodedFrames,
      droppedFrames,
      decodedAudioBytes,
      heightPx,
      clockOffsetMs,
    };
  }

  /** A stall belongs to the phase in which it began. */
  #stalled(stall: Stall): void {
    this.#stalls.push(stall);
    this.#sample(
      "player_stall_ms",
      "event",
      { state: stall.open ? "open" : "ended", cause: stall.starved ? "buffer" : "device" },
      stall.fromMs,
      stall.forMs,
    );
  }

  #gauges(taken: Seen | null, sinceMs: number): void {
    const stalledMs = this.#watch.stalledMs(this.#readMs);
    const share = Math.min(
      1,
      Math.max(0, (stalledMs - this.#readStalledMs) / Math.max(1, sinceMs)),
    );
    this.#sample("player_rebuffer_ratio", "gauge", {}, this.#readMs, share);
    this.#readStalledMs = stalledMs;
    if (taken === null) return;
    if (share === 0)
      this.#sample("player_stall_ms", "event", { state: "none", cause: "buffer" }, taken.atMs, 0);
    this.#sample("player_latency_ms", "gauge", {}, taken.atMs, taken.atMs - 1000 * taken.mediaS);
    if (taken.rendered !== null)
      this.#sample("player_height_px", "gauge", {}, taken.atMs, taken.heightPx);
  }

  #sample(
    metric: string,
    kind: "duration" | "event" | "gauge",
    tags: Readonly<Record<string, string>>,
    atMs: number,
    value: number,
  ): void {
    const { sink, name } = this.#options;
    sink.sample(sink.series({ metric, kind, tags: { ...tags, player: name } }), atMs, value);
  }
}

const nothing = {
  clockOffsetMs: null,
  decodedFrames: 0,
  droppedFrames: 0,
  decodedAudioBytes: 0,
  heightPx: 0,
  rendered: null,
  atMs: 0,
  mediaS: 0,
} as const;
