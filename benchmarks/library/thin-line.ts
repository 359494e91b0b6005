/**
 * The way of one player to an edge: a line of a rate that changes. One segment is missing at first,
 * and for a time no segment arrives. It notes every request. HLS playlists of the same segments are
 * made here, because the reference target speaks DASH alone.
 */
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface Weather {
  /** In bits per second, `ms` after the start. */
  rateAt(ms: number): number;
  /** The first picture asked for after so many ms is missing once. */
  readonly missingAfterMs: number;
  /** Segments asked for in this time arrive after it. */
  readonly heldMs: readonly [number, number];
}

export interface Noted {
  readonly atMs: number;
  /** `manifest`, `playlist`, `clock`, `init`, `video` or `audio`. */
  readonly kind: string;
  /** The rendition, and the number of a segment. */
  readonly what: string;
  readonly status: number;
}

export interface Line extends Disposable {
  readonly url: string;
  readonly noted: readonly Noted[];
  /** The weather begins. */
  begin(): void;
}

const segmentMs = 2_000,
  windowSegments = 30;

const renditions = [
  { name: "v720", bandwidth: 1_500_000 },
  { name: "v360", bandwidth: 500_000 },
] as const;

function playlistOf(path: string, nowMs: number): string | null {
  if (path === "/live/main/master.m3u8")
    return [
      "#EXTM3U",
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",DEFAULT=YES,AUTOSELECT=YES,' +
        'URI="audio/media.m3u8"',
      ...renditions.flatMap(({ name, bandwidth }) => [
        `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},AUDIO="a"`,
        `${name}/media.m3u8`,
      ]),
      "",
    ].join("\n");
  if (!path.endsWith("/media.m3u8")) return null;
  const next = Math.floor((nowMs - publishedAfterMs) / segmentMs);
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
    "",
  ].join("\n");
}

/** A playlist lists a segment only when an edge has it. */
const publishedAfterMs = 300;

function kindOf(path: string): Pick<Noted, "kind" | "what"> {
  const [, rendition = "", file = ""] = /\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (path.endsWith(".mpd") || path.endsWith("master.m3u8")) return { kind: "manifest", what: "" };
  if (file === "media.m3u8") return { kind: "playlist", what: rendition };
  if (file === "init.mp4") return { kind: "init", what: rendition };
  const number = /^(\d+)\.m4s$/.exec(file)?.[1];
  if (number === undefined) return { kind: "clock", what: "" };
  return { kind: rendition === "audio" ? "audio" : "video", what: `${rendition} ${number}` };
}

export async function lineTo(edge: string, weather: Weather): Promise<Line> {
  const noted: Noted[] = [];
  let zeroMs: number | null = null;
  let freeAtMs = 0;
  let isMissed = false;
  const server = createServer(async (request, response) => {
    const path = (request.url ?? "").replace(/\?.*$/, "");
    const atMs = Date.now();
    const sinceMs = atMs - (zeroMs ?? atMs);
    const { kind, what } = kindOf(path);
    const isMedia = kind === "video" || kind === "audio";
    const note = (status: number): number => noted.push({ atMs: sinceMs, kind, what, status });
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "*");
    response.setHeader("Timing-Allow-Origin", "*");
    if (request.method === "OPTIONS") return void response.writeHead(204).end();
    if (kind === "video" && sinceMs > weather.missingAfterMs && !isMissed) {
      isMissed = true;
      note(404);
      return void response.writeHead(404).end();
    }
    const [fromMs, untilMs] = weather.heldMs;
    const place = noted.length;
    note(0);
    if (isMedia && sinceMs >= fromMs && sinceMs < untilMs) await sleep(untilMs - sinceMs);
    const playlist = playlistOf(path, Date.now());
    const { status, body } =
      playlist === null ? await fetched(edge + path) : { status: 200, body: Buffer.from(playlist) };
    noted[place] = { ...(noted[place] as Noted), status };
    response.writeHead(status, { "Content-Length": body.length });
    // One after the other: what is sent first has the line.
    const beginsMs = Math.max(Date.now(), freeAtMs);
    const rate = weather.rateAt(beginsMs - (zeroMs ?? beginsMs));
    const lastsMs = (8_000 * body.length) / rate;
    freeAtMs = beginsMs + lastsMs;
    await sleep(beginsMs - Date.now());
    const pieces = Math.max(1, Math.min(40, Math.round(lastsMs / 25)));
    for (let piece = 0; piece < pieces && !response.destroyed; piece++) {
      const [from, to] = [piece, piece + 1].map((one) => Math.round((one * body.length) / pieces));
      response.write(body.subarray(from, to));
      await sleep(beginsMs + ((piece + 1) * lastsMs) / pieces - Date.now());
    }
    response.end();
  }).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    noted,
    begin: () => {
      zeroMs = Date.now();
    },
    [Symbol.dispose]: () => server.close().closeAllConnections(),
  };
}

function fetched(url: string): Promise<{ readonly status: number; readonly body: Buffer }> {
  return new Promise((done) => {
    const failed = (): void => done({ status: 502, body: Buffer.alloc(0) });
    get(url, (response: IncomingMessage) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.once("end", () =>
        done({ status: response.statusCode ?? 502, body: Buffer.concat(parts) }),
      );
      response.once("error", failed);
    }).once("error", failed);
  });
}
