/**
 * A modelled viewer's player, as a state machine without a clock and without I/O. It learns the
 * time, the answers to its requests, and when its viewer seeks or leaves. It returns what it asks
 * and what happened. k6 and the simulation drive the same code.
 */
import { absolute } from "../stream/reading/addresses.ts";
import { reloadOfManifest, reloadOfMedia } from "../stream/reading/reload.ts";
import { mediaOf, readMedia, readStream } from "../stream/reading/read-stream.ts";
import { isLast, segmentAt, windowOf } from "../stream/reading/segments.ts";
import { UnreadableStream } from "../stream/reading/unreadable.ts";
import type {
  HlsMediaView,
  MediaView,
  Resource,
  SegmentView,
  StreamView,
} from "../stream/reading/views.ts";
import { otherThan } from "./choosing/choice.ts";
import { type Changes, Playback } from "./playback.ts";
import { dashJsRules } from "./players/dash-js-rules.ts";
import { hlsJsRules } from "./players/hls-js-rules.ts";
import type { LiveEdge, PlayerRules } from "./players/rules.ts";
import type { Answer, Noted, RequestKind, Step, Wanted, Why } from "./requests.ts";
import { type Track, tracksOf } from "./track.ts";

/** HLS: what is known of one media playlist. */
interface Playlist {
  readonly rendition: string;
  text?: string;
  view?: HlsMediaView;
  /** When it was asked for last, and when it last brought something new. */
  askedMs: number;
  advancedMs: number;
  isAsked: boolean;
  failures: number;
}

/** Ends of segments and starts of the next differ by rounding. */
const roundedMs = 5;

type Fields = Omit<Wanted, "id" | "timeoutMs" | "isText">;

export class Viewer {
  readonly #url: string;
  #rules: PlayerRules;
  #playback: Playback;
  #nowMs: number;
  #stream: StreamView | null = null;
  #tracks: readonly Track[] = [];
  readonly #playlists = new Map<string, Playlist>();
  /** DASH: the renditions of the manifest in force. */
  #medias = new Map<string, MediaView>();
  #manifestText = "";
  #manifestFailures = 0;
  #stalls = 0;
  /** The server's clock less this one's. */
  #offsetMs = 0;
  #why: Why | null = null;
  #lastId = 0;
  readonly #open = new Map<number, (answer: Answer) => void>();
  readonly #timers = new Map<string, { readonly atMs: number; readonly run: () => void }>();
  #requests: Wanted[] = [];
  #noted: Noted[] = [];

  /** `url`: of the manifest, or of a playlist. */
  constructor(url: string, nowMs: number) {
    this.#url = url;
    this.#nowMs = nowMs;
    this.#rules = /\.mpd(?:$|[?#])/i.test(url) ? dashJsRules : hlsJsRules;
    this.#playback = new Playback(nowMs, this.#rules.holeMs);
  }

  get player(): string {
    return this.#rules.name;
  }

  get playback(): Playback {
    return this.#playback;
  }

  get isOver(): boolean {
    return this.#why !== null;
  }

  /** Requests without an answer. */
  get inFlight(): number {
    return this.#open.size;
  }

  get format(): "hls" | "dash" | null {
    return this.#stream?.format ?? null;
  }

  get isLive(): boolean {
    const media = this.#mainMedia();
    return media === null || !media.ended;
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
    const serverMs = this.#serverMs;
    if (media.format === "dash") return serverMs - media.manifest.availabilityStartMs - positionMs;
    if (media.dated) return serverMs - positionMs;
    const edge = this.#edgeOf(media);
    return windowOf(media, serverMs).toMs + edge.nowMs - edge.advancedMs - positionMs;
  }

  start(nowMs: number): Step {
    return this.#step(nowMs, () => this.#askManifest(this.#url));
  }

