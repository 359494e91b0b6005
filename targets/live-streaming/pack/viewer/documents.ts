/**
 * The texts that a player follows: the manifest and its clock, or the playlists of what it loads.
 * Each is asked for again when it is due. One that did not change is not parsed again.
 */
import { absolute } from "../stream/reading/addresses.ts";
import { reloadOfManifest, reloadOfMedia } from "../stream/reading/reload.ts";
import { mediaOf, readMedia, readStream } from "../stream/reading/read-stream.ts";
import { UnreadableStream } from "../stream/reading/unreadable.ts";
import type { HlsMediaView, MediaView, StreamView } from "../stream/reading/views.ts";
import { otherThan } from "./choosing/choice.ts";
import type { Exchange } from "./exchange.ts";
import { dashJs } from "./players/dash-js.ts";
import type { PlayerRules } from "./players/rules.ts";
import type { Answer, RequestKind } from "./requests.ts";
import type { Track } from "./track.ts";

const driftMsMax = dashJs.maximumAllowedDriftMs;

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

export interface DocumentsHost {
  readonly rules: PlayerRules;
  /** The stream is known. `media`: the text was a media playlist itself. */
  begin(stream: StreamView, media: HlsMediaView | undefined, answer: Answer): void;
  /** There is news for all tracks, or for one. */
  refreshed(): void;
  arrived(track: Track): void;
  switchTo(track: Track, at: number): void;
  giveUp(track: Track, kind: RequestKind): void;
  /** Without a manifest there is nothing to play. */
  lost(): void;
}

export class Documents {
  readonly #exchange: Exchange;
  readonly #host: DocumentsHost;
  #stream: StreamView | null = null;
  /** DASH: the renditions of the manifest in force. */
  readonly #medias = new Map<string, MediaView>();
  readonly #playlists = new Map<string, Playlist>();
  #text = "";
  #failures = 0;
  /** The server's clock less this one's. */
  #offsetMs = 0;
  /** The address of the clock that answered, and when it was checked last. */
  #clock: string | null = null;
  #checkedMs = Number.NEGATIVE_INFINITY;

  constructor(exchange: Exchange, host: DocumentsHost) {
    this.#exchange = exchange;
    this.#host = host;
  }

  get stream(): StreamView | null {
    return this.#stream;
  }

  get serverMs(): number {
    return this.#exchange.nowMs + this.#offsetMs;
  }

