/**
 * The workload `watch` in k6 and the same viewer in virtual time. Of one stream, a segment is
 * missing, one is slow, and the line becomes thin. Both ask nearly the same, in the same order.
 * Real time moves the choice of a rendition by a segment. `watch-script.process.test.ts` gives both
 * the same times, and asks for equality.
 */
import type { RequestListener } from "node:http";
import { expect, test } from "vitest";
import {
  dashStream,
  hlsStream,
  host,
  type MadeUp,
  segmentMs,
} from "../../../test/support/live-streaming/made-up-streams.ts";
import {
  byTrack,
  fateOf,
  inVirtualTime,
  timetable,
} from "../../../test/support/live-streaming/same-answers.ts";
import { editDistance } from "../../../test/support/edit-distance.ts";
import { type Seen, seenOf, serverThat } from "../../../test/support/workload.ts";

async function inK6(stream: MadeUp): Promise<{
  readonly asked: readonly string[];
  readonly headers: readonly NodeJS.Dict<string | string[]>[];
  readonly seen: readonly Seen[];
  readonly zeroMs: number;
}> {
  const asked: string[] = [];
  const headers: NodeJS.Dict<string | string[]>[] = [];
  let zeroMs = 0;
  const answer: RequestListener = (request, response) => {
    const path = request.url ?? "";
    const nowMs = Date.now();
    if (zeroMs === 0) zeroMs = nowMs;
    asked.push(path);
    headers.push(request.headers);
    const { status, text, bytes, firstByteMs, bodyMs } = fateOf(stream, path, nowMs, zeroMs);
    const body = status === 200 ? Buffer.from(text ?? new Uint8Array(bytes)) : Buffer.alloc(0);
    setTimeout(() => {
      response.writeHead(status, { "Content-Length": body.length });
      if (bodyMs === 0) response.end(body);
      else {
        response.write(body.subarray(0, 1));
        setTimeout(() => response.end(body.subarray(1)), bodyMs);
      }
    }, firstByteMs);
  };
  using edge = await serverThat("edge", answer);
  const seen = await seenOf("watch", {
    seed: 7,
    entries: [edge],
    others: {},
    content: {
      event: "main",
      segmentMs,
      availabilityStartMs: 0,
      dvrSegments: 20,
      renditions: [],
      segmentPath: "/{number}",
      manifestPath: stream.url.slice(host.length),
    },
    ...timetable,
    scenarios: {
      one: {
        executor: "shared-iterations",
        exec: "watch",
        vus: 1,
        iterations: 1,
        maxDuration: "60s",
      },
    },
  });
  return { asked, headers, seen, zeroMs };
}

/** The share of requests that may differ. */
const otherShareMax = 0.2;

test.each([
  ["DASH", dashStream(), "dash.js"],
  ["HLS", hlsStream(), "hls.js"],
] as const)(
  "asks the same in k6 and in virtual time, of %s",
  async (_name, stream, player) => {
    const real = await inK6(stream);
    const model = await inVirtualTime(stream, real.zeroMs);
    const [ofK6, ofModel] = [byTrack(real.asked), byTrack(model.asked)];
    for (const track of new Set([...Object.keys(ofK6), ...Object.keys(ofModel)])) {
      const [k6, virtual] = [ofK6[track] ?? [], ofModel[track] ?? []];
      const most = Math.max(3, otherShareMax * virtual.length);
      expect(editDistance(k6, virtual), `${track}: ${k6}`).toBeLessThanOrEqual(most);
    }
    const count = (metric: string): readonly number[] => [
      real.seen.filter((one) => one.metric === metric).length,
      model.recorded.filter((one) => one.metric === metric).length,
    ];
    expect(count("viewer_startup_ms")).toEqual([1, 1]);
    const [switches = 0, modelled = 0] = count("viewer_switches");
    expect(Math.abs(switches - modelled)).toBeLessThanOrEqual(2);
    expect(Math.min(switches, modelled)).toBeGreaterThan(0);
    const started = real.seen.find(({ metric }) => metric === "viewer_startup_ms");
    expect(started?.tags).toMatchObject({ outcome: "started", player, entry: "edge" });
    // Every request says who asks for what.
    for (const headers of real.headers)
      expect(String(headers["cmcd-session"])).toMatch(/^cid="main",(?:sf=[hd],)?sid="[^"]+"/);
    const ofVideo = real.headers.find((headers) => /ot=v/.test(String(headers["cmcd-object"])));
    expect(String(ofVideo?.["cmcd-object"])).toMatch(/^br=\d+,d=2000,ot=v,tb=3000$/);
    expect(String(ofVideo?.["cmcd-request"])).toMatch(/^bl=\d+,dl=\d+/);
  },
  90_000,
);
