import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  dashStream,
  hlsStream,
  type MadeUp,
  segmentMs,
} from "../../../../test/support/live-streaming/made-up-streams.ts";
import { times } from "../../../../test/support/thorough.ts";
import { VirtualClock } from "../../../../harness/substrates/simulated/virtual-clock.ts";
import { conditions } from "./playback.ts";
import { dashJsRules } from "./players/dash-js-rules.ts";
import type { Answer, Noted, Step, Wanted } from "./requests.ts";
import { Viewer } from "./viewer.ts";

const startMs = Date.UTC(2026, 0, 1) + 700;

/** What becomes of a request, by its place in the order of all. */
interface Fate {
  readonly afterMs: number;
  readonly status: number;
}

type FateOf = (wanted: Wanted, place: number, nowMs: number) => Partial<Fate>;

interface Asked extends Wanted {
  readonly atMs: number;
  answered?: number;
}

/** A viewer on a clock that jumps, of a stream that is asked over a line of 20 Mbit/s. */
function watching(stream: MadeUp, fateOf: FateOf = () => ({})) {
  const clock = new VirtualClock(startMs);
  const viewer = new Viewer(stream.url, startMs);
  const asked: Asked[] = [];
  const noted: (Noted & { atMs: number })[] = [];
  let most = 0;
  let leastAheadMs = 0;
  const follow = (step: Step): void => {
    noted.push(...step.noted.map((one) => ({ ...one, atMs: clock.nowMs() })));
    for (const wanted of step.requests) send(wanted);
    most = Math.max(most, viewer.inFlight);
    leastAheadMs = Math.min(leastAheadMs, viewer.playback.leastAheadMs);
    const { wakeAtMs } = step;
    if (wakeAtMs !== null)
      clock.after(Math.max(0, wakeAtMs - clock.nowMs()), () => {
        if (!viewer.isOver) follow(viewer.woken(clock.nowMs()));
      });
  };
  const send = (wanted: Wanted): void => {
    const one: Asked = { ...wanted, atMs: clock.nowMs() };
    const { afterMs = 15, status } = fateOf(wanted, asked.length, clock.nowMs());
    asked.push(one);
    const bytes = ((wanted.bitsPerSecond ?? 0) * (wanted.durationMs ?? 0)) / 8_000;
    const askedMs = clock.nowMs();
    clock.after(Math.min(afterMs + bytes / 2_500, wanted.timeoutMs), () => {
      const text = stream.textAt(wanted.url, clock.nowMs());
      const given = status ?? (text === undefined ? 404 : 200);
      one.answered = given;
      const answer: Answer = {
        status: given,
        timedOut: afterMs >= wanted.timeoutMs,
        askedMs,
        firstByteMs: Math.min(clock.nowMs(), askedMs + afterMs),
        endMs: clock.nowMs(),
        bytes,
        ...(typeof text === "string" && given === 200 ? { text } : {}),
      };
      follow(viewer.answered(clock.nowMs(), wanted.id, answer));
    });
  };
  follow(viewer.start(startMs));
  return {
    viewer,
    asked,
    noted,
    clock,
    follow,
    mostInFlight: () => most,
    leastAheadMs: () => leastAheadMs,
    run: async (seconds: number) => {
      await clock.until(clock.sleep(1_000 * seconds));
      if (!viewer.isOver) follow(viewer.woken(clock.nowMs()));
    },
    what: () => noted.map(({ what }) => what),
    segments: () =>
      asked
        .filter(({ kind }) => kind === "segment")
        .map((one) => `${one.rendition} ${one.sequence}`),
  };
}

describe("a viewer of DASH", () => {
  it("asks for manifest, initialisation and segments, 6 s behind live, without a stall", async () => {
    const one = watching(dashStream());
    await one.run(60);
    expect(one.asked.slice(0, 3).map(({ kind }) => kind)).toEqual(["manifest", "init", "init"]);
    expect(one.what().filter((what) => what !== "switch")).toEqual(["started"]);
    expect(one.viewer.latencyMs).toBeGreaterThan(5_900);
    expect(one.viewer.latencyMs).toBeLessThan(6_300);
    expect(one.viewer.player).toBe("dash.js");
  });

  it("begins at 1 Mbit/s and goes up to what its line carries", async () => {
    const one = watching(dashStream());
    await one.run(20);
    const video = one.asked.filter(({ kind, track }) => kind === "segment" && track === "video");
    expect(video[0]?.rendition).toBe("v500000");
    expect(video.at(-1)?.rendition).toBe("v3000000");
  });

  it("asks three times more for a missing segment, and then gives up", async () => {
    const one = watching(dashStream(), ({ kind, track }, _place, nowMs) =>
      kind === "segment" && track === "video" && nowMs > startMs + 20_000 ? { status: 404 } : {},
    );
    await one.run(60);
    const missing = one.asked.filter(({ answered }) => answered === 404);
    expect(missing.map(({ url }) => url)).toEqual(Array(4).fill(missing[0]?.url));
    const gaps = missing.slice(1).map(({ atMs }, index) => atMs - (missing[index]?.atMs ?? 0));
    for (const gap of gaps) expect(gap).toBeCloseTo(1_315, -1);
    expect(one.noted.slice(-3)).toMatchObject([
      { what: "failure", kind: "segment", fatal: true },
      { what: "stall", open: true },
      { what: "over", why: "failed" },
    ]);
  });
});

