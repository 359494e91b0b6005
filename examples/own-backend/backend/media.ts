/**
 * The live stream by the clock: segments of 2 s, in MPEG-TS for HLS and in fMP4 for DASH. What is
 * in them is no picture, but has the form of one.
 */
const segmentMs = 2_000;
const startMs = Date.parse("2026-01-01T00:00:00Z");
/** So many segments are in a playlist, and so many can still be had. */
const listed = 6;
const kept = 60;
const bytesOf: Readonly<Record<string, number>> = { hd: 400 * 188, sd: 120 * 188, video: 64_000 };

export interface Segment {
  readonly protocol: "hls" | "dash";
  readonly type: string;
  bytes(): Buffer;
}

/** The newest complete segment. */
const newestAt = (nowMs: number): number => Math.floor((nowMs - startMs) / segmentMs) - 1;

export function hlsMaster(): string {
  return `#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=1280x720
hd.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=90000,RESOLUTION=640x360
sd.m3u8
`;
}

/** Null for what is no path of a playlist. */
export function hlsPlaylist(path: string, nowMs: number): string | null {
  const rendition = /^\/hls\/(hd|sd)\.m3u8$/.exec(path)?.[1];
  if (rendition === undefined) return null;
  const first = newestAt(nowMs) - listed + 1;
  const segments = Array.from(
    { length: listed },
    (_, index) => `#EXTINF:2.000,\n${rendition}/seg-${padded(first + index)}.ts\n`,
  );
  return `#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:${first}
${segments.join("")}`;
}

const padded = (number: number): string => String(number).padStart(9, "0");

/** Null for what is no path of a segment, and for a segment that is not there. */
export function hlsSegment(path: string, nowMs: number): Segment | null {
  const [, rendition = "", digits] = /^\/hls\/(hd|sd)\/seg-(\d{9})\.ts$/.exec(path) ?? [];
  const number = Number(digits);
  if (!isThere(number, nowMs)) return null;
  return {
    protocol: "hls",
    type: "video/mp2t",
    bytes: () => {
      const bytes = filled(bytesOf[rendition] ?? 0, number);
      for (let at = 0; at < bytes.length; at += 188) bytes.writeUInt32BE(0x47_1f_ff_10, at);
      return bytes;
    },
  };
}

export function dashManifest(nowMs: number): string {
  const first = newestAt(nowMs) - listed + 1;
  return `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic" minimumUpdatePeriod="PT1S"
  availabilityStartTime="${new Date(startMs).toISOString()}"
  profiles="urn:mpeg:dash:profile:isoff-live:2011">
  <Period id="1" start="PT0S"><AdaptationSet mimeType="video/mp4">
    <SegmentTemplate timescale="1000" media="video/$Time$.m4s"><SegmentTimeline>
      <S t="${first * segmentMs}" d="${segmentMs}" r="${listed - 1}"/>
    </SegmentTimeline></SegmentTemplate>
    <Representation id="video" bandwidth="256000"/>
  </AdaptationSet></Period>
</MPD>
`;
}

/** Like `hlsSegment`. */
export function dashSegment(path: string, nowMs: number): Segment | null {
  const time = Number(/^\/dash\/video\/(\d+)\.m4s$/.exec(path)?.[1]);
  const number = time / segmentMs;
  if (!isThere(number, nowMs)) return null;
  return {
    protocol: "dash",
    type: "video/mp4",
    bytes: () =>
      Buffer.concat([
        box("styp", Buffer.from("msdh\0\0\0\0msdh")),
        box("moof", Buffer.from(String(time))),
        box("mdat", filled(bytesOf["video"] ?? 0, number)),
      ]),
  };
}

function isThere(number: number, nowMs: number): boolean {
  const newest = newestAt(nowMs);
  return Number.isInteger(number) && number <= newest && number > newest - kept;
}

function filled(bytes: number, number: number): Buffer {
  return Buffer.alloc(bytes, number % 251);
}

function box(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, body]);
}
