import { createServer, type IncomingMessage, type ServerResponse, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ContentRead } from "../../../../harness/target/content.ts";
import type { Access, Layout } from "../../../../harness/target/layout.ts";
import { isOurs } from "../../../../harness/target/own-hosts.ts";
import { partsOfSource } from "../own-target/source-parts.ts";
import type { StreamSource } from "../stream/source.ts";
import type { Stream } from "../stream/stream.ts";
import { readSource } from "./read-source.ts";

const nowMs = Date.UTC(2026, 0, 1, 12);
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let pages: Map<string, Answer>;
let server: Server;
let port = 0;
let asked: string[] = [];
beforeEach(async () => {
  pages = new Map();
  asked = [];
  server = createServer((request, response) => {
    asked.push(`${request.headers.host} ${request.url}`);
    const page = pages.get((request.url ?? "").replace(/\?.*$/, ""));
    if (page === undefined) response.writeHead(404).end();
    else page(request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  server.close().closeAllConnections();
});

const text =
  (body: string): Answer =>
  (_request, response) => {
    response.end(body);
  };
const to =
  (location: string): Answer =>
  (_request, response) => {
    response.writeHead(302, { location }).end();
  };

const lines = (...all: readonly string[]): string => `#EXTM3U\n${all.join("\n")}\n`;
const media = (count: number, ...more: readonly string[]): string =>
  lines(
    "#EXT-X-TARGETDURATION:2",
    "#EXT-X-MEDIA-SEQUENCE:100",
    ...Array.from({ length: count }, (_, index) => `#EXTINF:1.96,\n${index}.m4s`),
    ...more,
  );

async function read(
  source: StreamSource,
  { access = {} as Access, others = [] as readonly string[] } = {},
): Promise<ContentRead & { readonly content: Stream }> {
  const parts = partsOfSource(source, { services: [], entries: ["edge"] });
  const layout = { services: [], ...parts.layout(["edge"], "http") } as unknown as Layout;
  return (await readSource({
    layout,
    entries: [{ host: "127.0.0.1", port, access }],
    isAllowed: (host) => others.includes(host) || (others.length === 0 && isOurs(host)),
    nowMs: () => nowMs,
    signal: AbortSignal.timeout(20_000),
  })) as ContentRead & { readonly content: Stream };
}

const problemOf = (source: StreamSource, how = {}): Promise<string> =>
  read(source, how).then(
    () => "it was read",
    (error: Error & { readonly code?: string }) => {
      expect(error.code).toBe("CONTENT_UNREADABLE");
      expect(error.message).not.toContain("\n");
      return error.message.replace(/^.* cannot be read: /, "");
    },
  );

describe("a playlist", () => {
  beforeEach(() => {
    const master = lines(
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",LANGUAGE="en",URI="en.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="en",URI="sub.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=640x360,AUDIO="a"',
      "v/index.m3u8",
    );
    pages.set("/live/master.m3u8", (request, response) => {
      expect(request.headers["accept-encoding"]).toBe("gzip");
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(master));
    });
    pages.set("/live/v/index.m3u8", text(media(30)));
    pages.set("/live/en.m3u8", text(media(30)));
    pages.set("/live/sub.m3u8", text(media(30)));
  });

  it("becomes the content of a plan, with its rhythm", async () => {
    const { content, rhythm, notes } = await read({ url: "/live/master.m3u8?token=1" });
    expect(content).toMatchObject({
      event: "/live/master.m3u8",
      segmentMs: 2_000,
      dvrSegments: 29,
      renditions: [
        { name: "360p", kind: "video", bitsPerSecond: 900_000 },
        { name: "audio-en", kind: "audio", bitsPerSecond: 0 },
      ],
      source: { path: "/live/master.m3u8?token=1", read: { format: "hls", ended: false } },
    });
    expect(rhythm).toMatchObject({ ms: 2_000, name: "segment" });
    expect(notes).toEqual([]);
    expect(asked[0]).toBe(`127.0.0.1:${port} /live/master.m3u8?token=1`);
  });

  it("is asked for under its host's own name, below its path, with the session's token", async () => {
    pages.set("/cdn/session", (request, response) => {
      expect(request.method).toBe("POST");
      response.end('{"data":{"token":"t-1"}}');
    });
    pages.set("/cdn/live/index.m3u8", (request, response) => {
      response.writeHead(request.headers["x-session"] === "of t-1" ? 200 : 403).end(media(3));
    });
    const { content } = await read(
      { url: "/live/index.m3u8" },
      {
        access: {
          basePath: "/cdn",
          hostHeader: "live.example.net",
          session: { path: "/session", token: "data.token", header: "X-Session", as: "of {token}" },
        },
      },
    );
    expect(content.renditions.map(({ name }) => name)).toEqual(["only"]);
    expect(new Set(asked.map((one) => one.split(" ")[0]))).toEqual(new Set(["live.example.net"]));
  });

  it("whose rendition is at another allowed host gives it no token", async () => {
    pages.set("/session", text('{"token":"t-1"}'));
    const tokens: unknown[] = [];
    const token = (request: IncomingMessage): unknown =>
      tokens.push([request.headers.host?.split(":")[0], request.headers["x-session"]]);
    pages.set("/m.m3u8", (request, response) => {
      token(request);
      const url = `http://localhost:${port}/v.m3u8`;
      response.end(lines("#EXT-X-STREAM-INF:BANDWIDTH=5000", url));
    });
    pages.set("/v.m3u8", (request, response) => {
      token(request);
      response.end(media(3));
    });
    const session = { path: "/session", token: "token", header: "X-Session" };
    await read({ url: "/m.m3u8" }, { access: { session } });
    expect(tokens).toEqual([
      ["127.0.0.1", "t-1"],
      ["localhost", undefined],
    ]);
  });

  it("may redirect to hosts that are allowed, its own name among them", async () => {
    pages.set("/a.m3u8", to("http://live.example.net/b.m3u8"));
    pages.set("/b.m3u8", to(`http://127.0.0.1:${port}/live/master.m3u8`));
    const access = { hostHeader: "live.example.net" };
    const { content } = await read({ url: "/a.m3u8" }, { access });
    expect(content.renditions.length).toBe(2);
    pages.set("/c.m3u8", to("http://elsewhere.example.net/x.m3u8"));
    expect(await problemOf({ url: "/c.m3u8" })).toBe(
      "it leads to elsewhere.example.net, to which this run may not send traffic " +
        "(--allow-host elsewhere.example.net)",
    );
    expect(asked.filter((one) => one.includes("/x.m3u8"))).toEqual([]);
  });

  it("whose rendition is at another host says so", async () => {
    pages.set(
      "/live/master.m3u8",
      text(lines("#EXT-X-STREAM-INF:BANDWIDTH=1", "//b.example/v.m3u8")),
    );
    expect(await problemOf({ url: "/live/master.m3u8" })).toMatch(
      /^of its rendition 0k, it leads to b\.example, to which/,
    );
  });

  it("that has ended is read, and noted", async () => {
    pages.set("/vod.m3u8", text(media(3, "#EXT-X-ENDLIST")));
    const { content, notes } = await read({ url: "/vod.m3u8" });
    expect(content.source?.read?.ended).toBe(true);
    expect(notes).toEqual(["the stream has ended: nothing new appears in it"]);
  });

  it("with a clock in the past is noted", async () => {
    const date = "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T11:00:00Z";
    pages.set("/old.m3u8", text(media(0, date, "#EXTINF:2,", "1.ts")));
    expect((await read({ url: "/old.m3u8" })).notes).toEqual([
      "the stream's dates are 3600 s behind the clock; its live latency is not known",
    ]);
  });
});

describe("a manifest", () => {
  const mpd = (attributes: string, more = ""): string =>
    `<MPD type="dynamic" ${attributes} timeShiftBufferDepth="PT40S">${more}<Period start="PT0S">` +
    '<AdaptationSet contentType="video"><SegmentTemplate duration="2" media="$Number$.m4s"/>' +
    '<Representation id="v" bandwidth="500000"/></AdaptationSet></Period></MPD>';

  it("is read with its server's clock", async () => {
    const clock = '<UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="/time"/>';
    pages.set("/m.mpd", text(mpd('availabilityStartTime="2026-01-01T00:00:00Z"', clock)));
    pages.set("/time", text("2026-01-01T12:00:05.500Z"));
    const { content, rhythm } = await read({ url: "/m.mpd" });
    expect(content).toMatchObject({
      segmentMs: 2_000,
      dvrSegments: 20,
      renditions: [{ name: "v", kind: "video", bitsPerSecond: 500_000 }],
      source: { read: { format: "dash", clockAheadMs: 5_500, windowMs: 40_000 } },
    });
    expect(rhythm?.ms).toBe(2_000);
  });

  it("that begins in the future is refused", async () => {
    pages.set("/m.mpd", text(mpd('availabilityStartTime="2026-01-01T13:00:00Z"')));
    expect(await problemOf({ url: "/m.mpd" })).toBe(
      "it begins at 2026-01-01T13:00:00.000Z, which is in the future",
    );
  });
});

describe("bad input is one line", () => {
  it.each<[string, Answer, RegExp | string]>([
    ["html", text("<!doctype html><title>502</title>"), "it is a page of HTML"],
    ["nothing", text(""), "it is empty"],
    ["a cycle", text(lines("#EXT-X-STREAM-INF:BANDWIDTH=1", "x.m3u8")), /is the playlist itself$/],
    [
      "a refusal",
      (_request, response) => void response.writeHead(403).end(),
      "it answers with 403",
    ],
    ["a circle", to("/x.m3u8"), "it redirects more than 10 times"],
    ["no address", to("http://[/"), /is no address$/],
    [
      "a lie about its encoding",
      (_request, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end("#"),
      "its encoding gzip is wrong, unknown, or hides too much",
    ],
    [
      "a body that breaks off",
      (_request, response) => {
        response.writeHead(200, { "content-length": "1000" }).write("#EXTM3U\n");
        setTimeout(() => response.destroy(), 10);
      },
      "its answer breaks off, or does not end",
    ],
    ["no listed segment", text(lines("#EXT-X-TARGETDURATION:2")), "it lists no segment"],
    [
      "a bomb",
      (_request, response) => {
        response.writeHead(200, { "content-encoding": "gzip" });
        response.end(gzipSync(Buffer.alloc(50 * 1024 * 1024, "#\n")));
      },
      /hides too much$/,
    ],
  ])("%s", async (_name, answer, problem) => {
    pages.set("/x.m3u8", answer);
    expect(await problemOf({ url: "/x.m3u8" })).toMatch(problem);
  });

  it("from a body without end, with bounded memory", async () => {
    pages.set("/x.m3u8", (_request, response) => {
      response.write("#EXTM3U\n");
      const part = Buffer.alloc(1024 * 1024, "#\n");
      const more = (): void => {
        while (!response.destroyed && response.write(part));
      };
      response.on("drain", more);
      more();
    });
    expect(await problemOf({ url: "/x.m3u8" })).toBe("no answer: it has more than 16777216 bytes");
  });
});
