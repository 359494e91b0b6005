/**
 * A media playlist. Of one that was read before, the lines of known segments are passed over: only
 * what follows the last known one is parsed.
 */
import { resolver } from "../addresses.ts";
import { UnreadableStream } from "../unreadable.ts";
import type { HlsMediaView } from "../views.ts";
import { knownOf } from "./known.ts";
import { PlaylistReader } from "./playlist-reader.ts";
import { placed, type Timeline } from "./timeline.ts";
import type { Variables } from "./variables.ts";

export interface PlaylistContext extends Timeline {
  readonly variables?: Readonly<Variables>;
}

/** By the view that was made of it. */
const texts = new WeakMap<HlsMediaView, string>();

export function readPlaylist(text: string, url: string, context: PlaylistContext): HlsMediaView {
  const { previous } = context;
  if (previous !== undefined && previous.url === url && texts.get(previous) === text)
    return previous;
  const view = viewOf(text, url, context);
  texts.set(view, text);
  return view;
}

function viewOf(text: string, url: string, context: PlaylistContext): HlsMediaView {
  const lines = text.split("\n");
  const resolve = resolver(url);
  const { segments: known, untilLine } = knownOf(lines, resolve, context.previous);
  const reader = new PlaylistReader(url, resolve, context.variables ?? {}, known.at(-1));
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] as string).trim();
    if (line === "") continue;
    if (at > untilLine) reader.take(line);
    else if (line.startsWith("#EXT-X-")) reader.takeHead(line);
  }
  if (reader.targetDurationMs === undefined)
    throw new UnreadableStream("malformed", "it has no EXT-X-TARGETDURATION");
  const { segments, endMs, dated } = placed(known, reader, context);
  const { sequence, parts } = reader;
  return {
    format: "hls",
    url,
    segments,
    ...(parts.length === 0 ? {} : { unfinished: { sequence, startMs: endMs, parts } }),
    ...reader.head(),
    targetDurationMs: reader.targetDurationMs,
    dated,
  };
}

/** Whether the text is a playlist of segments; an empty one has a target duration. */
export function isMedia(text: string): boolean {
  return text.includes("\n#EXTINF:") || text.includes("\n#EXT-X-TARGETDURATION:");
}
