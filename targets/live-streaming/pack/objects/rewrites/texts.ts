/**
 * Reads and rewrites HLS media playlists and DASH manifests as texts. Everything else in them stays
 * as it is, byte by byte, so that only the planned damage differs.
 */

export const isPlaylist = (text: string): boolean => text.startsWith("#EXTM3U");

/** A line of a playlist with an address, and the tags before it that belong to it. */
interface Entry {
  readonly uri: string;
  /** From the first of its tags to the end of its line. */
  readonly from: number;
  readonly to: number;
}

/** Tags of one segment; others belong to the playlist, or to all segments after them. */
const ofSegment =
  /^#(?:EXTINF|EXT-X-BYTERANGE|EXT-X-PROGRAM-DATE-TIME|EXT-X-GAP|EXT-X-PART|EXT-X-BITRATE)[:\r\n]/;

function entriesIn(text: string): readonly Entry[] {
  if (!isPlaylist(text) || /^#EXT-X-STREAM-INF/m.test(text)) return [];
  const entries: Entry[] = [];
  let from: number | null = null;
  for (const { 0: line, index } of text.matchAll(/[^\n]*(?:\n|$)/g)) {
    const bare = line.trim();
    if (bare === "") continue;
    if (ofSegment.test(`${bare}\n`)) from ??= index;
    else if (!bare.startsWith("#")) {
      entries.push({ uri: bare, from: from ?? index, to: index + line.length });
      from = null;
    } else from = null;
  }
  return entries;
}

/** Addresses of segments, or the moments in a SegmentTimeline; oldest first. */
export function segmentsIn(text: string): readonly string[] {
  return isPlaylist(text)
    ? entriesIn(text).map(({ uri }) => uri)
    : timelineIn(text).map(({ start }) => String(start));
}

/** A number that grows with each new segment; null if the text lists none. */
export function newestIn(text: string): number | null {
  const all = segmentsIn(text);
  if (all.length === 0) return null;
  if (!isPlaylist(text)) return Number(all.at(-1));
  return Number(/^#EXT-X-MEDIA-SEQUENCE:(\d+)/m.exec(text)?.[1] ?? 0) + all.length;
}

/** Without `count` segments that end `behind` before the newest. */
export function withoutSegments(text: string, behind: number, count: number): string {
  const entries = entriesIn(text);
  const end = entries.length - behind;
  const removed = entries.slice(Math.max(0, end - count), Math.max(0, end));
  if (isPlaylist(text))
    return removed.reduceRight((left, { from, to }) => left.slice(0, from) + left.slice(to), text);
  return withoutTimes(text, behind, count);
}

interface Run {
  readonly start: number;
  readonly duration: number;
}

const timeline = /<SegmentTimeline[^>]*>([\s\S]*?)<\/SegmentTimeline>/g;

function runsIn(lines: string): readonly Run[] {
  const runs: Run[] = [];
  let next = 0;
  for (const [, attributes = ""] of lines.matchAll(/<S\b([^>]*?)\/?>/g)) {
    const of = (name: string): number | undefined => {
      const value = new RegExp(`\\b${name}="(-?\\d+)"`).exec(attributes)?.[1];
      return value === undefined ? undefined : Number(value);
    };
    next = of("t") ?? next;
    const duration = of("d") ?? 0;
    for (let left = Math.min(of("r") ?? 0, 100_000); left >= 0; left--) {
      runs.push({ start: next, duration });
      next += duration;
    }
  }
  return runs;
}

/** Of the first representation with a timeline. */
function timelineIn(text: string): readonly Run[] {
  const [first] = text.matchAll(timeline);
  return runsIn(first?.[1] ?? "");
}

function withoutTimes(text: string, behind: number, count: number): string {
  return text.replaceAll(timeline, (whole, lines: string) => {
    const runs = runsIn(lines);
    const end = runs.length - behind;
    const kept = runs.filter((_, index) => index < end - count || index >= end);
    const written = kept.map(({ start, duration }) => `<S t="${start}" d="${duration}"/>`);
    return whole.replace(lines, written.join(""));
  });
}

const targetTag = /^#EXT-X-TARGETDURATION:(\d+)/m;
const targetAttribute = /\bmaxSegmentDuration="PT([\d.]+)S"/;

export function targetSecondsIn(text: string): number | null {
  const found = (isPlaylist(text) ? targetTag : targetAttribute).exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

export function withTargetSeconds(text: string, seconds: number): string {
  return isPlaylist(text)
    ? text.replace(targetTag, `#EXT-X-TARGETDURATION:${seconds}`)
    : text.replace(targetAttribute, `maxSegmentDuration="PT${seconds}S"`);
}

const dateTag = /^(#EXT-X-PROGRAM-DATE-TIME:)(\S+)/gm;
const timing = /<UTCTiming\b[^>]*\/>/;
const direct = "urn:mpeg:dash:utc:direct:2014";

/**
 * Moves the dates of a playlist. A manifest names a server of the time; the time itself takes its
 * place.
 */
export function shiftClock(text: string, byMs: number, nowMs: number): string {
  const iso = (ms: number): string => new Date(ms).toISOString();
  if (isPlaylist(text))
    return text.replaceAll(dateTag, (whole, tag: string, date: string) => {
      const ms = Date.parse(date);
      return Number.isNaN(ms) ? whole : tag + iso(ms + byMs);
    });
  return text.replace(timing, `<UTCTiming schemeIdUri="${direct}" value="${iso(nowMs + byMs)}"/>`);
}

/** By how many ms the clock over the link is ahead of the one past it; null if there is none. */
export function shiftedClock(over: string, past: string, nowMs: number): number | null {
  if (isPlaylist(over)) {
    const dates = [over, past].map((text) => Date.parse(text.match(dateTag)?.[0].slice(25) ?? ""));
    const [one = Number.NaN, other = Number.NaN] = dates;
    return Number.isNaN(one - other) ? null : one - other;
  }
  const value = new RegExp(`<UTCTiming\\b[^>]*${direct}[^>]*value="([^"]+)"`).exec(over)?.[1];
  const ms = Date.parse(value ?? "");
  return Number.isNaN(ms) ? null : ms - nowMs;
}
