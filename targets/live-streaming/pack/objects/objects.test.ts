import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { segmentPath } from "../stream/stream.ts";
import { classifier, objectKinds } from "./classify.ts";
import { knowledge, type Which } from "./knowledge.ts";
import { Learned } from "./learned.ts";
import { describeObjects, isSelected, objectsShape } from "./selector.ts";

const stream = { event: "main", segmentPath: "/live/{event}/{rendition}/{number}.m4s" };
const ask = (path: string) => ({ method: "GET", path });

describe("an address of a stream", () => {
  it("with a template is a segment under its rendition and number", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((name) => !/[/?#{}%]|^\.+$/.test(name)),
        fc.nat(),
        (rendition, number) => {
          const path = segmentPath(stream, rendition, number);
          expect(classifier({ stream })(path)).toEqual({ kind: "segment", rendition, number });
        },
      ),
    );
  });

  it.each([
    ["/live/main/manifest.mpd", "manifest", undefined, undefined],
    ["/live/show/master.m3u8?token=x", "manifest", undefined, undefined],
    ["/live/show/v720/index.m3u8", "playlist", "v720", undefined],
    ["/index.m3u8", "manifest", undefined, undefined],
    ["/live/show/v720/playlist.m3u8", "playlist", "v720", undefined],
    ["/live/main/v720/init.mp4", "init", "v720", undefined],
    ["/live/show/v720/seg_00012.ts", "segment", "v720", 12],
    ["/live/show/v720/part12.3.m4s", "part", "v720", 12],
    ["/live/show/keys/1.key", "key", "keys", undefined],
  ])("without one is read by its file: %s", (path, kind, rendition, number) => {
    expect(classifier({})(path)).toMatchObject({
      kind,
      ...(rendition === undefined ? {} : { rendition }),
      ...(number === undefined ? {} : { number }),
    });
  });

  it("that is no object of the stream is none", () => {
    for (const path of ["/health/ready", "/", "/api/session"])
      expect(classifier({ stream })(path)).toBeNull();
  });
});

describe("a playlist that passes", () => {
  const media = `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:41
#EXT-X-MAP:URI="start"
#EXT-X-KEY:METHOD=AES-128,URI="../k?id=1"
#EXTINF:2,
a?token=1
#EXTINF:2,
b
#EXT-X-PART:DURATION=0.5,URI="b.0"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="b.1"
`;
  it("teaches what its addresses are for, whatever they are called", () => {
    const learned = new Learned();
    learned.learn("/m", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhi/list\n");
    learned.learn("/hi/list", media);
    expect(learned.of("/m")).toEqual({ kind: "manifest" });
    expect(learned.of("/hi/list")).toEqual({ kind: "playlist", rendition: "hi" });
    expect(learned.of("/hi/start")).toMatchObject({ kind: "init", rendition: "hi" });
    expect(learned.of("/k")).toMatchObject({ kind: "key" });
    expect(learned.of("/hi/a?token=2")).toEqual({ kind: "segment", rendition: "hi", number: 41 });
    expect(learned.of("/hi/b")).toMatchObject({ kind: "segment", number: 42 });
    expect(learned.of("/hi/b.0")).toMatchObject({ kind: "part", number: 43 });
    expect(learned.newest).toBe(42);
  });

  it("moves the live edge of a stream without a clock", () => {
    const which: Which = {
      objects: { of: "segment", behindLiveEdge: { to: 0 } },
      addresses: {},
      clock: null,
    };
    const matcher = knowledge.matcher(which, () => 0);
    matcher.learn?.(ask("/hi/list"), media);
    expect(matcher.matches(ask("/hi/a"))).toBe(false);
    expect(matcher.matches(ask("/hi/b"))).toBe(true);
  });
});

describe("a selector", () => {
  it("selects by kind, rendition, number and distance from the live edge", () => {
    const object = { kind: "segment", rendition: "v720", number: 95 } as const;
    const at = (objects: object): boolean =>
      isSelected(objectsShape.parse({ of: "segment", ...objects }), object, 100);
    expect(at({})).toBe(true);
    expect(at({ of: "any" })).toBe(true);
    expect(at({ of: ["init", "segment"] })).toBe(true);
    expect(at({ of: "part" })).toBe(false);
    expect(at({ rendition: "v720" })).toBe(true);
    expect(at({ rendition: "audio" })).toBe(false);
    expect(at({ sequence: { from: 95, to: 95 } })).toBe(true);
    expect(at({ sequence: { from: 96 } })).toBe(false);
    expect(at({ behindLiveEdge: { from: 5, to: 5 } })).toBe(true);
    expect(at({ behindLiveEdge: { to: 4 } })).toBe(false);
  });

  it("never strikes an object without a number by number", () => {
    for (const kind of objectKinds)
      expect(isSelected({ of: "any", sequence: { from: 0 } }, { kind }, 100)).toBe(false);
  });

  it("follows the clock of a stream that has one", () => {
    const which: Which = {
      objects: { of: "segment", behindLiveEdge: { to: 1 } },
      addresses: { stream },
      clock: { segmentMs: 2_000, availabilityStartMs: 0 },
    };
    let nowMs = 20_000;
    const { matches } = knowledge.matcher(which, () => nowMs);
    expect(matches(ask("/live/main/v720/8.m4s"))).toBe(true);
    nowMs = 24_000;
    expect(matches(ask("/live/main/v720/8.m4s"))).toBe(false);
    // Ahead of the newest one.
    expect(matches(ask("/live/main/v720/12.m4s"))).toBe(true);
  });

  it("has words, and its sessions are those of CMCD", () => {
    expect(describeObjects({ of: "segment", rendition: "v720", behindLiveEdge: { to: 4 } })).toBe(
      "segments of v720, 0…4 behind the live edge",
    );
    expect(knowledge.session?.('cid="c",sid="one",st=l')).toBe("one");
    expect(knowledge.session?.("plain")).toBe("plain");
  });
});
