import { describe, expect, it } from "vitest";
import { readMedia, readStream } from "../read-stream.ts";
import { reloadOfMedia } from "../reload.ts";
import { holdBackMs, segmentAfter, segmentAt, windowOf } from "../segments.ts";

const at = "https://cdn.example.net/live/master.m3u8?token=a/b";
const of = (...lines: readonly string[]): string => `#EXTM3U\n${lines.join("\n")}\n`;
const problemOf = (act: () => unknown): string => {
  try {
    act();
    return "none";
  } catch (error) {
    return (error as { readonly problem: string }).problem;
  }
};

describe("a multivariant playlist", () => {
  const { stream } = readStream(
    of(
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English, UK",LANGUAGE="en",DEFAULT=YES,' +
        'URI="a/en.m3u8?t=1"',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Deutsch",LANGUAGE="de",URI="/abs/de.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="English",LANGUAGE="en",URI="s/en.m3u8"',
      '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="c",NAME="CC",INSTREAM-ID="CC1"',
      '#EXT-X-CONTENT-STEERING:SERVER-URI="/steer?x=1",PATHWAY-ID="two"',
      "#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2500000,RESOLUTION=1280x720," +
        'FRAME-RATE=25,CODECS="avc1.64001f,mp4a.40.2",AUDIO="a",SUBTITLES="s",PATHWAY-ID="one"',
      "v720/index.m3u8",
      '#EXT-X-STREAM-INF:BANDWIDTH=3000000,RESOLUTION=1280x720,AUDIO="a",PATHWAY-ID="two"',
      "https://other.example.net/v720/index.m3u8",
      '#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"',
      "../sound.m3u8",
      '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100000,URI="iframes.m3u8"',
    ),
    at,
  );

  it("names its renditions, with absolute addresses", () => {
    expect(stream.renditions.map(({ id, kind, url }) => [id, kind, url])).toEqual([
      ["720p@one", "video", "https://cdn.example.net/live/v720/index.m3u8"],
      ["720p@two", "video", "https://other.example.net/v720/index.m3u8"],
      ["audio-64k", "audio", "https://cdn.example.net/sound.m3u8"],
      ["audio-en", "audio", "https://cdn.example.net/live/a/en.m3u8?t=1"],
      ["audio-de", "audio", "https://cdn.example.net/abs/de.m3u8"],
      ["text-en", "text", "https://cdn.example.net/live/s/en.m3u8"],
    ]);
    expect(stream.renditions[0]).toMatchObject({
      bandwidth: 3_000_000,
      averageBandwidth: 2_500_000,
      width: 1_280,
      height: 720,
      frameRate: 25,
      audioGroup: "a",
      textGroup: "s",
      pathway: "one",
    });
    expect(stream.renditions[3]).toMatchObject({ group: "a", language: "en", isDefault: true });
  });

  it("says who steers, and which pathway is first", () => {
    expect(stream.steering).toEqual({
      serverUrl: "https://cdn.example.net/steer?x=1",
      pathways: ["two", "one", "."],
    });
  });

  it("replaces variables of its own and of its address's query", () => {
    const { stream: defined } = readStream(
      of(
        '#EXT-X-DEFINE:NAME="host",VALUE="https://h.example.net"',
        '#EXT-X-DEFINE:QUERYPARAM="token"',
        "#EXT-X-STREAM-INF:BANDWIDTH=1000",
        "{$host}/v.m3u8?t={$token}",
      ),
      at,
    );
    expect(defined.renditions[0]?.url).toBe("https://h.example.net/v.m3u8?t=a/b");
    const text = of(
      '#EXT-X-DEFINE:IMPORT="host"',
      "#EXT-X-TARGETDURATION:2",
      "#EXTINF:2,",
      "{$host}/1.ts",
    );
    expect(readMedia(text, at, { variables: defined.variables ?? {} }).segments[0]?.url).toBe(
      "https://h.example.net/1.ts",
    );
  });

  it("is refused when it names itself, and when it stands for a rendition", () => {
    const own = of("#EXT-X-STREAM-INF:BANDWIDTH=1000", "master.m3u8?token=a/b");
    expect(problemOf(() => readStream(own, at))).toBe("cyclic");
    expect(problemOf(() => readMedia(own, at))).toBe("cyclic");
  });
});

const plain = (from: number, count: number, ...more: readonly string[]): string =>
  of(
    "#EXT-X-TARGETDURATION:2",
    `#EXT-X-MEDIA-SEQUENCE:${from}`,
    '#EXT-X-MAP:URI="init.mp4"',
    ...Array.from({ length: count }, (_, index) => `#EXTINF:2.000,\n${from + index}.m4s`),
    ...more,
  );

