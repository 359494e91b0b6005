/** When a playlist or a manifest is asked for again, and how. */
import { longestMs } from "./segments.ts";
import type { HlsMediaView, Reload, StreamView } from "./views.ts";
import { mediaOf } from "./read-stream.ts";

/** A manifest is not asked for more often than this. A chosen value. */
const leastMs = 100;

/**
 * RFC 8216, 6.3.4: one target duration after a change, half of it if nothing changed. With blocking
 * reload: at once, for the next segment or part. `previous` is undefined after the first request.
 */
export function reloadOfMedia(
  previous: HlsMediaView | undefined,
  next: HlsMediaView,
  lowLatency: boolean,
): Reload | null {
  if (next.ended || next.type === "VOD") return null;
  const hasChanged = previous === undefined || hasNews(previous, next);
  const { targetDurationMs, serverControl } = next;
  if (serverControl.canBlockReload && hasChanged && next.segments.length > 0)
    return { afterMs: 0, blocking: true, ...nextAddress(next, lowLatency) };
  return {
    afterMs: Math.max(leastMs, hasChanged ? targetDurationMs : targetDurationMs / 2),
    url: withoutDirectives(next.url),
    blocking: false,
    delta: false,
  };
}

/** Whether it has another end, or another beginning. */
export function hasNews(previous: HlsMediaView, next: HlsMediaView): boolean {
  return endOf(previous) !== endOf(next) || previous.ended !== next.ended;
}

function endOf({ segments, unfinished }: HlsMediaView): string {
  return `${segments.at(-1)?.sequence} ${unfinished?.parts.length ?? 0}`;
}

function nextAddress(
  media: HlsMediaView,
  lowLatency: boolean,
): { readonly url: string; readonly delta: boolean } {
  const { segments, unfinished, serverControl, partTargetMs } = media;
  const last = segments.at(-1)?.sequence ?? -1;
  const delta = serverControl.canSkipUntilMs !== undefined;
  const part = lowLatency && partTargetMs !== undefined ? (unfinished?.parts.length ?? 0) : null;
  const directives = [
    `_HLS_msn=${last + 1}`,
    ...(part === null ? [] : [`_HLS_part=${part}`]),
    ...(delta ? ["_HLS_skip=YES"] : []),
  ];
  const url = withoutDirectives(media.url);
  return { url: `${url}${url.includes("?") ? "&" : "?"}${directives.join("&")}`, delta };
}

/** Delivery directives belong to one request; other parts of the query stay. */
export function withoutDirectives(url: string): string {
  if (!url.includes("_HLS_")) return url;
  const [path = "", query = ""] = url.split("?", 2);
  const kept = query.split("&").filter((one) => !/^_HLS_(?:msn|part|skip|push|report)=/.test(one));
  return kept.length === 0 ? path : `${path}?${kept.join("&")}`;
}

/** DASH: after minimumUpdatePeriod, from where `Location` says. 0 means: with each segment. */
export function reloadOfManifest(stream: StreamView): Reload | null {
  const { manifest, renditions, url } = stream;
  const periodMs = manifest?.minimumUpdatePeriodMs;
  if (manifest?.dynamic !== true || periodMs === undefined) return null;
  const first = renditions[0];
  const segmentMs = first === undefined ? 0 : longestMs(mediaOf(stream, first.id));
  return {
    afterMs: Math.max(leastMs, periodMs === 0 ? segmentMs : periodMs),
    url: manifest.location ?? url,
    blocking: false,
    delta: false,
  };
}