it("loads again in a better rendition what is far enough ahead, as dash.js does", async () => {
  const one = watching(dashStream());
  await one.run(10);
  const [first, second] = one.segments().filter((each) => each.startsWith("v"));
  const number = first?.split(" ")[1];
  expect([first, second]).toEqual([`v500000 ${number}`, `v3000000 ${number}`]);
  const change = { isUp: true, isAtStart: false, positionMs: 10_000, segmentMs };
  expect(dashJsRules.replacesFromMs({ ...change, aheadMs: 3_000 })).toBe(13_000);
  expect(dashJsRules.replacesFromMs({ ...change, aheadMs: 2_900 })).toBeNull();
  expect(dashJsRules.replacesFromMs({ ...change, isUp: false, aheadMs: 6_000 })).toBeNull();
});

it("asks the clock again after the start and after a failed segment, as dash.js does", async () => {
  const plain = dashStream();
  const clock = '<UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="/time"/></MPD>';
  const stream: MadeUp = {
    url: plain.url,
    textAt: (url, nowMs) => {
      if (url.endsWith("/time")) return new Date(nowMs).toISOString();
      const text = plain.textAt(url, nowMs);
      return typeof text === "string" ? text.replace("</MPD>", clock) : text;
    },
  };
  const one = watching(stream, ({ kind }, _place, nowMs) =>
    kind === "segment" && nowMs > startMs + 40_000 && nowMs < startMs + 42_500
      ? { status: 503 }
      : {},
  );
  await one.run(60);
  const clocks = one.asked.filter(({ kind }) => kind === "clock").map(({ atMs }) => atMs);
  expect(clocks.filter((atMs) => atMs < startMs + 1_000).length).toBe(3);
  expect(clocks.filter((atMs) => atMs > startMs + 40_000).length).toBe(2);
});

describe("a viewer of HLS", () => {
  it("reads the playlists once a target duration, three of these behind live", async () => {
    const one = watching(hlsStream());
    await one.run(60);
    const playlists = one.asked.filter(
      ({ kind, track }) => kind === "playlist" && track === "audio",
    );
    expect(playlists.length).toBeGreaterThan(28);
    expect(playlists.length).toBeLessThan(34);
    expect(one.what().filter((what) => what !== "switch")).toEqual(["started"]);
    const latencyMs = one.viewer.latencyMs ?? 0;
    expect(latencyMs).toBeGreaterThan(6_000);
    expect(latencyMs).toBeLessThan(8_500);
    expect(one.viewer.player).toBe("hls.js");
  });

  it("measures with a segment of the lowest rendition, which it does not play", async () => {
    const one = watching(hlsStream());
    await one.run(10);
    const video = one.asked.filter(({ kind, track }) => kind === "segment" && track === "video");
    expect(video.slice(0, 2).map(({ rendition }) => rendition)).toEqual(["500k", "3000k"]);
    expect(video[0]?.sequence).toBe(video[1]?.sequence);
  });

  it("asks another rendition for a segment that is refused, and skips it where none has it", async () => {
    const at = Math.floor(startMs / segmentMs) + 6;
    const one = watching(hlsStream(), ({ kind, track, sequence }) =>
      kind === "segment" && track === "video" && sequence === at ? { status: 404 } : {},
    );
    await one.run(40);
    const refused = one.asked.filter(({ answered }) => answered === 404);
    expect(new Set(refused.map(({ rendition }) => rendition)).size).toBe(3);
    expect(one.noted).toContainEqual(
      expect.objectContaining({ what: "failure", kind: "segment", fatal: false }),
    );
    expect(one.viewer.playback.condition).toBe("playing");
  });

  it("stays below a rendition that has failed", async () => {
    const at = Math.floor(startMs / segmentMs) + 6;
    const one = watching(hlsStream(), ({ kind, rendition, sequence }) =>
      kind === "segment" && rendition === "3000k" && sequence === at ? { status: 404 } : {},
    );
    await one.run(60);
    const video = one.asked.filter(({ kind, track }) => kind === "segment" && track === "video");
    const after = video.filter(({ sequence = 0 }) => sequence > at);
    expect(new Set(after.map(({ rendition }) => rendition))).toEqual(new Set(["1500k"]));
  });

  it("waits a second, two, and four for a server that fails", async () => {
    const one = watching(hlsStream(), ({ kind, track }, _place, nowMs) =>
      kind === "segment" && track === "audio" && nowMs > startMs + 10_000 ? { status: 503 } : {},
    );
    await one.run(30);
    const failed = one.asked.filter(({ answered }) => answered === 503).map(({ atMs }) => atMs);
    const waits = failed
      .slice(1, 4)
      .map((atMs, index) => Math.round((atMs - (failed[index] ?? 0)) / 100));
    expect(waits).toEqual([10, 20, 40]);
  });

  it("plays a stream that has ended from its beginning, and ends with it", async () => {
    const one = watching(hlsStream([500_000], { ended: true }));
    await one.run(70);
    expect(one.noted.at(-1)).toMatchObject({ what: "over", why: "ended" });
    expect(one.viewer.playback.spentMs.stalled).toBe(0);
    expect(one.viewer.playback.spentMs.playing).toBeCloseTo(60_000, -2);
  });
});

