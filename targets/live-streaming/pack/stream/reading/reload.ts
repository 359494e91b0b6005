/** When a playlist or a manifest is asked for again, and how. */
import type { HlsMediaView, Reload, StreamView } from "./views.ts";

/**
 * RFC 8216, 6.3.4: one target duration after a change, half of it if nothing changed. With blocking
 * reload: at once, for the next part. `previous` is undefined after the first request.
 */
export function reloadOfMedia(
  previous: HlsMediaView | undefined,
  next: HlsMediaView,
  lowLatency: boolean,
): Reload | null {
  throw new Error(`${previous?.url} ${next.url} ${lowLatency}`);
}

/** DASH: after minimumUpdatePeriod, from where `Location` says. */
export function reloadOfManifest(stream: StreamView): Reload | null {
  throw new Error(stream.url);
}