  answered(nowMs: number, id: number, answer: Answer): Step {
    return this.#step(nowMs, () => {
      const use = this.#open.get(id);
      this.#open.delete(id);
      if (!this.isOver) use?.(answer);
    });
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
      const { fromMs } = windowOf(media, this.#serverMs);
      this.#seek(Math.max(fromMs, positionMs - byMs), true);
    });
  }

  leave(nowMs: number): Step {
    return this.#step(nowMs, () => this.#end("left"));
  }

  get #serverMs(): number {
    return this.#nowMs + this.#offsetMs;
  }

  #step(nowMs: number, act: () => void): Step {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    if (this.isOver) act();
    else {
      this.#playback.advance(this.#nowMs);
      act();
      this.#runTimers();
      this.#endIfDry();
    }
    const [requests, noted] = [this.#requests, this.#noted];
    this.#requests = [];
    this.#noted = [];
    return { requests, noted, wakeAtMs: this.#wakeAtMs() };
  }

  #runTimers(): void {
    for (;;) {
      const due = [...this.#timers].find(([, { atMs }]) => atMs <= this.#nowMs);
      if (due === undefined || this.isOver) return;
      this.#timers.delete(due[0]);
      due[1].run();
    }
  }

  #wakeAtMs(): number | null {
    if (this.isOver) return null;
    const times = [...this.#timers.values()].map(({ atMs }) => atMs);
    const { emptyAtMs } = this.#playback;
    // Otherwise a stall needs no look: it shows at the next answer.
    if (emptyAtMs !== null && this.#tracks.some((one) => one.isFinished || one.isDead))
      times.push(emptyAtMs);
    return times.length === 0 ? null : Math.min(...times);
  }

  #later(name: string, afterMs: number, run: () => void): void {
    this.#timers.set(name, { atMs: this.#nowMs + Math.max(0, afterMs), run });
  }

  #ask(wanted: Fields, isText: boolean, use: (answer: Answer) => void): void {
    const id = ++this.#lastId;
    this.#open.set(id, use);
    this.#requests.push({
      ...wanted,
      id,
      isText,
      timeoutMs: this.#rules.timeoutMs(wanted.kind),
    });
  }

  #end(why: Why): void {
    if (this.isOver) return;
    const stallMs = this.#playback.openStallMs(this.#nowMs);
    if (stallMs !== null) this.#noted.push({ what: "stall", forMs: stallMs, open: true });
    this.#noted.push({ what: "over", why });
    this.#why = why;
    this.#timers.clear();
  }

  #note({ startedAfterMs, stalledForMs }: Changes): void {
    if (startedAfterMs !== undefined)
      this.#noted.push({ what: "started", afterMs: startedAfterMs });
    if (stalledForMs === undefined) return;
    this.#stalls += 1;
    this.#noted.push({ what: "stall", forMs: stalledForMs, open: false });
  }

  /** A player whose track is dead, or has nothing left, continues until its buffer is empty. */
  #endIfDry(): void {
    if (this.isOver || this.#tracks.length === 0 || this.#playback.leastAheadMs > 0) return;
    if (this.#tracks.some((one) => one.isDead)) this.#end("failed");
    else if (this.#tracks.every((one) => one.isFinished)) this.#end("ended");
  }

  #askManifest(url: string): void {
    const askedMs = this.#nowMs;
    this.#ask({ kind: "manifest", url }, true, (answer) => {
      const reading = answer.status === 200 ? this.#readManifest(url, answer) : null;
      if (reading === null) {
        this.#manifestFailures += 1;
        const next = this.#rules.afterFailure({
          kind: "manifest",
          failures: this.#manifestFailures,
          status: answer.status,
          timedOut: answer.timedOut === true,
          isNewest: false,
          canSwitch: false,
        });
        if (next.do === "retry")
          this.#later("manifest", next.afterMs, () => this.#askManifest(url));
        else {
          this.#noted.push({ what: "failure", kind: "manifest", fatal: true });
          this.#end("failed");
        }
        return;
      }
      this.#manifestFailures = 0;
      const reload = reading.format === "dash" ? reloadOfManifest(reading) : null;
      if (reload !== null)
        this.#later("manifest", askedMs + reload.afterMs - this.#nowMs, () =>
          this.#askManifest(reload.url),
        );
    });
  }

  /** Null for a text that is no stream. One that did not change is not parsed again. */
  #readManifest(url: string, answer: Answer): StreamView | null {
    const text = answer.text ?? "";
    if (this.#stream !== null && text === this.#manifestText) return this.#stream;
    try {
      const known = this.#stream ?? undefined;
      const { stream, media } = readStream(text, answer.url ?? url, known);
      this.#manifestText = text;
      this.#medias.clear();
      const isFirst = this.#stream === null;
      this.#stream = stream;
      if (isFirst) this.#begin(stream, media, answer);
      else for (const track of this.#tracks) this.#load(track);
      return stream;
    } catch (error) {
      if (error instanceof UnreadableStream) return null;
      throw error;
    }
  }

  #begin(stream: StreamView, media: HlsMediaView | undefined, answer: Answer): void {
    this.#rules = stream.format === "dash" ? dashJsRules : hlsJsRules;
    this.#tracks = tracksOf(stream, this.#rules);
    if (this.#tracks.length === 0) {
      this.#noted.push({ what: "failure", kind: "manifest", fatal: true });
      this.#end("failed");
      return;
    }
    if (stream.format === "dash") {
      this.#askClock(stream, () => this.#place());
      return;
    }
    const [track] = this.#tracks;
    if (media !== undefined && track !== undefined) {
      const playlist = this.#playlistOf(track.rendition.id);
      playlist.text = answer.text ?? "";
      playlist.askedMs = answer.askedMs;
      this.#use(track, playlist, media);
    } else for (const one of this.#tracks) this.#askPlaylist(one);
  }

  /** DASH: the first clock that a request can read; without an answer, its own. */
  #askClock({ manifest, url }: StreamView, done: () => void): void {
    const clock = manifest?.clocks.find(({ scheme }) => /:http-(?:iso|xsdate):/.test(scheme));
    if (clock === undefined || manifest?.dynamic !== true) {
      done();
      return;
    }
    this.#ask({ kind: "clock", url: absolute(url, clock.value) }, true, ({ status, text }) => {
      const serverMs = status === 200 ? Date.parse((text ?? "").trim()) : Number.NaN;
      if (Number.isFinite(serverMs)) this.#offsetMs = serverMs - this.#nowMs;
      done();
    });
  }

  #playlistOf(rendition: string): Playlist {
    const known = this.#playlists.get(rendition);
    if (known !== undefined) return known;
    const made: Playlist = {
      rendition,
      askedMs: this.#nowMs,
      advancedMs: this.#nowMs,
      isAsked: false,
      failures: 0,
    };
    this.#playlists.set(rendition, made);
    return made;
  }

  #askPlaylist(track: Track, url = track.rendition.url): void {
    const { rendition } = track;
    const playlist = this.#playlistOf(rendition.id);
    if (playlist.isAsked || track.isDead) return;
    playlist.isAsked = true;
    playlist.askedMs = this.#nowMs;
    const wanted = { kind: "playlist", url, track: track.kind, rendition: rendition.id } as const;
    this.#ask(wanted, true, (answer) => {
      playlist.isAsked = false;
      const view = answer.status === 200 ? this.#readPlaylist(playlist, url, answer) : null;
      if (view !== null) this.#use(track, playlist, view);
      else if (track.rendition.id === rendition.id) this.#playlistFailed(track, playlist, answer);
    });
  }

  #readPlaylist(playlist: Playlist, url: string, answer: Answer): HlsMediaView | null {
    const text = answer.text ?? "";
    if (playlist.view !== undefined && text === playlist.text) return playlist.view;
    const others = [...this.#playlists.values()].flatMap(({ view }) => view ?? []);
    const [alignWith] = others;
    try {
      const view = readMedia(text, answer.url ?? url, {
        ...(playlist.view === undefined ? {} : { previous: playlist.view }),
        ...(alignWith === undefined ? {} : { alignWith }),
        ...(this.#stream?.variables === undefined ? {} : { variables: this.#stream.variables }),
      });
      playlist.text = text;
      return view;
    } catch (error) {
      if (error instanceof UnreadableStream) return null;
      throw error;
    }
  }

  #playlistFailed(track: Track, playlist: Playlist, { status, timedOut }: Answer): void {
    playlist.failures += 1;
    track.refused.add(track.at);
    const other = otherThan(track.at, track.renditions.length, track.refused);
    const next = this.#rules.afterFailure({
      kind: "playlist",
      failures: playlist.failures,
      status,
      timedOut: timedOut === true,
      isNewest: false,
      canSwitch: other !== null,
    });
    if (next.do === "retry")
      this.#later(`playlist ${track.kind}`, next.afterMs, () => this.#askPlaylist(track));
    else if (next.do === "switch" && other !== null) this.#switchTo(track, other);
    else this.#giveUp(track, "playlist");
  }

  #use(track: Track, playlist: Playlist, view: HlsMediaView): void {
    playlist.failures = 0;
    const { view: before } = playlist;
    if (before !== view) playlist.advancedMs = this.#nowMs;
    const reload = reloadOfMedia(before, view, false);
    playlist.view = view;
    if (track.rendition.id !== playlist.rendition) return;
    if (reload !== null)
      this.#later(`playlist ${track.kind}`, playlist.askedMs + reload.afterMs - this.#nowMs, () =>
        this.#askPlaylist(track, reload.url),
      );
    if (this.#playback.positionMs === null) this.#place();
    else this.#load(track);
  }

  /** Of the rendition that a track loads; null as long as nothing is known of it. */
  #mediaOf({ rendition }: Track): MediaView | null {
    if (this.#stream?.format === "hls") return this.#playlists.get(rendition.id)?.view ?? null;
    const known = this.#medias.get(rendition.id);
    if (known !== undefined) return known;
    if (this.#stream === null) return null;
    const made = mediaOf(this.#stream, rendition.id);
    this.#medias.set(rendition.id, made);
    return made;
  }

  #mainMedia(): MediaView | null {
    const [track] = this.#tracks;
    return track === undefined ? null : this.#mediaOf(track);
  }

  #edgeOf(media: MediaView): LiveEdge {
    const [track] = this.#tracks;
    const advancedMs =
      (track === undefined ? undefined : this.#playlists.get(track.rendition.id)?.advancedMs) ??
      this.#nowMs;
    return {
      media,
      nowMs: this.#serverMs,
      advancedMs: advancedMs + this.#offsetMs,
      stalls: this.#stalls,
    };
  }

  /** Once the first track's media are known, it is known where to play. */
  #place(): void {
    const media = this.#mainMedia();
    if (media === null) return;
    const positionMs = media.ended
      ? windowOf(media, this.#serverMs).fromMs
      : this.#rules.livePositionMs(this.#edgeOf(media));
    this.#playback.place(
      positionMs,
      this.#tracks.map(({ kind }) => kind),
    );
    for (const track of this.#tracks) {
      track.nextMs = positionMs;
      this.#load(track);
    }
  }

  #seek(positionMs: number, byViewer: boolean): void {
    this.#note(this.#playback.seek(this.#nowMs, positionMs, byViewer));
    for (const track of this.#tracks) track.seek(positionMs);
    for (const track of this.#tracks) this.#load(track);
  }

  /** Loads what comes next, or looks again later. */
  #load(track: Track): void {
    if (this.isOver || track.isBusy || track.isDead || track.isFinished) return;
    if (this.#playback.positionMs === null) return;
    const media = this.#mediaOf(track);
    if (media === null) {
      this.#askPlaylist(track);
      return;
    }
    const segment = segmentAt(media, track.nextMs + roundedMs);
    if (segment === null) {
      this.#loadNone(track, media);
      return;
    }
    if (!track.isTest && !this.#wantsMore(track, segment)) {
      this.#again(track, this.#rules.tickMs);
      return;
    }
    if (segment.gap) {
      track.nextMs = segment.startMs + segment.durationMs;
      this.#load(track);
      return;
    }
    const { tickMs } = this.#rules;
    const untilMs = (segment.availableMs ?? 0) - this.#serverMs;
    if (untilMs > 0) {
      this.#again(track, Math.ceil(untilMs / tickMs) * tickMs);
      return;
    }
    if (!track.isChosen) {
      track.isChosen = true;
      const chosen = track.choice.next(track.at, this.#momentOf(track, segment));
      if (chosen !== track.at) {
        this.#switchTo(track, chosen);
        return;
      }
    }
    this.#fetch(track, segment, media);
  }

  #again(track: Track, afterMs: number): void {
    this.#later(`load ${track.kind}`, afterMs, () => this.#load(track));
  }

  /** Nothing is listed for where it is: nothing follows, nothing yet, or nothing any more. */
  #loadNone(track: Track, media: MediaView): void {
    const { fromMs, oldest, newest } = windowOf(media, this.#serverMs);
    if (oldest !== undefined && track.nextMs + roundedMs < fromMs) {
      const positionMs = this.#rules.lostPositionMs(this.#edgeOf(media), oldest);
      if (positionMs > track.nextMs) {
        this.#seek(positionMs, false);
        return;
      }
    }
    const isDone =
      newest === undefined ? media.ended : track.nextMs > newest.startMs && isLast(media, newest);
    if (isDone) track.isFinished = true;
    // Of HLS, the next playlist brings more.
    else if (media.format === "dash") this.#again(track, this.#rules.tickMs);
  }

  #wantsMore(track: Track, { durationMs }: SegmentView): boolean {
    const video = this.#tracks.find(({ kind }) => kind === "video");
    return this.#rules.wantsMore({
      track: track.kind,
      aheadMs: this.#playback.aheadMs(track.kind),
      videoAheadMs: video === undefined ? null : this.#playback.aheadMs("video"),
      segmentMs: durationMs,
      bitsPerSecond: track.rendition.bandwidth,
      isTop: track.isTop,
    });
  }

  #momentOf(track: Track, { durationMs }: SegmentView) {
    return {
      nowMs: this.#nowMs,
      bufferS: this.#playback.aheadMs(track.kind) / 1_000,
      segmentS: durationMs / 1_000,
      isStalled: this.#playback.condition === "stalled",
    };
  }

  #switchTo(track: Track, at: number): void {
    const [from, to] = [track.rendition, track.renditions[at]];
    if (to === undefined || at === track.at) return;
    if (this.#playback.hasStarted)
      this.#noted.push({
        what: "switch",
        track: track.kind,
        from: from.id,
        to: to.id,
        direction: at > track.at ? "up" : "down",
      });
    track.at = at;
    track.isChosen = true;
    if (!this.#rules.keepsInits) track.held.clear();
    // Live, a playlist that was left is out of date.
    if (this.#stream?.format === "hls" && this.#mediaOf(track)?.ended !== true)
      this.#askPlaylist(track);
    else this.#load(track);
  }

  /** What a segment needs comes first: its initialisation, and its key. */
  #fetch(track: Track, segment: SegmentView, media: MediaView): void {
    const { init, key } = segment;
    const keyOf = ({ url, range }: Resource): string => `${url} ${range?.offset ?? ""}`;
    if (init !== undefined && !track.isTest && !track.held.has(keyOf(init)))
      this.#fetchPart(track, "init", init, () => track.held.add(keyOf(init)));
    else if (key?.url !== undefined && !track.held.has(key.url)) {
      const { url } = key;
      this.#fetchPart(track, "key", { url }, () => track.held.add(url));
    } else this.#fetchMedia(track, segment, media);
  }

  #fetchPart(track: Track, kind: "init" | "key", resource: Resource, use: () => void): void {
    track.isBusy = true;
    const { turn, rendition } = track;
    const { url, range } = resource;
    this.#ask(
      {
        kind,
        url,
        ...(range === undefined ? {} : { range }),
        track: track.kind,
        rendition: rendition.id,
      },
      false,
      (answer) => {
        if (track.turn !== turn) return;
        track.isBusy = false;
        if (!isWhole(answer)) {
          this.#failed(track, kind, answer, false);
          return;
        }
        use();
        this.#load(track);
      },
    );
  }

  #fetchMedia(track: Track, segment: SegmentView, media: MediaView): void {
    track.isBusy = true;
    const { turn, at, rendition, isTest } = track;
    const { url, range, sequence, startMs, durationMs } = segment;
    this.#ask(
      {
        kind: "segment",
        url,
        ...(range === undefined ? {} : { range }),
        track: track.kind,
        rendition: rendition.id,
        sequence,
        durationMs,
        bitsPerSecond: rendition.bandwidth,
        topBitsPerSecond: track.topBitsPerSecond,
      },
      false,
      (answer) => {
        if (track.turn !== turn) return;
        track.isBusy = false;
        if (!isWhole(answer)) {
          const { newest } = windowOf(media, this.#serverMs);
          this.#failed(track, "segment", answer, newest?.sequence === sequence, segment);
          return;
        }
        if (isTest) {
          track.isTest = false;
          track.isChosen = false;
          track.choice.tested(answer);
        } else {
          track.choice.loaded(at, answer, this.#momentOf(track, segment));
          track.loaded(segment);
          const bitsPerSecond = rendition.averageBandwidth ?? rendition.bandwidth;
          this.#note(
            this.#playback.add(this.#nowMs, track.kind, {
              fromMs: startMs,
              untilMs: startMs + durationMs,
              bitsPerSecond,
            }),
          );
        }
        this.#load(track);
      },
    );
  }

  #failed(
    track: Track,
    kind: "init" | "key" | "segment",
    { status, timedOut }: Answer,
    isNewest: boolean,
    segment?: SegmentView,
  ): void {
    track.failures += 1;
    const refused = new Set([...track.refused, track.at]);
    const other = otherThan(track.at, track.renditions.length, refused);
    const next = this.#rules.afterFailure({
      kind,
      failures: track.failures,
      status,
      timedOut: timedOut === true,
      isNewest,
      canSwitch: other !== null,
    });
    if (next.do === "retry") {
      track.isBusy = true;
      const { turn } = track;
      this.#later(`load ${track.kind}`, next.afterMs, () => {
        if (track.turn === turn) track.isBusy = false;
        this.#load(track);
      });
    } else if (next.do === "switch" && other !== null) {
      track.refused.add(track.at);
      this.#switchTo(track, other);
    } else if (next.do === "skip" && segment !== undefined) {
      this.#noted.push({ what: "failure", kind, fatal: false });
      track.loaded(segment);
      this.#load(track);
    } else this.#giveUp(track, kind);
  }

  #giveUp(track: Track, kind: RequestKind): void {
    track.isDead = true;
    this.#noted.push({ what: "failure", kind, fatal: true });
  }
}

/** A range that is answered in part is what was asked for. */
function isWhole({ status }: Answer): boolean {
  return status === 200 || status === 206;
}