it("stalls when an outage outlasts its buffer, and continues", async () => {
  for (const stream of [dashStream(), hlsStream()]) {
    const one = watching(stream, ({ kind, timeoutMs }, _place, nowMs) =>
      kind === "segment" && nowMs > startMs + 20_000 && nowMs < startMs + 32_000
        ? {
            afterMs: Math.min(timeoutMs, startMs + 32_000 - nowMs),
            status: nowMs > startMs + 31_000 ? 200 : 0,
          }
        : {},
    );
    await one.run(60);
    const stalls = one.noted.filter(({ what }) => what === "stall");
    expect(stalls.length).toBeGreaterThan(0);
    expect(one.viewer.playback.spentMs.stalled).toBeGreaterThan(5_000);
    expect(one.viewer.playback.condition).toBe("playing");
  }
});

it("rewinds within what the stream keeps, which is no stall", async () => {
  for (const stream of [dashStream(), hlsStream()]) {
    const one = watching(stream);
    await one.run(20);
    one.follow(one.viewer.rewind(one.clock.nowMs(), 30_000));
    await one.run(10);
    expect(one.viewer.latencyMs).toBeGreaterThan(35_000);
    expect(one.noted.filter(({ what }) => what === "stall")).toEqual([]);
    expect(one.viewer.playback.spentMs.seeking).toBeGreaterThan(0);
  }
});

const fates = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 9_000 })),
    status: fc.oneof(
      { weight: 5, arbitrary: fc.constant(200) },
      { weight: 1, arbitrary: fc.constantFrom(0, 404, 500, 503) },
    ),
  }),
  { minLength: 1, maxLength: 60 },
);
const streams = fc.constantFrom(dashStream(), hlsStream(), dashStream([800_000]), hlsStream([1e6]));
const acts = fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 2 });

describe("whatever it is answered", () => {
  it("keeps its books", async () => {
    await fc.assert(
      fc.asyncProperty(streams, fates, acts, async (stream, chosen, rewinds) => {
        const one = watching(stream, (_wanted, place) => {
          const fate = chosen[place % chosen.length] as Fate;
          // What is not there cannot be served.
          return fate.status === 200 ? { afterMs: fate.afterMs } : fate;
        });
        for (const afterS of rewinds)
          one.clock.after(1_000 * afterS, () => {
            if (!one.viewer.isOver) one.follow(one.viewer.rewind(one.clock.nowMs(), 20_000));
          });
        await one.run(100);
        one.follow(one.viewer.leave(one.clock.nowMs()));
        const { viewer, asked, noted } = one;
        // The buffer is never negative, and every moment is counted once.
        expect(one.leastAheadMs()).toBe(0);
        const { spentMs } = viewer.playback;
        const overMs = noted.find(({ what }) => what === "over")?.atMs ?? Number.NaN;
        const spent = conditions.reduce((sum, each) => sum + spentMs[each], 0);
        expect(spent).toBeCloseTo(overMs - startMs, 3);
        const stalls = noted.flatMap((each) => (each.what === "stall" ? [each.forMs] : []));
        expect(stalls.reduce((a, b) => a + b, 0)).toBeCloseTo(spentMs.stalled, 3);
        // No more under way than a manifest or clock, and two for each track and seek.
        expect(one.mostInFlight()).toBeLessThanOrEqual(5 + 2 * rewinds.length);
        // It has one end, and asks nothing after it.
        expect(noted.filter(({ what }) => what === "over").length).toBe(1);
        expect(asked.filter(({ atMs }) => atMs > overMs)).toEqual([]);
        // Renditions are those of the stream.
        for (const each of noted) if (each.what === "switch") expect(each.from).not.toBe(each.to);
        if (rewinds.length > 0) return;
        // What has arrived is not asked for again, but for the test of the bandwidth.
        const served = asked.filter(({ kind, answered }) => kind === "segment" && answered === 200);
        const keys = served.map(({ rendition, sequence }) => `${rendition} ${sequence}`);
        const tests = viewer.player === "hls.js" ? 1 : 0;
        expect(keys.length - new Set(keys).size).toBeLessThanOrEqual(tests);
      }),
      { numRuns: times(60) },
    );
  });
});
