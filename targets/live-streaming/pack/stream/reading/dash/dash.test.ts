import { describe, expect, it } from "vitest";
import { mediaOf, readStream } from "../read-stream.ts";
import { reloadOfManifest } from "../reload.ts";
import { holdBackMs, isLast, segmentAfter, segmentAt, windowOf } from "../segments.ts";
import type { SegmentView, StreamView } from "../views.ts";

const at = "https://cdn.example.net/live/manifest.mpd?token=1";
const startMs = Date.UTC(2026, 0, 1);
const mpd = (attributes: string, ...body: readonly string[]): string =>
  `<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" ${attributes}>` +
  `${body.join("\n")}</MPD>`;
const live = 'type="dynamic" availabilityStartTime="2026-01-01T00:00:00Z"';
const read = (text: string, previous?: StreamView): StreamView =>
  readStream(text, at, previous).stream;
const urls = (segments: readonly (SegmentView | null)[]): (string | undefined)[] =>
  segments.map((one) => one?.url.replace("https://cdn.example.net", ""));
function walk(stream: StreamView, id: string, fromMs: number, count: number): SegmentView[] {
  const media = mediaOf(stream, id);
  const found: SegmentView[] = [];
  for (
    let one = segmentAt(media, fromMs);
    one !== null && found.length < count;
    one = segmentAfter(media, one)
  )
    found.push(one);
  return found;
}

describe("a manifest with numbers", () => {
  const stream = read(
    mpd(
      `${live} minimumUpdatePeriod="PT10S" timeShiftBufferDepth="PT1M" ` +
        'suggestedPresentationDelay="PT6.5S"',
      "<BaseURL>one/</BaseURL>",
      '<UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="/time"/>',
      '<Period id="p" start="PT10S"><BaseURL>two/</BaseURL>',
      '<AdaptationSet contentType="video" lang="en" frameRate="30000/1001">',
      "<BaseURL>three/</BaseURL>",
      '<SegmentTemplate timescale="1000" duration="2000" startNumber="5"',
      'availabilityTimeOffset="0.5" availabilityTimeComplete="false"',
      'initialization="$RepresentationID$/init.mp4"',
      'media="$RepresentationID$/$Bandwidth$/$Number%05d$.m4s?x=$$"/>',
      '<Representation id="v 1" bandwidth="1000" width="640" height="360" codecs="avc1">',
      "<BaseURL>four/</BaseURL></Representation>",
      '<Representation id="v2" bandwidth="2000"/></AdaptationSet>',
      '<AdaptationSet mimeType="image/jpeg"><Representation id="t" bandwidth="1"/></AdaptationSet>',
      "</Period>",
    ),
  );

  it("has addresses through all levels, padded numbers and dollars", () => {
    expect(
      stream.renditions.map(({ id, kind, frameRate, height }) => [id, kind, frameRate, height]),
    ).toEqual([
      ["v-1", "video", 30_000 / 1_001, 360],
      ["v2", "video", 30_000 / 1_001, undefined],
    ]);
    const [first] = walk(stream, "v-1", 10_000, 1);
    expect(first).toMatchObject({
      url: "https://cdn.example.net/live/one/two/three/four/v 1/1000/00005.m4s?x=$",
      init: { url: "https://cdn.example.net/live/one/two/three/four/v 1/init.mp4" },
      sequence: 5,
      startMs: 10_000,
      durationMs: 2_000,
      availableMs: startMs + 11_500,
      dateMs: startMs + 10_000,
      discontinuity: true,
    });
  });

  it("offers a segment when its time has come, less the offset", () => {
    const media = mediaOf(stream, "v2");
    const newest = (ms: number): number | undefined =>
      windowOf(media, startMs + ms).newest?.sequence;
    expect([11_499, 11_500, 13_499, 13_500].map(newest)).toEqual([undefined, 5, 5, 6]);
    expect(windowOf(media, startMs + 110_000)).toMatchObject({
      fromMs: 50_000,
      toMs: 110_000,
      oldest: { sequence: 25 },
    });
    expect(holdBackMs(media, false)).toBe(6_500);
  });

  it("is asked for again after its period; its clock is known", () => {
    expect(reloadOfManifest(stream)).toMatchObject({ afterMs: 10_000, url: at });
    expect(stream.manifest?.clocks).toEqual([
      { scheme: "urn:mpeg:dash:utc:http-iso:2014", value: "/time" },
    ]);
    const moved = read(
      mpd(
        `${live} minimumUpdatePeriod="PT0S"`,
        "<Location>/other.mpd</Location>",
        '<Period start="PT0S"><AdaptationSet contentType="audio">',
        '<SegmentTemplate duration="2" media="$Number$"/><Representation id="a"/>',
        "</AdaptationSet></Period>",
      ),
    );
    expect(reloadOfManifest(moved)).toMatchObject({
      afterMs: 2_000,
      url: "https://cdn.example.net/other.mpd",
    });
  });
});

