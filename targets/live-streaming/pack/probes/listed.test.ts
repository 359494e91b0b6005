import { Agent, createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Origins } from "../source/origins.ts";
import { Sessions } from "../../../../harness/system/session.ts";
import { ListedSegments } from "./listed.ts";

let server: Server;
let port = 0;
let playlist = "";
let asked: string[] = [];
let notes: string[] = [];
let nowMs = 0;
beforeEach(async () => {
  [asked, notes, nowMs] = [[], [], 1_000];
  server = createServer(({ url = "", headers }, response) => {
    asked.push([url, headers.range].filter((one) => one !== undefined).join(" "));
    if (url === "/live/index.m3u8") response.end(playlist);
    else if (url.includes("missing")) response.writeHead(404).end();
    else response.writeHead(headers.range === undefined ? 200 : 206).end("media");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  server.close().closeAllConnections();
});

const media = (from: number, ...more: readonly string[]): string =>
  [
    "#EXTM3U",
    "#EXT-X-TARGETDURATION:2",
    `#EXT-X-MEDIA-SEQUENCE:${from}`,
    '#EXT-X-MAP:URI="init.mp4",BYTERANGE="10@0"',
    '#EXT-X-KEY:METHOD=AES-128,URI="/key"',
    ...[0, 1, 2].map((index) => `#EXTINF:2,\n${from + index}.m4s`),
    ...more,
  ].join("\n");

function follower(): ListedSegments {
  const entry = { host: "127.0.0.1", port };
  return new ListedSegments({
    entry,
    origins: new Origins([entry], () => false),
    sessions: new Sessions(new Agent()),
    source: { path: "/live/index.m3u8" },
    nowMs: () => nowMs,
    signal: AbortSignal.timeout(20_000),
    note: (text) => notes.push(text),
  });
}
const live = { rendition: "only", back: 0, lane: "live" };

describe("the prober on a playlist", () => {
  it("asks for the newest segment, and for key and initialisation once", async () => {
    playlist = media(5);
    const one = follower();
    expect(await one.fetch(live, false, 5_000)).toMatchObject({ status: 200, number: 7 });
    expect(asked.splice(0)).toEqual([
      "/live/index.m3u8",
      "/key",
      "/live/init.mp4 bytes=0-9",
      "/live/7.m4s",
    ]);
    expect(await one.fetch({ ...live, back: 1 }, false, 5_000)).toMatchObject({ number: 6 });
    expect(asked.splice(0)).toEqual(["/live/6.m4s"]);
    nowMs += 2_000;
    playlist = media(6);
    expect(await one.fetch(live, false, 5_000)).toMatchObject({ number: 8 });
    expect(asked.splice(0)).toEqual(["/live/index.m3u8", "/live/8.m4s"]);
  });

  it("says what is missing", async () => {
    playlist = media(5).replace("7.m4s", "missing.m4s");
    expect(await follower().fetch(live, false, 5_000)).toMatchObject({ status: 404, number: 7 });
  });

  it("has nothing for a live viewer when the stream ends or stands still, and says so", async () => {
    const one = follower();
    for (playlist = media(5); nowMs < 8_000; nowMs += 2_000)
      expect(await one.fetch(live, false, 5_000)).toMatchObject({ status: 200 });
    nowMs = 9_000;
    expect((await one.fetch(live, false, 5_000)).answer).toBeNull();
    expect((await one.fetch({ ...live, lane: "dvr" }, false, 5_000)).status).toBe(200);
    nowMs = 11_000;
    playlist = media(6, "#EXT-X-ENDLIST");
    expect((await one.fetch(live, false, 5_000)).answer).toBeNull();
    expect(notes).toEqual([
      "the stream has nothing new any more: it stands still",
      "the stream has nothing new any more: it ended",
    ]);
  });

  it("says why a playlist cannot be read, and continues when it can", async () => {
    playlist = "<html><h1>502</h1></html>";
    const one = follower();
    expect(await one.fetch(live, false, 5_000)).toMatchObject({ answer: null, status: 0 });
    expect(notes).toEqual(["the stream cannot be read: it is a page of HTML"]);
    playlist = media(5);
    expect((await one.fetch(live, false, 5_000)).status).toBe(200);
    playlist = media(6).replace("8.m4s", "https://elsewhere.example/8.m4s");
    nowMs += 3_000;
    expect((await one.fetch(live, false, 5_000)).answer).toBeNull();
    expect(notes[1]).toMatch(/^the stream cannot be followed: .*elsewhere\.example/);
  });
});
