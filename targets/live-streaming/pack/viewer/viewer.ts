/**
 * A modelled viewer's player, as a state machine without a clock and without I/O. It learns the
 * time, the answers to its requests, and when its viewer seeks or leaves. It returns what it asks
 * and what happened. k6 and the simulation drive the same code.
 */
import { windowOf } from "../stream/reading/segments.ts";
import type { HlsMediaView, MediaView, StreamView } from "../stream/reading/views.ts";
import { Documents } from "./documents.ts";
import { Exchange } from "./exchange.ts";
import { Loading } from "./loading.ts";
import { type Changes, Playback } from "./playback.ts";
import { dashJsRules } from "./players/dash-js-rules.ts";
import { hlsJsRules } from "./players/hls-js-rules.ts";
import type { LiveEdge, PlayerRules } from "./players/rules.ts";
import type { Answer, Step } from "./requests.ts";
import { type Track, tracksOf } from "./track.ts";

export class Viewer {
  readonly #url: string;
  readonly #exchange: Exchange;
  readonly #documents: Documents;
  readonly #loading: Loading;
  #rules: PlayerRules;
  readonly #playback: Playback;
  #tracks: readonly Track[] = [];
  #stalls = 0;

  /** `url`: of the manifest, or of a playlist. Its name tells which player it is, until read. */
  constructor(url: string, nowMs: number) {
    this.#url = url;
    this.#rules = /\.mpd(?:$|[?#])/i.test(url) ? dashJsRules : hlsJsRules;
    this.#playback = new Playback(nowMs);
    this.#exchange = new Exchange(nowMs);
    const rules = (): PlayerRules => this.#rules;
    const tracks = (): readonly Track[] => this.#tracks;
    this.#documents = new Documents(this.#exchange, {
      get rules() {
        return rules();
      },
      begin: (...known) => this.#begin(...known),
      refreshed: () => {
        for (const track of this.#tracks) this.#loading.load(track);
      },
      arrived: (track) => {
        if (this.#playback.positionMs === null) this.#place();
        else this.#loading.load(track);
      },
      switchTo: (track, at) => this.#loading.switchTo(track, at),
      giveUp: (track, kind) => this.#loading.giveUp(track, kind),
      lost: () => this.#lost(),
    });
    this.#loading = new Loading(this.#exchange, this.#documents, {
      get rules() {
        return rules();
      },
      get tracks() {
        return tracks();
      },
      playback: this.#playback,
      edgeOf: (media) => this.#edgeOf(media),
      moveTo: (positionMs) => this.#seek(positionMs, false),
      changed: (changes) => this.#note(changes),
    });
  }

  get player(): string {
    return this.#rules.name;
  }

  get playback(): Playback {
    return this.#playback;
  }

  get isOver(): boolean {
    return this.#exchange.isOver;
  }

  /** Requests without an answer. */
  get inFlight(): number {
    return this.#exchange.inFlight;
  }

  get format(): "hls" | "dash" | null {
    return this.#documents.stream?.format ?? null;
  }

  get isLive(): boolean {
    return this.#mainMedia()?.ended !== true;
  }

  /** Measured throughput in bits per second, of the track with the most of it. */
  get throughput(): number | null {
    return this.#tracks[0]?.choice.throughput() ?? null;
  }

  /** How far behind live it plays, in ms; null before the start, or if the stream is not live. */
  get latencyMs(): number | null {
    const { positionMs, hasStarted } = this.#playback;
    const media = this.#mainMedia();
    if (positionMs === null || !hasStarted || media === null || media.ended) return null;
    const { serverMs } = this.#documents;
    if (media.format === "dash") return serverMs - media.manifest.availabilityStartMs - positionMs;
    if (media.dated) return serverMs - positionMs;
    const { nowMs, advancedMs } = this.#edgeOf(media);
    return windowOf(media, serverMs).toMs + nowMs - advancedMs - positionMs;
  }

  start(nowMs: number): Step {
    return this.#step(nowMs, () => this.#documents.askManifest(this.#url));
  }

  answered(nowMs: number, id: number, answer: Answer): Step {
    return this.#step(nowMs, () => this.#exchange.answer(id, answer));
  }

  woken(nowMs: number): Step {
    return this.#step(nowMs, () => {});
  }

  /** The viewer rewinds by so much, at most to what the stream keeps. */
  rewind(nowMs: number, byMs: number): Step {
    return this.#step(nowMs, () => {
      const { positionMs } = this.#playback;
      const media = this.#mainMedia();
      if (positionMs === null || media === null) return;
      const { fromMs } = windowOf(media, this.#documents.serverMs);
      this.#seek(Math.max(fromMs, positionMs - byMs), true);
    });
  }

  leave(nowMs: number): Step {
    return this.#step(nowMs, () => this.#end("left"));
  }

  #step(nowMs: number, act: () => void): Step {
    this.#exchange.advance(nowMs);
    if (this.isOver) act();
    else {
      this.#playback.advance(this.#exchange.nowMs);
      act();
      this.#exchange.runDue();
      this.#endIfDry();
    }
    // Otherwise a stall needs no look: it shows at the next answer.
    const ends = this.#tracks.some((one) => one.isFinished || one.isDead);
    return this.#exchange.take(ends ? this.#playback.emptyAtMs : null);
  }

  #end(why: "left" | "ended" | "failed"): void {
    if (this.isOver) return;
    const stallMs = this.#playback.openStallMs(this.#exchange.nowMs);
    if (stallMs !== null) this.#exchange.note({ what: "stall", forMs: stallMs, open: true });
    this.#exchange.end(why);
  }

  #note({ startedAfterMs, stalledForMs }: Changes): void {
    if (startedAfterMs !== undefined)
      this.#exchange.note({ what: "started", afterMs: startedAfterMs });
    if (stalledForMs === undefined) return;
    this.#stalls += 1;
    this.#exchange.note({ what: "stall", forMs: stalledForMs, open: false });
  }

  /** A player whose track is dead, or has nothing left, continues until its buffer is empty. */
  #endIfDry(): void {
    if (this.isOver || this.#tracks.length === 0 || this.#playback.leastAheadMs > 0) return;
    if (this.#tracks.some((one) => one.isDead)) this.#end("failed");
    else if (this.#tracks.every((one) => one.isFinished)) this.#end("ended");
  }

  #lost(): void {
    this.#exchange.note({ what: "failure", kind: "manifest", fatal: true });
    this.#end("failed");
  }

  #begin(stream: StreamView, media: HlsMediaView | undefined, answer: Answer): void {
    this.#rules = stream.format === "dash" ? dashJsRules : hlsJsRules;
    this.#tracks = tracksOf(stream, this.#rules);
    const [track] = this.#tracks;
    if (track === undefined) this.#lost();
    else if (stream.format === "dash") this.#documents.askClock(stream, () => this.#place());
    else if (media !== undefined) this.#documents.given(track, media, answer);
    else for (const one of this.#tracks) this.#documents.askPlaylist(one);
  }

  #mainMedia(): MediaView | null {
    const [track] = this.#tracks;
    return track === undefined ? null : this.#documents.mediaOf(track);
  }

  #edgeOf(media: MediaView): LiveEdge {
    const { serverMs: nowMs } = this.#documents;
    const advancedMs = this.#documents.advancedMs(this.#tracks[0]);
    return { media, nowMs, advancedMs, stalls: this.#stalls };
  }

  /** Once the first track's media are known, it is known where to play. */
  #place(): void {
    const media = this.#mainMedia();
    if (media === null) return;
    const positionMs = media.ended
      ? windowOf(media, this.#documents.serverMs).fromMs
      : this.#rules.livePositionMs(this.#edgeOf(media));
    const kinds = this.#tracks.map(({ kind }) => kind);
    this.#playback.place(positionMs, kinds, this.#rules.holeMs);
    for (const track of this.#tracks) {
      track.nextMs = positionMs;
      this.#loading.load(track);
    }
  }

  #seek(positionMs: number, byViewer: boolean): void {
    this.#note(this.#playback.seek(this.#exchange.nowMs, positionMs, byViewer));
    for (const track of this.#tracks) track.seek(positionMs);
    for (const track of this.#tracks) this.#loading.load(track);
  }
}
