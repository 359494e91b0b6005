/** Live streams of DASH and HLS that exist only as text, for viewers in virtual time. */
export interface MadeUp {
  readonly url: string;
  /** The text of this address at this time; null for media, undefined for what is not there. */
  textAt(url: string, nowMs: number): string | null | undefined;
}

export const host = "http://edge.test";
export const segmentMs = 2_000;
export const bandwidths = [500_000, 1_500_000, 3_000_000];

/** Every segment exists from its end on, for the time of the window. */
export const windowSegments = 30;

const numberAt = (nowMs: number): number => Math.floor(nowMs / segmentMs);

function isThere(url: string, nowMs: number): boolean {
  const number = Number(/\/(\d+)\.m4s$/.exec(url)?.[1] ?? Number.NaN);
  if (Number.isNaN(number)) return url.endsWith("init.mp4");
  return number < numberAt(nowMs) && number >= numberAt(nowMs) - 2 * windowSegments;
}

export function dashStream(renditions: readonly number[] = bandwidths): MadeUp {
  const set = (kind: string, all: readonly number[]): string =>
    `<AdaptationSet contentType="${kind}" mimeType="${kind}/mp4"><SegmentTemplate timescale="1"
duration="${segmentMs / 1_000}" startNumber="0" initialization="$RepresentationID$/init.mp4"
media="$RepresentationID$/$Number$.m4s"/>${all
      .map((bandwidth) => `<Representation id="${kind[0]}${bandwidth}" bandwidth="${bandwidth}"/>`)
      .join("")}</AdaptationSet>`;
  const text = `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic"
availabilityStartTime="1970-01-01T00:00:00Z" minBufferTime="PT2S" timeShiftBufferDepth="PT1M"
suggestedPresentationDelay="PT6S"><Period id="0" start="PT0S">${set("video", renditions)}${set(
    "audio",
    [96_000],
  )}</Period></MPD>`;
  const url = `${host}/live/manifest.mpd`;
  return {
    url,
    textAt: (asked, nowMs) => (asked === url ? text : isThere(asked, nowMs) ? null : undefined),
  };
}

export function hlsStream(
  renditions: readonly number[] = bandwidths,
  { ended = false } = {},
): MadeUp {
  const url = `${host}/live/master.m3u8`;
  const master = [
    "#EXTM3U",
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",DEFAULT=YES,URI="sound/media.m3u8"',
    ...renditions.flatMap((bandwidth) => [
      `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},AUDIO="a"`,
      `v${bandwidth}/media.m3u8`,
    ]),
    "",
  ].join("\n");
  const media = (nowMs: number): string => {
    const next = numberAt(nowMs);
    const first = next - windowSegments;
    return [
      "#EXTM3U",
      "#EXT-X-VERSION:7",
      `#EXT-X-TARGETDURATION:${segmentMs / 1_000}`,
      `#EXT-X-MEDIA-SEQUENCE:${first}`,
      '#EXT-X-MAP:URI="init.mp4"',
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(first * segmentMs).toISOString()}`,
      ...Array.from({ length: windowSegments }, (_, index) => [
        `#EXTINF:${(segmentMs / 1_000).toFixed(3)},`,
        `${first + index}.m4s`,
      ]).flat(),
      ...(ended ? ["#EXT-X-ENDLIST"] : []),
      "",
    ].join("\n");
  };
  return {
    url,
    textAt: (asked, nowMs) => {
      if (asked === url) return master;
      if (asked.endsWith("/media.m3u8")) return media(nowMs);
      return isThere(asked, nowMs) ? null : undefined;
    },
  };
}
