/** From the text of a playlist or a manifest to its view. Throws only `UnreadableStream`. */
import { readManifest, viewOf } from "./dash/manifest.ts";
import { isMedia, type PlaylistContext, readPlaylist } from "./hls/media-playlist.ts";
import { isMultivariant, readMultivariant } from "./hls/multivariant.ts";
import { looksOf } from "./text.ts";
import { UnreadableStream } from "./unreadable.ts";
import type { DashMediaView, HlsMediaView, StreamView } from "./views.ts";

export interface StreamReading {
  readonly stream: StreamView;
  /** If the text was a media playlist itself: then the stream has that one rendition. */
  readonly media?: HlsMediaView;
}

/**
 * `url`: from where the text came, after redirects. `previous`: the same manifest before; of one
 * that only grew, the timelines alone are parsed.
 */
export function readStream(text: string, url: string, previous?: StreamView): StreamReading {
  if (looksOf(text) === "mpd") return { stream: readManifest(text, url, previous) };
  if (isMultivariant(text)) return { stream: readMultivariant(text, url) };
  const media = readMedia(text, url);
  return {
    stream: {
      format: "hls",
      url,
      renditions: [{ id: "only", kind: "video", bandwidth: 0, url }],
    },
    media,
  };
}

/**
 * `previous`: the same playlist before. Only what is new is parsed, and the timeline continues.
 * `alignWith`: another rendition. Without dates, both timelines are made one: the same number is at
 * the same time, or else the ends are. `variables`: of the multivariant playlist.
 */
export type MediaContext = PlaylistContext;

/** HLS: a media playlist. */
export function readMedia(text: string, url: string, context: MediaContext = {}): HlsMediaView {
  if (looksOf(text) === "mpd")
    throw new UnreadableStream("malformed", "it is a manifest, and no playlist of segments");
  if (isMultivariant(text))
    throw new UnreadableStream("cyclic", "it is a multivariant playlist, and none of segments");
  if (!isMedia(text)) throw new UnreadableStream("malformed", "it is a playlist of nothing");
  return readPlaylist(text, url, context);
}

/** DASH: a rendition of a manifest, which needs no further request. */
export function mediaOf(stream: StreamView, renditionId: string): DashMediaView {
  return viewOf(stream, renditionId);
}
