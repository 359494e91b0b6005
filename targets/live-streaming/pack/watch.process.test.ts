/**
 * The workload `watch` in k6 and the same viewer in virtual time. Of one stream, a segment is
 * missing, one is slow, and the line becomes thin. Both ask the same, in the same order.
 */
import type { RequestListener } from "node:http";
import { expect, test } from "vitest";
import { VirtualClock } from "../../../harness/substrates/simulated/virtual-clock.ts";
import {
  bandwidths,
  dashStream,
  hlsStream,
  host,
  type MadeUp,
  segmentMs,
} from "../../../test/support/live-streaming/made-up-streams.ts";
import { type Seen, seenOf, serverThat } from "../../../test/support/workload.ts";
import { drive } from "./viewer/drive.ts";
import type { Recorded } from "./viewer/session.ts";
import { Session } from "./viewer/session.ts";
import { endOf } from "./viewer/audience.ts";

const timetable = { leadInMs: 0, phasesMs: { baseline: 6_000, fault: 10_000, recovery: 2_000 } };
const quickMs = 5,
  slowMs = 900,
  /** 5 Mbit/s, and then 2, where the top rendition has 3. */
  bytesPerMs = 625,
  thinBytesPerMs = 250;

interface Fate {
  readonly status: number;
  readonly text: string | null;
  readonly firstByteMs: number;
  readonly bytes: number;
  readonly bodyMs: number;
}

/** What becomes of a request, in k6 and in the model alike. `zeroMs`: when the test began. */
function fateOf(stream: MadeUp, path: string, nowMs: number, zeroMs: number): Fate {
  const text = stream.textAt(host + path, nowMs);
  const number = Number(/\/(\d+)\.m4s$/.exec(path)?.[1] ?? Number.NaN);
  const since = number - Math.floor(zeroMs / segmentMs);
  const top = bandwidths.at(-1) ?? 0;
  const isMissing = since === 2 && !path.includes("96000") && !path.includes("sound");
  const bandwidth = Number(/[v/](\d{6,})\//.exec(path)?.[1] ?? 96_000);
  const bytes = Number.isNaN(number) ? 500 : (bandwidth * segmentMs) / 8_000;
  const isThin = bandwidth === top && since >= 4;
  return {
    status: text === undefined || (isMissing && nowMs < zeroMs + 8_000) ? 404 : 200,
    text: text ?? null,
    firstByteMs: since === 0 ? slowMs : quickMs,
    bytes,
    bodyMs: Number.isNaN(number) ? 0 : bytes / (isThin ? thinBytesPerMs : bytesPerMs),
  };
}

/** Requests by track and kind, in order: what they are for, and of which rendition. */
type Asked = Readonly<Record<string, readonly string[]>>;

function byTrack(paths: readonly string[]): Asked {
  const trackOf = (path: string): string =>
    (/96000|sound/.test(path) ? "audio" : /\/v/.test(path) ? "video" : "stream") +
    (path.endsWith("media.m3u8") ? "-playlist" : "");
  return Object.fromEntries(
    Object.entries(Object.groupBy(paths, trackOf)).map(([track, own]) => [track, own ?? []]),
  );
}

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

async function inVirtualTime(
  stream: MadeUp,
  zeroMs: number,
): Promise<{ readonly asked: readonly string[]; readonly recorded: readonly Recorded[] }> {
  const clock = new VirtualClock(zeroMs);
  const asked: string[] = [];
  const recorded: Recorded[] = [];
  const session = new Session({
    url: stream.url,
    audience: {},
    startMs: zeroMs,
    endMs: endOf(timetable, zeroMs),
    draw: () => 0.5,
  });
  drive(session, {
    nowMs: () => clock.nowMs(),
    after: (ms, run) => void clock.after(ms, run),
    record: (one) => void recorded.push(one),
    over: () => {},
    send: ({ url }, answered) => {
      const path = url.slice(host.length);
      asked.push(path);
      const askedMs = clock.nowMs();
      const { status, text, bytes, firstByteMs, bodyMs } = fateOf(stream, path, askedMs, zeroMs);
      clock.after(firstByteMs + bodyMs, () =>
        answered({
          status,
          askedMs,
          firstByteMs: askedMs + firstByteMs,
          endMs: askedMs + firstByteMs + bodyMs,
          bytes: status === 200 ? (text?.length ?? bytes) : 0,
          ...(text !== null && status === 200 ? { text } : {}),
        }),
      );
    },
  });
  await clock.until(clock.sleep(60_000));
  return { asked, recorded };
}

test.each([
  ["DASH", dashStream(), "dash.js"],
  ["HLS", hlsStream(), "hls.js"],
] as const)(
  "asks the same in k6 and in virtual time, of %s",
  async (_name, stream, player) => {
    const real = await inK6(stream);
    const model = await inVirtualTime(stream, real.zeroMs);
    const [ofK6, ofModel] = [byTrack(real.asked), byTrack(model.asked)];
    // The last requests of a track may fall on either side of the end.
    const cut = (own: readonly string[], other: readonly string[]): readonly string[] =>
      own.slice(0, Math.min(own.length, other.length) - 1);
    for (const track of new Set([...Object.keys(ofK6), ...Object.keys(ofModel)])) {
      const [k6, virtual] = [ofK6[track] ?? [], ofModel[track] ?? []];
      expect(Math.abs(k6.length - virtual.length), track).toBeLessThanOrEqual(2);
      expect(cut(k6, virtual), track).toEqual(cut(virtual, k6));
    }
    const count = (metric: string): readonly number[] => [
      real.seen.filter((one) => one.metric === metric).length,
      model.recorded.filter((one) => one.metric === metric).length,
    ];
    expect(count("viewer_startup_ms")).toEqual([1, 1]);
    const [switches] = count("viewer_switches");
    expect(count("viewer_switches")).toEqual([switches, switches]);
    expect(switches).toBeGreaterThan(0);
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
