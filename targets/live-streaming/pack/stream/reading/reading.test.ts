/** Whatever a server sends: a view, or the one declared error. */
import fc from "fast-check";
import { Parser } from "m3u8-parser";
import { describe, expect, it } from "vitest";
import { times } from "../../../../../test/support/thorough.ts";
import { Following } from "./following.ts";
import { mediaOf, readMedia, readStream } from "./read-stream.ts";
import { reloadOfManifest, reloadOfMedia } from "./reload.ts";
import { segmentAfter, segmentAt, windowOf } from "./segments.ts";
import { UnreadableStream } from "./unreadable.ts";
import type { HlsMediaView, MediaView } from "./views.ts";

const at = "https://cdn.example.net/live/index?token=1";

/** Uses what was read, as a viewer would. */
function use(media: MediaView): void {
  const { oldest, fromMs } = windowOf(media, 1e12);
  segmentAt(media, fromMs);
  if (oldest !== undefined) segmentAfter(media, oldest);
}

function tryAll(text: string, url = at): void {
  try {
    const { stream, media } = readStream(text, url);
    if (media !== undefined) {
      use(media);
      reloadOfMedia(undefined, media, true);
      readMedia(text, url, { previous: media });
    }
    if (stream.format === "dash") {
      for (const { id } of stream.renditions) use(mediaOf(stream, id));
      reloadOfManifest(stream);
      readStream(text, url, stream);
    }
  } catch (error) {
    if (!(error instanceof UnreadableStream)) throw error;
    expect(error.message).not.toContain("\n");
  }
}

const word = fc.oneof(
  fc.constantFrom("0", "1", "-1", "2.5", "1e400", "99999999999999999999", "NaN", "", "x", "YES"),
  fc.string({ maxLength: 8 }),
);
const attributes = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        ..."URI,BANDWIDTH,METHOD,BYTERANGE,DURATION,TYPE,GROUP-ID,NAME,VALUE,QUERYPARAM".split(","),
        ..."SKIPPED-SEGMENTS,CAN-SKIP-UNTIL,PART-TARGET,LAST-MSN,SERVER-URI,__proto__".split(","),
      ),
      word,
      fc.boolean(),
    ),
    { maxLength: 5 },
  )
  .map((all) =>
    all.map(([name, value, quoted]) => `${name}=${quoted ? `"${value}"` : value}`).join(","),
  );
const line = fc.oneof(
  word,
  fc
    .tuple(
      fc.constantFrom(
        ..."EXTINF,EXT-X-TARGETDURATION,EXT-X-MEDIA-SEQUENCE,EXT-X-BYTERANGE,EXT-X-GAP".split(","),
        ..."EXT-X-PROGRAM-DATE-TIME,EXT-X-DISCONTINUITY,EXT-X-ENDLIST,EXT-X-DEFINE".split(","),
      ),
      word,
    )
    .map(([tag, value]) => `#${tag}:${value}`),
  fc
    .tuple(
      fc.constantFrom(
        ..."PART,MAP,KEY,MEDIA,STREAM-INF,SKIP,SERVER-CONTROL,PART-INF,PRELOAD-HINT".split(","),
        ..."RENDITION-REPORT,START,CONTENT-STEERING,DEFINE".split(","),
      ),
      attributes,
    )
    .map(([tag, value]) => `#EXT-X-${tag}:${value}`),
);
const xmlAttribute = fc
  .tuple(
    fc.constantFrom(
      ..."t,d,r,id,start,duration,timescale,media,startNumber,bandwidth,contentType".split(","),
      ..."type,availabilityStartTime,minimumUpdatePeriod,presentationTimeOffset,endNumber".split(
        ",",
      ),
    ),
    fc.constantFrom(
      ..."0,1,-1,PT2S,PT0S,$Number$,$Time$.m4s,video,audio,dynamic,99999999999999999999".split(","),
      ..."2026-01-01T00:00:00Z,1.5,<".split(","),
    ),
  )
  .map(([name, value]) => `${name}="${value.replace("<", "&lt;")}"`);
const ownAttributes = fc.uniqueArray(xmlAttribute, {
  maxLength: 8,
  selector: (one) => one.split("=")[0] as string,
});

