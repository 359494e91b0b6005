import { describe, expect, it } from "vitest";
import { rewriter, showsWrong, type WrongText, wrongTextShape } from "./rewrites.ts";
import { newestIn, segmentsIn } from "./texts.ts";

const hls = (first: number, count = 4): string =>
  `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:${first}\n` +
  Array.from(
    { length: count },
    (_, index) =>
      `${index === 2 ? "#EXT-X-DISCONTINUITY\n" : ""}` +
      `#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:0${index * 2}.000Z\n` +
      `#EXTINF:2,\ns${first + index}.ts\n`,
  ).join("");
const dash = (repeat: number): string =>
  `<MPD maxSegmentDuration="PT2S"><SegmentTimeline><S t="0" d="2" r="${repeat}"/>` +
  '</SegmentTimeline><UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="/t"/></MPD>';

const asked = { method: "GET", path: "/p" };
const nowMs = (): number => Date.now();
const once = (wrong: WrongText, text: string): string => rewriter(wrong, nowMs)(text, asked);

describe("a wrong playlist", () => {
  const ways: readonly (readonly [WrongText, string])[] = [
    [{ is: "jumpsBack", segments: 2 }, hls(10)],
    [{ is: "jumpsBack", segments: 1 }, dash(3)],
    [{ is: "missingSegment", behind: 1 }, hls(10)],
    [{ is: "missingSegment", behind: 1 }, dash(3)],
    [{ is: "untaggedDiscontinuity" }, hls(10)],
    [{ is: "wrongTargetDuration", seconds: 20 }, hls(10)],
    [{ is: "wrongTargetDuration", seconds: 20 }, dash(3)],
    [{ is: "clockOff", byMs: 30_000 }, hls(10)],
    [{ is: "clockOff", byMs: -30_000 }, dash(3)],
  ];

  it.each(ways)("shows its own damage, and a right one does not: %o", (wrong, text) => {
    expect(wrongTextShape.parse(wrong)).toEqual(wrong);
    const over = once(wrong, text);
    expect(over).not.toBe(text);
    expect(showsWrong(wrong, over, text)).toBe(true);
    expect(showsWrong(wrong, text, text)).toBe(false);
  });

  it("stays as it was when it is stale, each by its address", () => {
    const rewrite = rewriter({ is: "stale" }, nowMs);
    expect(rewrite(hls(10), asked)).toBe(hls(10));
    expect(showsWrong({ is: "stale" }, hls(10), hls(10))).toBe(false);
    const over = rewrite(hls(11), asked);
    expect(over).toBe(hls(10));
    expect(showsWrong({ is: "stale" }, over, hls(11))).toBe(true);
    expect(rewrite(hls(11), { ...asked, path: "/other" })).toBe(hls(11));
  });

  it("jumps back every second time only", () => {
    const rewrite = rewriter({ is: "jumpsBack", segments: 1 }, nowMs);
    const counts = [1, 2, 3, 4].map(() => segmentsIn(rewrite(hls(10), asked)).length);
    expect(counts).toEqual([3, 4, 3, 4]);
  });

  it("lacks one segment with its own tags, and keeps all else", () => {
    const over = once({ is: "missingSegment", behind: 0 }, hls(10));
    expect(over).toBe(hls(10, 3));
    expect(segmentsIn(once({ is: "missingSegment", behind: 1 }, dash(3)))).toEqual(["0", "2", "6"]);
  });

  it("is left alone where there is nothing to damage", () => {
    for (const [wrong] of ways)
      for (const text of ["", "not found"]) {
        expect(once(wrong, text)).toBe(text);
        expect(showsWrong(wrong, text, text)).toBe(false);
      }
    expect([newestIn("x"), newestIn(hls(10)), newestIn(dash(3))]).toEqual([null, 14, 6]);
  });
});