const timeline = (entries: string, publish = ""): string =>
  mpd(
    `${live} ${publish} minimumUpdatePeriod="PT2S" timeShiftBufferDepth="PT10S"`,
    '<Period id="p" start="PT0S"><AdaptationSet contentType="video">',
    '<SegmentTemplate timescale="10" presentationTimeOffset="100"',
    'media="$RepresentationID$/$Time$.m4s">',
    `<SegmentTimeline><!-- <S t="1" d="1"/> -->${entries}</SegmentTimeline></SegmentTemplate>`,
    '<Representation id="v" bandwidth="1000"/><Representation id="w" bandwidth="2000"/>',
    "</AdaptationSet></Period>",
  );

describe("a manifest with a timeline", () => {
  it("repeats, has gaps, and runs to the next entry", () => {
    const stream = read(
      timeline(
        '<S t="100" d="20" r="1"/><S d="30"></S><S r="-1" d=\'10\' t="200"/><S t="231" d="5"/>',
      ),
    );
    expect(walk(stream, "v", 0, 10).map(({ startMs: ms, durationMs }) => [ms, durationMs])).toEqual(
      [
        [0, 2_000],
        [2_000, 2_000],
        [4_000, 3_000],
        [10_000, 1_000],
        [11_000, 1_000],
        [12_000, 1_000],
        [13_100, 500],
      ],
    );
    expect(urls(walk(stream, "v", 13_100, 1))).toEqual(["/live/v/231.m4s"]);
    expect(segmentAt(mediaOf(stream, "v"), 8_000)).toBeNull();
  });

  it("is read alone when it only grows, and continues after the last segment", () => {
    const first = read(timeline('<S t="100" d="20" r="2"/>', 'publishTime="2026-01-01T00:00:06Z"'));
    const last = walk(first, "v", 4_000, 1)[0];
    if (last === undefined) throw new Error();
    expect(segmentAfter(mediaOf(first, "v"), last)).toBeNull();
    const grown = timeline('<S t="120" d="20" r="2"/>', 'publishTime="2026-01-01T00:00:08Z"');
    const second = read(grown, first);
    expect(second.renditions).toBe(first.renditions);
    expect(second).toEqual(read(grown));
    expect(urls([segmentAfter(mediaOf(second, "v"), last)])).toEqual(["/live/v/160.m4s"]);
    expect(windowOf(mediaOf(second, "v"), startMs + 8_000)).toMatchObject({
      fromMs: 2_000,
      toMs: 8_000,
    });
  });

  it("without an end follows the clock", () => {
    const media = mediaOf(read(timeline('<S t="100" d="20" r="-1"/>')), "v");
    expect(windowOf(media, startMs + 20_500)).toMatchObject({ fromMs: 10_000, toMs: 20_000 });
  });

  it("holds times that exceed a number", () => {
    const stream = read(timeline('<S t="17000000000000001" d="20" r="1"/>'));
    const media = mediaOf(stream, "v");
    expect(urls([windowOf(media, 0).oldest ?? null, windowOf(media, 0).newest ?? null])).toEqual([
      "/live/v/17000000000000001.m4s",
      "/live/v/17000000000000021.m4s",
    ]);
  });
});