/** Elements of these names, each with some of the ones that may be in it. */
function elements(names: string, within: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const one = fc
    .tuple(fc.constantFrom(...names.split(",")), ownAttributes, within)
    .map(([name, own, inner]) => `<${name} ${own.join(" ")}>${inner}</${name}>`);
  return fc.array(one, { maxLength: 3 }).map((all) => all.join(""));
}
const entries = elements("S", fc.constant(""));
const addressing = elements(
  "SegmentTemplate,SegmentTemplate,SegmentList,SegmentBase,BaseURL",
  elements("SegmentTimeline,SegmentURL,Initialization", entries),
);
const level = (name: string, within: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  elements(
    name,
    fc.tuple(addressing, within).map((both) => both.join("")),
  );
const periods = level("Period", level("AdaptationSet", level("Representation", addressing)));

describe("whatever a server sends", () => {
  it("of any text is a view, or the declared error", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        tryAll(text);
        tryAll(`#EXTM3U\n${text}`);
        tryAll(`<MPD>${text}</MPD>`);
      }),
      { numRuns: times(100) },
    );
  });

  it("of the lines of a playlist is a view, or the declared error", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) =>
        tryAll(`#EXTM3U\n#EXT-X-TARGETDURATION:2\n${lines.join("\n")}`),
      ),
      { numRuns: times(300) },
    );
  });

  it("of the elements of a manifest is a view, or the declared error", () => {
    fc.assert(
      fc.property(ownAttributes, periods, (own, inner) => {
        tryAll(`<MPD ${own.join(" ")}>${inner}</MPD>`);
      }),
      { numRuns: times(100) },
    );
  });

  it("may be cut off anywhere", () => {
    const whole = written({ from: 3, durations: [2, 2.5, 2], parts: 2, dated: true });
    for (let length = 0; length < whole.length; length++) tryAll(whole.slice(0, length));
  });
});

interface Made {
  readonly from: number;
  readonly durations: readonly number[];
  readonly parts: number;
  readonly dated: boolean;
}

/** A playlist as a packager writes it. */
function written({ from, durations, parts, dated }: Made): string {
  let ms = 1_700_000_000_000;
  const segments = durations.map((seconds, index) => {
    const number = from + index;
    const date = new Date(ms).toISOString();
    ms += seconds * 1_000;
    return [
      ...(dated ? [`#EXT-X-PROGRAM-DATE-TIME:${date}`] : []),
      ...(number % 5 === 0 ? ["#EXT-X-DISCONTINUITY"] : []),
      ...Array.from(
        { length: parts },
        (_, part) => `#EXT-X-PART:DURATION=${seconds / parts},URI="${number}.${part}.m4s"`,
      ),
      `#EXTINF:${seconds},`,
      `${number}.m4s`,
    ].join("\n");
  });
  const head = ["#EXTM3U", "#EXT-X-TARGETDURATION:4", `#EXT-X-MEDIA-SEQUENCE:${from}`];
  return `${[...head, '#EXT-X-MAP:URI="init.mp4"', ...segments].join("\n")}\n`;
}

const made = fc.record({
  from: fc.nat(50),
  durations: fc.array(
    fc.integer({ min: 1, max: 16 }).map((quarter) => quarter / 4),
    {
      minLength: 1,
      maxLength: 12,
    },
  ),
  parts: fc.nat(3),
  dated: fc.boolean(),
});

