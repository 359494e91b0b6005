/**
 * Streams that ffmpeg 5.1 wrote, and what it wrote beside them. `golden/README.md` has the
 * commands. The libraries that players use must find the same in them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Parser } from "m3u8-parser";
import { parse } from "mpd-parser";
import { describe, expect, it } from "vitest";
import { mediaOf, readMedia, readStream } from "./read-stream.ts";
import { segmentAfter, windowOf } from "./segments.ts";
import type { MediaView, SegmentView } from "./views.ts";

const folder = join(import.meta.dirname, "golden");
const base = "https://media.example.net/";
const textOf = (path: string): string => readFileSync(join(folder, path), "utf8");
const written = textOf("files.txt").trim().split("\n");
const nameOf = (url: string): string => url.slice(base.length);

function allOf(media: MediaView): SegmentView[] {
  const found: SegmentView[] = [];
  let one = windowOf(media, Date.now()).oldest ?? null;
  for (; one !== null; one = segmentAfter(media, one)) found.push(one);
  return found;
}

/** What a rendition names, with its initialisation. */
function named(segments: readonly SegmentView[]): string[] {
  const urls = segments.flatMap(({ url, init }) => [
    url,
    ...(init === undefined ? [] : [init.url]),
  ]);
  return [...new Set(urls)].map(nameOf).sort();
}

describe.each([
  "ts/media.m3u8",
  "fmp4/hi.m3u8",
  "fmp4/lo.m3u8",
  "fmp4/snd.m3u8",
  "range/media.m3u8",
])("the playlist %s", (path) => {
  const media = readMedia(textOf(path), base + path);

  it("names files that were written", () => {
    const kind = path.replace(/\/(?:media)?\.?(?:m3u8)?.*$/, "/");
    expect(named(media.segments).every((name) => written.includes(name))).toBe(true);
    expect(named(media.segments).every((name) => name.startsWith(kind))).toBe(true);
  });

  it("says what m3u8-parser finds in it", () => {
    const other = new Parser();
    other.push(textOf(path));
    other.end();
    const { manifest } = other;
    expect({
      sequence: media.segments[0]?.sequence,
      targetDuration: media.targetDurationMs / 1_000,
      ended: media.ended,
    }).toEqual({
      sequence: manifest.mediaSequence,
      targetDuration: manifest.targetDuration,
      ended: manifest.endList,
    });
    expect(
      media.segments.map((one) => ({
        uri: new URL(one.url).pathname.split("/").pop(),
        ms: one.durationMs,
        range: one.range,
        map: one.init?.range,
        date: one.dateMs,
      })),
    ).toEqual(
      manifest.segments.map((one) => ({
        uri: one.uri,
        ms: Math.round(one.duration * 1_000_000) / 1_000,
        range: one.byterange,
        map: one.map?.byterange,
        date: one.programDateTime,
      })),
    );
  });
});

describe.each(["ts/master.m3u8", "fmp4/master.m3u8"])("the multivariant playlist %s", (path) => {
  it("names the variants that m3u8-parser finds", () => {
    const other = new Parser();
    other.push(textOf(path));
    other.end();
    const { stream } = readStream(textOf(path), base + path);
    const variants = stream.renditions.filter(({ group }) => group === undefined);
    expect(
      variants.map(({ url, bandwidth }) => [new URL(url).pathname.split("/").pop(), bandwidth]),
    ).toEqual(
      other.manifest.playlists?.map(({ uri, attributes }) => [uri, attributes["BANDWIDTH"]]),
    );
  });
});

it("a variant and a group may name one playlist; each name is given once", () => {
  const { stream } = readStream(textOf("fmp4/master.m3u8"), base);
  expect(stream.renditions.map(({ id }) => id)).toEqual(["36p", "36p-2", "audio-35k", "audio-en"]);
});

describe.each(["dash-number/manifest.mpd", "dash-time/manifest.mpd"])("the manifest %s", (path) => {
  const { stream } = readStream(textOf(path), base + path);

  // ffmpeg calls the first sound of a timeline "-1024", and its manifest says 0.
  it("names files that were written", () => {
    const all = stream.renditions.flatMap(({ id }) => named(allOf(mediaOf(stream, id))));
    expect(all.filter((name) => !written.includes(name))).toEqual(
      path.startsWith("dash-time") ? ["dash-time/1/0.m4s"] : [],
    );
    expect(all.length).toBeGreaterThanOrEqual(13);
  });

  it("says what mpd-parser finds in it", () => {
    const other = parse(textOf(path), { manifestUri: base + path });
    const theirs = [
      ...other.playlists,
      ...Object.values(other.mediaGroups.AUDIO).flatMap((group) =>
        Object.values(group).flatMap(({ playlists }) => playlists),
      ),
    ];
    expect(theirs.length).toBe(2);
    for (const { attributes, segments } of theirs)
      expect(
        allOf(mediaOf(stream, attributes.NAME)).map(({ url, startMs, durationMs, init }) => ({
          url,
          startMs: Math.round(startMs),
          durationMs: Math.round(durationMs),
          init: init?.url,
        })),
      ).toEqual(
        segments.map((one) => ({
          url: one.resolvedUri,
          startMs: Math.round(one.presentationTime * 1_000),
          durationMs: Math.round(one.duration * 1_000),
          init: one.map.resolvedUri,
        })),
      );
  });
});