describe("a media playlist", () => {
  it("lists segments with all that a request needs", () => {
    const { segments, ...media } = readMedia(
      of(
        "#EXT-X-TARGETDURATION:4",
        "#EXT-X-MEDIA-SEQUENCE:7",
        "#EXT-X-DISCONTINUITY-SEQUENCE:3",
        '#EXT-X-MAP:URI="all.mp4",BYTERANGE="100@0"',
        '#EXT-X-KEY:METHOD=AES-128,URI="key?id=1",IV=0x1',
        '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x",KEYFORMAT="com.apple.streamingkeydelivery"',
        "#EXTINF:4.0,a title, with a comma",
        "#EXT-X-BYTERANGE:500@100",
        "all.mp4",
        "#EXT-X-GAP",
        "#EXTINF:3.5",
        "#EXT-X-BYTERANGE:400",
        "all.mp4",
        "#EXT-X-DISCONTINUITY",
        "#EXT-X-KEY:METHOD=NONE",
        "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:10.500+0000",
        "#EXTINF:4,\r",
        "next.mp4\r",
        "#EXT-X-ENDLIST",
      ),
      at,
    );
    const base = "https://cdn.example.net/live";
    expect(media).toMatchObject({ ended: true, dated: true, discontinuitySequence: 3 });
    expect(segments).toMatchObject([
      {
        sequence: 7,
        url: `${base}/all.mp4`,
        range: { offset: 100, length: 500 },
        init: { url: `${base}/all.mp4`, range: { offset: 0, length: 100 } },
        key: { method: "AES-128", url: `${base}/key?id=1` },
        gap: false,
        startMs: Date.UTC(2026, 0, 1) + 3_000,
      },
      { sequence: 8, range: { offset: 600, length: 400 }, gap: true, durationMs: 3_500 },
      {
        sequence: 9,
        url: `${base}/next.mp4`,
        discontinuity: true,
        startMs: Date.UTC(2026, 0, 1) + 10_500,
      },
    ]);
    expect(segments[2]).not.toHaveProperty("key");
    expect(segments[2]).not.toHaveProperty("range");
  });

  it("continues the one before, and parses only what is new", () => {
    const first = readMedia(plain(10, 3), at);
    const second = readMedia(plain(12, 3), at, { previous: first });
    expect(second.segments.map(({ sequence, startMs }) => [sequence, startMs])).toEqual([
      [12, 4_000],
      [13, 6_000],
      [14, 8_000],
    ]);
    expect(second.segments[0]).toBe(first.segments[2]);
    expect(second.segments[2]?.init).toBe(first.segments[2]?.init);
    const broken = plain(12, 3).replace("#EXTINF:2.000,\n12.m4s", "#EXTINF:what,\n12.m4s");
    expect(readMedia(broken, at, { previous: first }).segments).toEqual(second.segments);
    expect(problemOf(() => readMedia(broken, at))).toBe("malformed");
  });

  it("is read as a whole when its addresses changed, and keeps its timeline", () => {
    const first = readMedia(plain(10, 3), at);
    const other = plain(11, 3).replaceAll(".m4s", ".m4s?token=2");
    const second = readMedia(other, at, { previous: first });
    expect(second.segments.map(({ url }) => url.slice(-16))).toEqual(
      ["/11.m4s?token=2", "/12.m4s?token=2", "/13.m4s?token=2"].map((one) => `e${one}`),
    );
    expect(second.segments[0]?.startMs).toBe(2_000);
  });

  it("keeps its timeline when the window passed beyond it, or began again", () => {
    const first = readMedia(plain(10, 3), at);
    expect(readMedia(plain(20, 1), at, { previous: first }).segments[0]?.startMs).toBe(20_000);
    expect(readMedia(plain(0, 1), at, { previous: first }).segments[0]?.startMs).toBe(6_000);
  });

  it("shares the timeline of another rendition", () => {
    const video = readMedia(plain(10, 4), at);
    const audio = readMedia(plain(12, 4), at, { alignWith: video });
    expect(audio.segments[0]?.startMs).toBe(4_000);
    expect(readMedia(plain(100, 4), at, { alignWith: video }).segments[3]?.startMs).toBe(6_000);
  });

  it("has a window, segments at a time, and those after one", () => {
    const media = readMedia(plain(10, 3), at);
    expect(windowOf(media, 0)).toMatchObject({ fromMs: 0, toMs: 6_000 });
    expect(segmentAt(media, 3_999)?.sequence).toBe(11);
    expect(segmentAt(media, 6_000)).toBeNull();
    const [first, second, third] = media.segments;
    if (first === undefined || second === undefined || third === undefined) throw new Error();
    expect(segmentAfter(media, first)).toBe(second);
    expect(segmentAfter(media, third)).toBeNull();
    expect(segmentAfter(readMedia(plain(20, 2), at), first)?.sequence).toBe(20);
  });

  it("is asked for again after a target duration, half of it if it is the same", () => {
    const first = readMedia(plain(10, 3), at);
    const after = (text: string): number | undefined =>
      reloadOfMedia(first, readMedia(text, at, { previous: first }), false)?.afterMs;
    expect(reloadOfMedia(undefined, first, false)?.afterMs).toBe(2_000);
    expect(after(plain(11, 3))).toBe(2_000);
    expect(after(plain(10, 3))).toBe(1_000);
    expect(after(plain(10, 3, "#EXT-X-ENDLIST"))).toBeUndefined();
  });

  it.each([
    ["html", "<!DOCTYPE html><title>502</title>"],
    ["empty", " \n "],
    ["not-a-stream", '{"error":1}'],
    ["not-a-stream", "#EXTM3UX\n"],
    ["malformed", "#EXTM3U\n"],
    ["malformed", of("#EXTINF:2,", "1.ts")],
    ["malformed", of("#EXT-X-TARGETDURATION:2", "1.ts")],
    ["malformed", of("#EXT-X-TARGETDURATION:2", "#EXTINF:x,", "1.ts")],
    ["too-large", `#EXTM3U\n${"#\n".repeat(9_000_000)}`],
    ["too-many", of("#EXT-X-TARGETDURATION:2", "#EXTINF:2,\n1.ts\n".repeat(200_001))],
    ["delta-without-base", of("#EXT-X-TARGETDURATION:2", "#EXT-X-SKIP:SKIPPED-SEGMENTS=3")],
  ])("is refused in one line: %s", (problem, text) => {
    expect(problemOf(() => readMedia(text, at))).toBe(problem);
  });
});