describe("a playlist", () => {
  it("is read as m3u8-parser reads it", () => {
    fc.assert(
      fc.property(made, (one) => {
        const text = written(one);
        const other = new Parser();
        other.push(text);
        other.end();
        const media = readMedia(text, at);
        expect(
          media.segments.map(({ url, durationMs, discontinuity, parts, dateMs }) => ({
            uri: url.slice("https://cdn.example.net/live/".length),
            durationMs,
            discontinuity,
            dateMs,
            parts: parts.map((part) => part.durationMs),
          })),
        ).toEqual(
          other.manifest.segments.map(
            ({ uri, duration, discontinuity, parts, programDateTime }) => ({
              uri,
              durationMs: duration * 1_000,
              discontinuity: discontinuity === true,
              dateMs: programDateTime,
              parts: (parts ?? []).map((part) => Math.round(part.duration * 1e6) / 1e3),
            }),
          ),
        );
      }),
      { numRuns: times(100) },
    );
  });

  it("that grows and slides is the same, read along or as a whole", () => {
    fc.assert(
      fc.property(made, fc.array(fc.nat(4), { maxLength: 6 }), (one, steps) => {
        const long: Made = { ...one, durations: [...one.durations, ...one.durations, 1, 2, 3] };
        let first = 0;
        let end = 1;
        let along: HlsMediaView | undefined;
        for (const step of steps) {
          end = Math.min(long.durations.length, end + step);
          first = Math.min(end - 1, first + Math.floor(step / 2));
          const text = slice(long, first, end);
          along = readMedia(text, at, along === undefined ? {} : { previous: along });
          const whole = readMedia(text, at);
          expect(along.segments.map(without)).toEqual(whole.segments.map(without));
          expect(along.segments.at(-1)?.init).toEqual(whole.segments.at(-1)?.init);
          const [oldest, newest] = [along.segments[0], along.segments.at(-1)];
          const lengthMs = (newest?.startMs ?? 0) - (oldest?.startMs ?? 0);
          const theirs = (whole.segments.at(-1)?.startMs ?? 0) - (whole.segments[0]?.startMs ?? 0);
          expect(lengthMs).toBeCloseTo(theirs, 3);
        }
      }),
      { numRuns: times(100) },
    );
  });
});

function slice(one: Made, first: number, end: number): string {
  const lines = written({ ...one, dated: false }).split("\n");
  const texts = lines.join("\n").split(/(?<=\.m4s\n)/);
  const head = texts[0]?.replace(/(?:#EXT-X-DISCONTINUITY|#EXT-X-PART|#EXTINF)[\s\S]*$/, "") ?? "";
  const bodies = texts.map((text, index) => (index === 0 ? text.slice(head.length) : text));
  return (
    head.replace(/(MEDIA-SEQUENCE:)\d+/, `$1${one.from + first}`) +
    bodies.slice(first, end).join("")
  );
}

function without({ startMs: _, ...one }: HlsMediaView["segments"][number]) {
  return one;
}

describe("following a stream", () => {
  const media = (from: number, end = ""): string =>
    `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:${from}\n` +
    `#EXTINF:2,\n${from}.ts\n#EXTINF:2,\n${from + 1}.ts\n${end}`;
  const master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\nv.m3u8\n";

  function asks(following: Following, answer: (url: string) => string): string[] {
    const asked: string[] = [];
    const steps = following.media("1k");
    let step = steps.next();
    while (step.done !== true) {
      asked.push(step.value.url.replace("https://x/", ""));
      step = steps.next({ text: answer(step.value.url), url: step.value.url });
    }
    return asked;
  }

  it("asks when the rules say so, and sees that nothing comes any more", () => {
    let nowMs = 0;
    const following = new Following("https://x/m.m3u8", () => nowMs);
    const playlist =
      (from: number, end = "") =>
      (url: string) =>
        url.endsWith("m.m3u8") ? master : media(from, end);
    expect(asks(following, playlist(5))).toEqual(["m.m3u8", "v.m3u8"]);
    nowMs = 1_999;
    expect(asks(following, playlist(6))).toEqual([]);
    nowMs = 2_000;
    expect(asks(following, playlist(5))).toEqual(["v.m3u8"]);
    nowMs = 3_000;
    expect(asks(following, playlist(6))).toEqual(["v.m3u8"]);
    expect(following.isOver("1k")).toBe(false);
    nowMs = 9_001;
    expect(asks(following, playlist(6))).toEqual(["v.m3u8"]);
    expect(following.isOver("1k")).toBe(true);
    nowMs = 11_000;
    asks(following, playlist(7, "#EXT-X-ENDLIST\n"));
    expect(following.isOver("1k")).toBe(true);
    nowMs = 99_000;
    expect(asks(following, playlist(8))).toEqual([]);
  });

  it("asks again for a playlist that could not be read", () => {
    const following = new Following("https://x/m.m3u8", () => 0);
    expect(() => asks(following, () => "<html>")).toThrow(UnreadableStream);
    expect(asks(following, (url) => (url.endsWith("m.m3u8") ? master : media(1)))).toEqual([
      "m.m3u8",
      "v.m3u8",
    ]);
  });
});
