/** From the text of a playlist or a manifest to its view. Throws only `UnreadableStream`. */
import { UnreadableStream } from "./unreadable.ts";
import type { DashMediaView, HlsMediaView, MediaView, StreamView } from "./views.ts";

export interface StreamReading {
  readonly stream: StreamView;
  /** If the text was a media playlist itself: then the stream has that one rendition. */
  readonly media?: HlsMediaView;
}

/** `url`: from where the text came, after redirects. */
export function readStream(text: string, url: string): StreamReading {
  throw new UnreadableStream("unsupported", `${url}: ${text.length}`);
}

export interface MediaContext {
  /** The same playlist before: only what is new is parsed, and the timeline goes on. */
  readonly previous?: HlsMediaView;
  /** Another rendition: without dates, both timelines are made one (same number, else same end). */
  readonly alignWith?: MediaView;
}

/** HLS: a media playlist. */
export function readMedia(text: string, url: string, context: MediaContext = {}): HlsMediaView {
  throw new UnreadableStream("unsupported", `${url}: ${text.length} ${Object.keys(context)}`);
}

/** DASH: a rendition of a manifest, which needs no further request. */
export function mediaOf(stream: StreamView, renditionId: string): DashMediaView {
  throw new UnreadableStream("unsupported", `${stream.url}: ${renditionId}`);
}