describe("a manifest with several periods", () => {
  const set = (kind: string, representations: string): string =>
    `<AdaptationSet contentType="${kind}">` +
    '<SegmentTemplate duration="4" media="$RepresentationID$-$Number$.m4s"/>' +
    `${representations}</AdaptationSet>`;
  const video = (id: string, bandwidth: number): string =>
    `<Representation id="${id}" bandwidth="${bandwidth}"/>`;
  const stream = read(
    mpd(
      'type="static" mediaPresentationDuration="PT20S"',
      '<Period id="1" duration="PT10S">',
      `${set("video", video("v1", 1_000) + video("v2", 2_000))}</Period>`,
      `<Period id="2">${set("video", video("ad1", 900) + video("v2", 1_900))}</Period>`,
    ),
  );

  it("continues in the next one, with the nearest rendition", () => {
    const walked = walk(stream, "v1", 0, 99);
    expect(urls(walked)).toEqual(
      ["v1-1", "v1-2", "v1-3", "ad1-1", "ad1-2", "ad1-3"].map((one) => `/live/${one}.m4s`),
    );
    expect(walked.map(({ startMs: ms, durationMs }) => [ms, durationMs])).toEqual([
      [0, 4_000],
      [4_000, 4_000],
      [8_000, 2_000],
      [10_000, 4_000],
      [14_000, 4_000],
      [18_000, 2_000],
    ]);
    expect(walked.map(({ discontinuity }) => discontinuity)).toEqual([
      false,
      false,
      false,
      true,
      false,
      false,
    ]);
    const last = walked.at(-1);
    expect(last !== undefined && isLast(mediaOf(stream, "v1"), last)).toBe(true);
    expect(reloadOfManifest(stream)).toBeNull();
    expect(windowOf(mediaOf(stream, "v2"), 0)).toMatchObject({ fromMs: 0, toMs: 20_000 });
  });
});

it("a manifest steers between places, each with its renditions", () => {
  const stream = read(
    mpd(
      'type="static" mediaPresentationDuration="PT4S"',
      '<ContentSteering defaultServiceLocation="beta" queryBeforeStart="true">',
      "/steer</ContentSteering>",
      '<BaseURL serviceLocation="alpha">https://a.example.net/</BaseURL>',
      '<BaseURL serviceLocation="beta">https://b.example.net/</BaseURL>',
      '<Period><AdaptationSet mimeType="video/mp4"><SegmentList duration="2">',
      '<Initialization sourceURL="i.mp4" range="0-9"/>',
      '<SegmentURL media="1.mp4" mediaRange="10-19"/><SegmentURL media="2.mp4"/></SegmentList>',
      '<Representation id="v" bandwidth="1"/></AdaptationSet></Period>',
    ),
  );
  expect(stream.steering).toEqual({
    serverUrl: "https://cdn.example.net/steer",
    pathways: ["beta", "alpha"],
    queryBeforeStart: true,
  });
  expect(stream.renditions.map(({ id }) => id)).toEqual(["v@alpha", "v@beta"]);
  expect(walk(stream, "v@beta", 0, 9)).toMatchObject([
    {
      url: "https://b.example.net/1.mp4",
      range: { offset: 10, length: 10 },
      init: { url: "https://b.example.net/i.mp4", range: { offset: 0, length: 10 } },
    },
    { url: "https://b.example.net/2.mp4", startMs: 2_000 },
  ]);
});

it.each([
  ["not-a-stream", "<?xml version='1.0'?><html/>"],
  ["malformed", mpd(live, "<Period>").replace("</MPD>", "")],
  ["malformed", mpd(live)],
  ["malformed", `<MPD>${"<a>".repeat(100_000)}`],
  ["malformed", '<!DOCTYPE a [<!ENTITY b "c">]><MPD>&b;</MPD>'],
  ["malformed", timeline('<S t="1"/>')],
  ["malformed", timeline('<S t="17000000000000001" d="1.5"/>')],
  ["malformed", timeline('<S t="1.5" d="1"/>')],
  ["malformed", timeline('<S t="1" d="1" r="x"/>')],
  ["too-many", timeline('<S d="1"/>'.repeat(200_001))],
])("a manifest is refused in one line: %s", (problem, text) => {
  let found = "none";
  try {
    read(text);
  } catch (error) {
    found = (error as { readonly problem: string }).problem;
    expect((error as Error).message).not.toContain("\n");
  }
  expect(found).toBe(problem);
});