  askManifest(url: string): void {
    const askedMs = this.#exchange.nowMs;
    this.#ask("manifest", { url }, (answer) => {
      const stream = answer.status === 200 ? this.#readManifest(url, answer) : null;
      if (stream === null) {
        this.#manifestFailed(url, answer);
        return;
      }
      this.#failures = 0;
      const reload = stream.format === "dash" ? reloadOfManifest(stream) : null;
      if (reload !== null)
        this.#exchange.later("manifest", askedMs + reload.afterMs - this.#exchange.nowMs, () =>
          this.askManifest(reload.url),
        );
    });
  }

  #ask(
    kind: RequestKind,
    wanted: { readonly url: string; readonly track?: Track },
    use: (answer: Answer) => void,
  ): void {
    const { url, track } = wanted;
    const timeoutMs = this.#host.rules.timeoutMs(kind);
    const of = track === undefined ? {} : { track: track.kind, rendition: track.rendition.id };
    this.#exchange.ask({ kind, url, ...of, timeoutMs, isText: true }, use);
  }

  #manifestFailed(url: string, { status, timedOut }: Answer): void {
    this.#failures += 1;
    const next = this.#host.rules.afterFailure({
      kind: "manifest",
      failures: this.#failures,
      status,
      timedOut: timedOut === true,
      isNewest: false,
      canSwitch: false,
    });
    if (next.do === "retry")
      this.#exchange.later("manifest", next.afterMs, () => this.askManifest(url));
    else this.#host.lost();
  }

  /** Null for a text that is no stream. */
  #readManifest(url: string, answer: Answer): StreamView | null {
    const text = answer.text ?? "";
    if (this.#stream !== null && text === this.#text) return this.#stream;
    const known = this.#stream ?? undefined;
    const found = readable(() => readStream(text, answer.url ?? url, known));
    if (found === null) return null;
    this.#text = text;
    this.#medias.clear();
    this.#stream = found.stream;
    if (known === undefined) this.#host.begin(found.stream, found.media, answer);
    else this.#host.refreshed();
    return found.stream;
  }

  /** DASH: the first clock that a request can read; without an answer, its own. */
  askClock({ manifest, url }: StreamView, done: () => void): void {
    const clock = manifest?.clocks.find(({ scheme }) => /:http-(?:iso|xsdate):/.test(scheme));
    if (clock === undefined || manifest?.dynamic !== true) {
      done();
      return;
    }
    const address = absolute(url, clock.value);
    this.#ask("clock", { url: address }, (answer) => {
      const offsetMs = offsetIn(answer);
      if (offsetMs !== null) {
        this.#offsetMs = offsetMs;
        this.#clock = address;
        this.checkClock();
      }
      done();
    });
  }

  /** Whether the clock still says the same: after a failure, its own may be wrong. */
  checkClock(): void {
    const { clockChecks, clockChecksApartMs } = this.#host.rules;
    const { nowMs } = this.#exchange;
    if (clockChecks === 0 || nowMs - this.#checkedMs < clockChecksApartMs) return;
    this.#checkedMs = nowMs;
    this.#checkAgain(clockChecks);
  }

  #checkAgain(times: number): void {
    if (times === 0 || this.#clock === null) return;
    this.#ask("clock", { url: this.#clock }, (answer) => {
      const offsetMs = offsetIn(answer);
      if (offsetMs === null) return;
      if (Math.abs(offsetMs - this.#offsetMs) > driftMsMax) this.#offsetMs = offsetMs;
      this.#checkAgain(times - 1);
    });
  }

  /** Of the rendition that a track loads; null as long as nothing is known of it. */
  mediaOf({ rendition }: Track): MediaView | null {
    if (this.#stream?.format === "hls") return this.#playlists.get(rendition.id)?.view ?? null;
    const known = this.#medias.get(rendition.id);
    if (known !== undefined) return known;
    if (this.#stream === null) return null;
    const made = mediaOf(this.#stream, rendition.id);
    this.#medias.set(rendition.id, made);
    return made;
  }

  /** When its playlist last brought something new, by the server's clock. */
  advancedMs(track: Track | undefined): number {
    const playlist = track === undefined ? undefined : this.#playlists.get(track.rendition.id);
    return (playlist?.advancedMs ?? this.#exchange.nowMs) + this.#offsetMs;
  }

  #playlistOf(rendition: string): Playlist {
    const known = this.#playlists.get(rendition);
    if (known !== undefined) return known;
    const { nowMs } = this.#exchange;
    const made = { rendition, askedMs: nowMs, advancedMs: nowMs, isAsked: false, failures: 0 };
    this.#playlists.set(rendition, made);
    return made;
  }

  /** What was asked for as a stream was a playlist of segments. */
  given(track: Track, media: HlsMediaView, { text = "", askedMs }: Answer): void {
    const playlist = this.#playlistOf(track.rendition.id);
    playlist.text = text;
    playlist.askedMs = askedMs;
    this.#use(track, playlist, media);
  }

  askPlaylist(track: Track, url = track.rendition.url): void {
    const { rendition } = track;
    const playlist = this.#playlistOf(rendition.id);
    if (playlist.isAsked || track.isDead) return;
    playlist.isAsked = true;
    playlist.askedMs = this.#exchange.nowMs;
    this.#ask("playlist", { url, track }, (answer) => {
      playlist.isAsked = false;
      const view = answer.status === 200 ? this.#readPlaylist(playlist, url, answer) : null;
      if (view !== null) this.#use(track, playlist, view);
      else if (track.rendition.id === rendition.id) this.#playlistFailed(track, playlist, answer);
    });
  }

  #readPlaylist(playlist: Playlist, url: string, answer: Answer): HlsMediaView | null {
    const text = answer.text ?? "";
    const { view: previous } = playlist;
    if (previous !== undefined && text === playlist.text) return previous;
    const [alignWith] = [...this.#playlists.values()].flatMap(({ view }) => view ?? []);
    const variables = this.#stream?.variables;
    const found = readable(() =>
      readMedia(text, answer.url ?? url, {
        ...(previous === undefined ? {} : { previous }),
        ...(alignWith === undefined ? {} : { alignWith }),
        ...(variables === undefined ? {} : { variables }),
      }),
    );
    if (found !== null) playlist.text = text;
    return found;
  }

  #playlistFailed(track: Track, playlist: Playlist, { status, timedOut }: Answer): void {
    playlist.failures += 1;
    const refused = new Set([...track.refused, track.at]);
    const other = otherThan(track.at, track.renditions.length, refused);
    const next = this.#host.rules.afterFailure({
      kind: "playlist",
      failures: playlist.failures,
      status,
      timedOut: timedOut === true,
      isNewest: false,
      canSwitch: other !== null,
    });
    if (next.do === "retry")
      this.#exchange.later(`playlist ${track.kind}`, next.afterMs, () => this.askPlaylist(track));
    else if (next.do === "switch" && other !== null) {
      track.refused.add(track.at);
      this.#host.switchTo(track, other);
    } else this.#host.giveUp(track, "playlist");
  }

  #use(track: Track, playlist: Playlist, view: HlsMediaView): void {
    playlist.failures = 0;
    const { view: before } = playlist;
    if (before !== view) playlist.advancedMs = this.#exchange.nowMs;
    playlist.view = view;
    if (track.rendition.id !== playlist.rendition) return;
    const reload = reloadOfMedia(before, view, false);
    if (reload !== null)
      this.#exchange.later(
        `playlist ${track.kind}`,
        playlist.askedMs + reload.afterMs - this.#exchange.nowMs,
        () => this.askPlaylist(track, reload.url),
      );
    this.#host.arrived(track);
  }
}

/** The server's clock less this one's, in the middle of the request; null without a time. */
function offsetIn({ status, text = "", askedMs, endMs }: Answer): number | null {
  const serverMs = status === 200 ? Date.parse(text.trim()) : Number.NaN;
  return Number.isFinite(serverMs) ? serverMs - (askedMs + endMs) / 2 : null;
}

function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableStream) return null;
    throw error;
  }
}
