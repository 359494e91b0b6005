/** Content that is read from a target, which runs already or which a run starts. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { streamTarget } from "../../targets/live-streaming/pack/own-target/stream-target.ts";
import { planAsRead, planOfRecord } from "../record/plan-as-read.ts";
import type { Deployment } from "../target/deployment.ts";
import type { Target } from "../target/target.ts";
import { heldPlan } from "../../test/support/judge/held-run.ts";
import { contentOfRunning, contentOfStarted } from "./read-content.ts";

let server: Server;
let url = "";
let asked = 0;
beforeEach(async () => {
  asked = 0;
  server = createServer((_request, response) => {
    asked++;
    response.end("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n0.ts\n#EXTINF:4,\n1.ts\n");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close().closeAllConnections();
});

const signal = new AbortController().signal;
const running = (at: string, path = `${at}/index.m3u8`): Target =>
  streamTarget({
    name: "runs",
    services: [{ name: "edge", url: at }],
    entries: ["edge"],
    stream: { url: path },
  });
const read = (target: Target, allowHosts: readonly string[] = []) =>
  contentOfRunning(target, "own", { allowHosts, signal });

describe("the content of a target that runs already", () => {
  it("is read for its plan", async () => {
    expect(await read(running(url))).toMatchObject({
      content: { segmentMs: 4_000, renditions: [{ name: "only" }] },
      rhythm: { ms: 4_000 },
    });
    expect(asked).toBe(1);
  });

  it("is not asked for where the plan will refuse the target or its host", async () => {
    const elsewhere = "https://elsewhere.example/index.m3u8";
    expect(await read(running(url, elsewhere))).toBeNull();
    expect(await read(running("http://192.0.2.1:9", "/index.m3u8"))).toBeNull();
    expect(asked).toBe(0);
    expect(running(url, elsewhere).problems?.(0)).toEqual([
      `target runs: stream.url: "${elsewhere}" is neither a path, such as ` +
        `/live/master.m3u8, nor at one of the entries (${url})`,
    ]);
    expect(running(url, "index.m3u8").problems?.(0)).toHaveLength(1);
    expect(running(url).problems?.(0)).toEqual([]);
  });

  it("that cannot be read is one line", async () => {
    server
      .removeAllListeners("request")
      .on("request", (_request, response) => response.end("<html>"));
    await expect(read(running(url))).rejects.toMatchObject({
      code: "CONTENT_UNREADABLE",
      exitCode: 2,
      message: `the stream at ${url}/index.m3u8 cannot be read: it is a page of HTML`,
    });
  });
});

describe("the content of a target that a run starts", () => {
  const started = (): Target =>
    streamTarget({
      name: "starts",
      services: [{ name: "edge", port: 18_000, launch: () => ({}) as never }],
      entries: ["edge"],
      stream: { url: "/index.m3u8" },
    });
  const layout = started().topologies["own"]?.layout();
  const deployment = {
    layout,
    links: [],
    instance: () => ({
      endpoint: () => ({ host: "127.0.0.1", port: Number(new URL(url).port) }),
    }),
  } as unknown as Deployment;

  it("is left to the record, which then stands for what the plan says", async () => {
    expect(await read(started())).toBeNull();
    const { pack } = started();
    const reader = pack?.reader;
    if (reader === undefined || layout === undefined) throw new Error("no reader");
    expect(reader.isDue(layout)).toBe(true);
    expect(pack?.bodies?.(layout)).toBeUndefined();
    const found = await contentOfStarted({ unread: reader, pack }, deployment, signal);
    if (found === null) throw new Error("nothing was read");
    expect(found.record).toMatchObject({
      content: { segmentMs: 4_000 },
      rhythm: { ms: 4_000 },
      bodies: { variants: { only: { leastBytes: 0 } } },
      facts: [{ label: "Stream", value: "HLS, read from /index.m3u8" }, {}, {}, {}],
    });
    const plan = heldPlan();
    const record = planOfRecord(plan, [{ kind: "contentRead", atMs: 1, ...found.record }]);
    expect(record).toEqual(planAsRead(plan, found.record));
    expect(record.rhythm?.ms).toBe(4_000);
    expect(planOfRecord(plan, [])).toBe(plan);
    expect(reader.isDue({ ...layout, content: found.record.content })).toBe(false);
  });

  it("is known to a plan that has it", async () => {
    expect(await contentOfStarted({ pack: started().pack }, deployment, signal)).toBeNull();
    expect(asked).toBe(0);
  });
});
