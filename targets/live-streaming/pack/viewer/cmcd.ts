/**
 * Common Media Client Data (CTA-5004, version 1): what a player tells a CDN with each request, so
 * that the logs of both can be joined. As headers by default: a query would split cache keys, and
 * make the storm itself.
 */
import type { Viewer } from "./viewer.ts";
import type { RequestKind, TrackKind, Wanted } from "./requests.ts";

export const cmcdModes = ["header", "query", "off"] as const;
export type CmcdMode = (typeof cmcdModes)[number];

/** The header of each key (CTA-5004, section 2). */
const headers = {
  "CMCD-Object": ["br", "d", "ot", "tb"],
  "CMCD-Request": ["bl", "dl", "mtp", "su"],
  "CMCD-Session": ["cid", "sf", "sid", "st"],
  "CMCD-Status": ["bs"],
} as const;
type Key = (typeof headers)[keyof typeof headers][number];
type Values = Partial<Record<Key, string | number | true>>;

/** Object types: manifest, audio, video, initialisation segment, key, other. */
const objectTypes: Readonly<Record<RequestKind, string>> = {
  manifest: "m",
  playlist: "m",
  init: "i",
  segment: "v",
  key: "k",
  clock: "o",
};
/** Values that the standard spells without quotes. */
const tokens: ReadonlySet<string> = new Set(["ot", "sf", "st"]);

/** Times and rates are rounded to hundreds, as the standard has it. */
const hundreds = (value: number): number => Math.round(value / 100) * 100;

export interface CmcdSession {
  readonly id: string;
  readonly content: string;
}

/** `starved`: whether a stall has happened since the last request of this track. */
export function cmcdOf(
  wanted: Wanted,
  viewer: Viewer,
  session: CmcdSession,
  starved: boolean,
): Values {
  const { kind, track, durationMs, bitsPerSecond, topBitsPerSecond } = wanted;
  const { playback, format, throughput } = viewer;
  const isMedia = kind === "segment" && track !== undefined;
  const aheadMs = isMedia ? hundreds(playback.aheadMs(track)) : 0;
  return {
    ...(isMedia && bitsPerSecond !== undefined ? { br: Math.round(bitsPerSecond / 1_000) } : {}),
    ...(isMedia ? { bl: aheadMs } : {}),
    ...(starved ? { bs: true } : {}),
    cid: session.content,
    ...(durationMs === undefined ? {} : { d: Math.round(durationMs) }),
    ...(isMedia ? { dl: aheadMs } : {}),
    ...(throughput === null ? {} : { mtp: hundreds(throughput / 1_000) }),
    ot: isMedia ? typeOf(track) : objectTypes[kind],
    ...(format === null ? {} : { sf: format === "hls" ? "h" : "d" }),
    sid: session.id,
    ...(format === null ? {} : { st: viewer.isLive ? "l" : "v" }),
    ...(playback.condition === "playing" ? {} : { su: true }),
    ...(isMedia && topBitsPerSecond !== undefined
      ? { tb: Math.round(topBitsPerSecond / 1_000) }
      : {}),
  };
}

function typeOf(track: TrackKind): string {
  return track === "audio" ? "a" : "v";
}

function textOf(values: Values, keys: readonly string[]): string {
  return keys
    .flatMap((key) => {
      const value = values[key as Key];
      if (value === undefined) return [];
      if (value === true) return [key];
      const isQuoted = typeof value === "string" && !tokens.has(key);
      return [`${key}=${isQuoted ? JSON.stringify(value) : value}`];
    })
    .join(",");
}

export function cmcdHeaders(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, keys]) => {
      const text = textOf(values, keys);
      return text === "" ? [] : [[name, text]];
    }),
  );
}

export function withCmcdQuery(url: string, values: Values): string {
  const all = textOf(values, Object.values(headers).flat().sort());
  return `${url}${url.includes("?") ? "&" : "?"}CMCD=${encodeURIComponent(all)}`;
}
