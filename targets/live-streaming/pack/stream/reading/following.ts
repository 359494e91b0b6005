/**
 * Follows a stream: which document is asked for next, and what is known after its answer. It asks
 * for nothing itself. A generator yields what to ask for and takes the answer, so that k6 and Node
 * can each wait in their own way.
 */
import { mediaOf, readMedia, readStream } from "./read-stream.ts";
import { hasNews, reloadOfManifest, reloadOfMedia, withoutDirectives } from "./reload.ts";
import { longestMs, segmentAt, windowOf } from "./segments.ts";
import { UnreadableStream } from "./unreadable.ts";
import type { MediaView, RenditionView, SegmentView, StreamView } from "./views.ts";

/** What to ask for. */
export interface Document {
  readonly url: string;
}

/** `url`: after redirects. */
export interface Answered {
  readonly text: string;
  readonly url: string;
}

type Steps<T> = Generator<Document, T, Answered>;

interface Followed {
  readonly view: MediaView;
  /** Epoch ms of the last request, and of the last one with news. */
  readonly askedMs: number;
  readonly changedMs: number;
  /** Undefined if nothing changes any more. */
  readonly dueMs: number | undefined;
}

/** A playlist without news for so many target durations has stopped: a player's buffer is empty. */
const staleDurations = 3;

export class Following {
  readonly #start: string;
  readonly #nowMs: () => number;
  #stream: StreamView | null = null;
  #manifest: Omit<Followed, "view"> | null = null;
  readonly #medias = new Map<string, Followed>();

  /** `start`: the address of the playlist or manifest. `nowMs`: epoch ms by the server's clock. */
  constructor(start: string, nowMs: () => number) {
    this.#start = start;
    this.#nowMs = nowMs;
  }

  /** A document that was read gives the rest; a broken one is asked for again next time. */
  *renditions(): Steps<readonly RenditionView[]> {
    const stream = yield* this.#streamNow();
    return stream.renditions;
  }

  /** The newest view of a rendition; reloads it when the rules of its format say so. */
  *media(id: string): Steps<MediaView> {
    const stream = yield* this.#streamNow();
    const rendition = stream.renditions.find((one) => one.id === id);
    if (rendition === undefined)
      throw new UnreadableStream("gone", `it has no rendition ${id} any more`);
    if (stream.format === "dash") return mediaOf(stream, id);
    const known = this.#medias.get(id);
    const askedMs = this.#nowMs();
    if (known !== undefined && (known.dueMs === undefined || askedMs < known.dueMs))
      return known.view;
    const answer = yield { url: withoutDirectives(known?.view.url ?? rendition.url) };
    return this.#take(id, answer, askedMs);
  }

  /**
   * Whether a player at the live edge starves. The stream has ended, or its playlist has brought
   * nothing new for longer than a player's buffer lasts.
   */
  isOver(id: string): boolean {
    const stream = this.#stream;
    if (stream === null) return false;
    const view = stream.format === "dash" ? mediaOf(stream, id) : this.#medias.get(id)?.view;
    if (view === undefined) return false;
    if (view.ended) return true;
    const { newest } = windowOf(view, this.#nowMs());
    // By a formula, a segment that should be there and is not is missed by itself.
    if (newest === undefined || newest.availableMs !== undefined) return newest === undefined;
    const changedMs = (stream.format === "dash" ? this.#manifest : this.#medias.get(id))?.changedMs;
    return this.#nowMs() - (changedMs ?? this.#nowMs()) > staleDurations * longestMs(view);
  }

  *#streamNow(): Steps<StreamView> {
    const known = this.#stream;
    const manifest = this.#manifest;
    const askedMs = this.#nowMs();
    if (known !== null && (manifest?.dueMs === undefined || askedMs < manifest.dueMs)) return known;
    const answer = yield { url: known?.manifest?.location ?? known?.url ?? this.#start };
    const { stream, media } = readStream(answer.text, answer.url, known ?? undefined);
    if (known !== null && stream.format !== known.format)
      throw new UnreadableStream("malformed", `it was ${known.format} before`);
    this.#stream = stream;
    const only = stream.renditions[0];
    if (media !== undefined && only !== undefined) this.#take(only.id, answer, askedMs);
    if (stream.format === "dash") {
      const reload = reloadOfManifest(stream);
      const isNew = known === null || !sameEnd(known, stream, this.#nowMs());
      this.#manifest = {
        askedMs,
        changedMs: isNew ? askedMs : (manifest?.changedMs ?? askedMs),
        dueMs: reload === null ? undefined : askedMs + reload.afterMs,
      };
    }
    return stream;
  }

  #take(id: string, { text, url }: Answered, askedMs: number): MediaView {
    const known = this.#medias.get(id);
    const previous = known?.view.format === "hls" ? known.view : undefined;
    const others = [...this.#medias].find(([other]) => other !== id)?.[1].view;
    const view = readMedia(text, url, {
      ...(previous === undefined ? {} : { previous }),
      ...(others === undefined ? {} : { alignWith: others }),
      variables: this.#stream?.variables ?? {},
    });
    const reload = reloadOfMedia(previous, view, false);
    const isNew = previous === undefined || hasNews(previous, view);
    // These requests do not block: who asks looks at what is there now.
    const afterMs = reload?.blocking === true ? view.targetDurationMs : reload?.afterMs;
    this.#medias.set(id, {
      view,
      askedMs,
      changedMs: isNew ? askedMs : (known?.changedMs ?? askedMs),
      dueMs: afterMs === undefined ? undefined : askedMs + afterMs,
    });
    return view;
  }
}

function sameEnd(known: StreamView, next: StreamView, nowMs: number): boolean {
  const [first] = next.renditions;
  if (first === undefined || known.manifest?.media[first.id] === undefined) return false;
  const end = (stream: StreamView): number => windowOf(mediaOf(stream, first.id), nowMs).toMs;
  return end(known) === end(next);
}

/** The segment that is so many before the newest; the oldest, if there are fewer. */
export function segmentsBack(media: MediaView, back: number, nowMs: number): SegmentView | null {
  if (media.format === "hls") {
    const { segments } = media;
    return segments[Math.max(0, segments.length - 1 - back)] ?? null;
  }
  const { newest, oldest, fromMs } = windowOf(media, nowMs);
  if (newest === undefined || oldest === undefined) return null;
  const wantedMs = newest.startMs - back * newest.durationMs;
  return wantedMs <= fromMs
    ? oldest
    : (segmentAt(media, wantedMs + newest.durationMs / 2) ?? oldest);
}