describe("low latency", () => {
  const control = [
    "#EXT-X-TARGETDURATION:2",
    "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,CAN-SKIP-UNTIL=12,HOLD-BACK=8",
    "#EXT-X-PART-INF:PART-TARGET=0.5",
    "#EXT-X-MEDIA-SEQUENCE:10",
  ];
  const tail = [
    '#EXT-X-PART:DURATION=0.5,URI="12.m4s",BYTERANGE="100@0",INDEPENDENT=YES',
    '#EXT-X-PART:DURATION=0.5,URI="12.m4s",BYTERANGE="50"',
    '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="12.m4s",BYTERANGE-START=150',
    '#EXT-X-RENDITION-REPORT:URI="../a/index.m3u8",LAST-MSN=12,LAST-PART=1',
  ];
  const whole = of(
    ...control,
    "#EXTINF:2,\n10.m4s",
    '#EXT-X-PART:DURATION=1,URI="11.0.m4s"\n#EXT-X-PART:DURATION=1,GAP=YES,URI="11.1.m4s"',
    "#EXTINF:2,\n11.m4s",
    ...tail,
  );
  const media = readMedia(whole, at);

  it("lists parts, hints and reports", () => {
    expect(media.segments[1]?.parts).toMatchObject([
      { index: 0, durationMs: 1_000, gap: false },
      { index: 1, gap: true },
    ]);
    expect(media.unfinished).toMatchObject({
      sequence: 12,
      startMs: 4_000,
      parts: [
        { range: { offset: 0, length: 100 }, independent: true },
        { range: { offset: 100, length: 50 }, independent: false },
      ],
    });
    expect(media.preloadHints).toEqual([
      { kind: "PART", url: "https://cdn.example.net/live/12.m4s", offset: 150 },
    ]);
    expect(media.renditionReports).toEqual([
      { url: "https://cdn.example.net/a/index.m3u8", lastSequence: 12, lastPart: 1 },
    ]);
    expect([holdBackMs(media, true), holdBackMs(media, false)]).toEqual([1_500, 8_000]);
    expect(windowOf(media, 0).toMs).toBe(5_000);
  });

  it("is asked for with the next part, or the next segment, and keeps the query", () => {
    const path = "https://cdn.example.net/live/master.m3u8?token=a/b";
    expect(reloadOfMedia(undefined, media, true)).toEqual({
      afterMs: 0,
      blocking: true,
      delta: true,
      url: `${path}&_HLS_msn=12&_HLS_part=2&_HLS_skip=YES`,
    });
    const again = readMedia(whole, `${path}&_HLS_msn=12&_HLS_part=2&_HLS_skip=YES`, {
      previous: media,
    });
    expect(reloadOfMedia(undefined, again, false)?.url).toBe(`${path}&_HLS_msn=12&_HLS_skip=YES`);
    expect(reloadOfMedia(media, again, true)).toMatchObject({ blocking: false, url: path });
  });

  it("takes from the one before what a delta update leaves out", () => {
    const delta = of(
      ...control.slice(0, 3),
      "#EXT-X-MEDIA-SEQUENCE:10",
      "#EXT-X-SKIP:SKIPPED-SEGMENTS=1",
      "#EXTINF:2,\n11.m4s",
      '#EXT-X-PART:DURATION=2,URI="12.m4s"',
      "#EXTINF:2,\n12.m4s",
    );
    const next = readMedia(delta, at, { previous: media });
    expect(next.segments.map(({ sequence, startMs }) => [sequence, startMs])).toEqual([
      [10, 0],
      [11, 2_000],
      [12, 4_000],
    ]);
    expect(next.unfinished).toBeUndefined();
    const moved = delta.replaceAll(".m4s", ".m4s?t=2");
    expect(readMedia(moved, at, { previous: media }).segments.map(({ url }) => url)).toEqual([
      "https://cdn.example.net/live/10.m4s",
      "https://cdn.example.net/live/11.m4s?t=2",
      "https://cdn.example.net/live/12.m4s?t=2",
    ]);
    expect(problemOf(() => readMedia(delta, at))).toBe("delta-without-base");
  });
});
