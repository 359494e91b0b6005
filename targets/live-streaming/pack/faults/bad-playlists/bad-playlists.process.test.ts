import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  injectInto,
  type Mini,
  miniLayout,
  startMini,
  webService,
} from "../../../../../test/support/targets/mini.ts";
import type { Fault } from "../../../../../harness/faults/faults.ts";
import { httpGet } from "../../../../../harness/system/network.ts";
import type { Layout, Place } from "../../../../../harness/target/layout.ts";
import type { WrongText } from "../../objects/rewrites/rewrites.ts";
import { faults } from "../../faults.ts";

/** A live playlist with a segment a second, and its segments, of a stream that nothing declares. */
const program = (listen: { host: string; port: number }): string => `
  import { createServer } from "node:http";
  createServer((request, response) => {
    if (!request.url.endsWith("list.m3u8")) {
      response.setHeader("Content-Type", "video/mp2t");
      return response.end(Buffer.alloc(20_000, 7));
    }
    const first = Math.floor(Date.now() / 1_000) - 10;
    const lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXT-X-MEDIA-SEQUENCE:" + first];
    for (let number = first; number < first + 6; number++)
      lines.push(
        "#EXT-X-PROGRAM-DATE-TIME:" + new Date(number * 1_000).toISOString(),
        "#EXTINF:1,", "x" + number + ".bin?t=1",
      );
    response.setHeader("Content-Type", "application/vnd.apple.mpegurl");
    response.end(lines.join("\\n") + "\\n");
  }).listen(${listen.port}, ${JSON.stringify(listen.host)});
  process.on("SIGTERM", () => process.exit(0));
`;
const { content: _content, rhythm: _rhythm, ...undeclared } = miniLayout;
const layout: Layout = {
  ...undeclared,
  services: [
    webService("a/front", "region-a-1", 21, 18_600),
    {
      ...webService("a/back", "region-a-1", 22, 18_600),
      launch: (place: Place) => ({
        command: place.tool("node").executable,
        args: ["main.mjs"],
        env: {},
        files: { "main.mjs": program(place.listen("http")) },
      }),
    },
  ],
  links: [{ from: "a/front", to: "a/back", port: "http" }],
};
const links = { to: { service: "a/back" } };
const wrong = (playlist: WrongText): Fault => faults.badPlaylists({ links, playlist });

let mini: Mini;
let watching: NodeJS.Timeout;
const list = "/show/v720/list.m3u8";
const ask = async (path: string): Promise<{ status: number; body: string }> => {
  const [link] = mini.deployment.links;
  if (link === undefined) throw new Error("it has a link");
  return httpGet(link.entry, path, { timeoutMs: 1_000 });
};
/** A player: the playlist, and the newest and the oldest segment in it. */
const watch = async (): Promise<void> => {
  const { body } = await ask(list);
  const names = body.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  for (const name of [names[0], names.at(-1)]) await ask(`/show/v720/${name}`);
};
beforeAll(async () => {
  mini = await startMini(layout, [wrong({ is: "stale" })]);
  watching = setInterval(() => void watch().catch(() => undefined), 200);
});
afterAll(async () => {
  clearInterval(watching);
  await mini?.[Symbol.asyncDispose]();
});

describe("faults of a stream that nothing declares", () => {
  it.each<WrongText>([
    { is: "stale" },
    { is: "jumpsBack", segments: 2 },
    { is: "missingSegment", behind: 1 },
    { is: "untaggedDiscontinuity" },
    { is: "wrongTargetDuration", seconds: 30 },
    { is: "clockOff", byMs: 60_000 },
  ])("a playlist: %o", async (playlist) => {
    const injection = await injectInto(mini.deployment, wrong(playlist));
    expect(injection.evidence.landed, injection.evidence.observation).toBe(true);
    expect(injection.evidence.observation).toMatch(/struck [1-9].*; GET \/show\/v720\/list\.m3u8/);
    const looked = await injection.observe?.look();
    expect(looked?.landed, looked?.observation).toBe(true);
    const healed = await injection.heal();
    expect(healed.landed, healed.observation).toBe(true);
  });

  it("segments at the live edge, which the playlists that pass teach the proxy", async () => {
    const injection = await injectInto(
      mini.deployment,
      faults.badObjects({
        links,
        objects: { of: "segment", rendition: "v720", behindLiveEdge: { to: 2 } },
        answer: { is: "status", status: 404 },
      }),
    );
    expect(injection.evidence.landed, injection.evidence.observation).toBe(true);
    const { body } = await ask(list);
    const names = body.split("\n").filter((line) => line.startsWith("x"));
    const statuses = await Promise.all(
      [names[0], names.at(-1)].map(async (name) => (await ask(`/show/v720/${name}`)).status),
    );
    expect(statuses).toEqual([200, 404]);
    expect(await injection.heal()).toMatchObject({ landed: true });
  });
});
