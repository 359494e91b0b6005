import { describe, expect, it } from "vitest";
import type { Layout } from "../../../../harness/target/layout.ts";
import { readdress } from "./readdress.ts";
import { recognise } from "./recognise.ts";

/** As a trace shows it, with `~` for each unknown word. */
function seen(path: string): string | null {
  const found = recognise(path);
  if (found === null) return null;
  const text = found.pieces
    .map((piece) => (piece === "number" ? "{number}" : "text" in piece ? piece.text : "~"))
    .join("");
  return `${found.kind} ${text} ${found.number ?? ""}`.trim();
}

describe("a path of a stream in a log", () => {
  it.each([
    ["/live/main/v720/123.m4s", "segment /live/main/v720/{number}.m4s 123"],
    // A number that is also a height.
    ["/live/main/v720/1080.m4s", "segment /live/main/v720/{number}.m4s 1080"],
    ["/hls/1080p/seg-00042.ts", "segment /hls/1080p/seg-{number}.ts 42"],
    ["/dash/chunk-stream0-00017.m4s", "segment /dash/chunk-stream0-{number}.m4s 17"],
    ["/live/video_720p_17.cmfv", "segment /live/video_720p_{number}.cmfv 17"],
    ["/live/match/audio_en/9.AAC", "segment /live/~/audio_en/{number}.aac 9"],
    ["/live/segment12_720p.ts", "segment /live/segment{number}_720p.ts 12"],
    ["/live/main/master.m3u8", "playlist /live/main/master.m3u8"],
    ["/live/main/manifest.mpd", "manifest /live/main/manifest.mpd"],
    ["/live/main/v720/init.mp4", "init /live/main/v720/init.mp4"],
    ["/live/main/v720/init-1.mp4", "init /live/main/v720/init-~.mp4"],
    ["/vod/720p.mp4", "file /vod/720p.mp4"],
    ["/keys/main.key", "key /~/main.key"],
  ])("%s is %s", (path, expected) => {
    expect(seen(path)).toBe(expected);
  });

  it.each(["/", "/live/", "/index.html", "/live/main", "/api/users/7", "/.m4s", "/a.json", ""])(
    "%s is none",
    (path) => {
      expect(seen(path)).toBeNull();
    },
  );
});

describe("an object of a trace on a stream", () => {
  const layout = {
    content: {
      event: "final 26",
      segmentPath: "/out/{event}/{rendition}/s{number}.ts",
      renditions: [{ name: "v720" }, { name: "v360" }, { name: "audio" }],
      manifestPath: "/out/manifest.mpd",
    },
  } as unknown as Layout;
  const at = (path: string, kind = "segment") => readdress({ kind, path }, layout);

  it("is found by the name of a rendition, in a folder or in a file's name", () => {
    const v720 = { path: "/out/final%2026/v720/s{number}.ts", name: "v720" };
    expect(at("/live/~1/v720/{number}.m4s")).toEqual(v720);
    expect(at("/live/seg_v720-{number}.m4s")).toEqual(v720);
  });

  it("is none where no rendition is named, or two are", () => {
    expect(at("/live/v1080/{number}.m4s")).toBeNull();
    expect(at("/live/v720/v360/{number}.m4s")).toBeNull();
    expect(at("/live/~/{number}.m4s")).toBeNull();
  });

  it("is where it was, without a number, if all of its path is known", () => {
    expect(at("/live/main/init.mp4", "init")).toEqual({ path: "/live/main/init.mp4" });
    expect(at("/live/~1/init.mp4", "init")).toBeNull();
    expect(at("/live/~1/any.mpd", "manifest")).toEqual({ path: "/out/manifest.mpd" });
  });
});
