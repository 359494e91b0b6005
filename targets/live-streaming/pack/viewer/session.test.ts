import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  dashStream,
  type MadeUp,
} from "../../../../test/support/live-streaming/made-up-streams.ts";
import { VirtualClock } from "../../../../harness/substrates/simulated/virtual-clock.ts";
import { times } from "../../../../test/support/thorough.ts";
import { watchingViewers } from "../metrics/watching.ts";
import { type Audience, audienceIn, audienceProblems, entryFor, watching } from "./audience.ts";
import { cmcdHeaders, cmcdOf, withCmcdQuery } from "./cmcd.ts";
import { drive } from "./drive.ts";
import type { Wanted } from "./requests.ts";
import { patienceMs, type Recorded, Session } from "./session.ts";

const startMs = Date.UTC(2026, 0, 1) + 300;

interface Seen extends Recorded {
  readonly atMs: number;
}

async function sessionOf(
  stream: MadeUp,
  {
    audience = {},
    endMs = startMs + 60_000,
    draw = () => 0.5,
    statusAt = () => null,
  }: {
    readonly audience?: Audience;
    readonly endMs?: number;
    readonly draw?: () => number;
    readonly statusAt?: (wanted: Wanted, afterMs: number) => number | null;
  } = {},
) {
  const clock = new VirtualClock(startMs);
  const seen: Seen[] = [];
  const sent: Wanted[] = [];
  const headers: Record<string, string>[] = [];
  let overMs: number | null = null;
  const session = new Session({ url: stream.url, audience, startMs, endMs, draw });
  drive(session, {
    nowMs: () => clock.nowMs(),
    after: (ms, run) => void clock.after(ms, run),
    record: (one) => void seen.push({ ...one, atMs: clock.nowMs() }),
    over: () => {
      overMs = clock.nowMs();
    },
    send: (wanted, answered) => {
      sent.push(wanted);
      headers.push(
        cmcdHeaders(
          cmcdOf(wanted, session.viewer, { id: "s", content: "c" }, session.takeStarved()),
        ),
      );
      const askedMs = clock.nowMs();
      clock.after(20, () => {
        const text = stream.textAt(wanted.url, clock.nowMs());
        const status =
          statusAt(wanted, clock.nowMs() - startMs) ?? (text === undefined ? 404 : 200);
        answered({
          status,
          askedMs,
          firstByteMs: askedMs + 10,
          endMs: clock.nowMs(),
          bytes: 100_000,
          ...(typeof text === "string" && status === 200 ? { text } : {}),
        });
      });
    },
  });
  await clock.until(clock.sleep(120_000));
  const of = (metric: string): readonly Seen[] => seen.filter((one) => one.metric === metric);
  return { seen, sent, headers, of, overMs };
}

describe("a session", () => {
  it("is counted once, whatever becomes of it, with tags that its metrics declare", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          stayMs: fc.option(fc.integer({ min: 1, max: 60_000 }), { nil: undefined }),
          rewindShare: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 0, max: 70_000 }),
        fc.constantFrom(0, 404, 503),
        async ({ stayMs, rewindShare }, drawn, breaksMs, status) => {
          const { seen, of, overMs } = await sessionOf(dashStream(), {
            audience: { rewindShare, ...(stayMs === undefined ? {} : { stayMs }) },
            draw: () => drawn,
            statusAt: (_, afterMs) => (afterMs > breaksMs ? status : null),
          });
          expect(of("viewer_startup_ms").length).toBe(1);
          expect(overMs).not.toBeNull();
          expect(of("viewer_session_rebuffer_ratio").length).toBeLessThanOrEqual(1);
          for (const { metric, tags, value } of seen) {
            const known = watchingViewers[metric];
            for (const [tag, said] of Object.entries(tags)) {
              expect(known?.tags).toContain(tag);
              expect(known?.values?.[tag] ?? [said]).toContain(said);
            }
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(known?.most ?? Number.POSITIVE_INFINITY);
          }
        },
      ),
      { numRuns: times(25) },
    );
  });

  it("leaves at the end of the run, unless it still waits for its picture", async () => {
    const watched = await sessionOf(dashStream(), { endMs: startMs + 30_000 });
    expect(watched.overMs).toBe(startMs + 30_000);
    const waits = await sessionOf(dashStream(), {
      endMs: startMs + 1_000,
      statusAt: ({ kind }, afterMs) => (kind === "segment" && afterMs < 2_500 ? 503 : null),
    });
    expect(waits.of("viewer_startup_ms")).toMatchObject([{ tags: { outcome: "started" } }]);
    expect(waits.overMs).toBeLessThan(startMs + 4_000);
  });

  it("that sees no picture within its patience has failed to start", async () => {
    const { of, overMs } = await sessionOf(dashStream(), {
      statusAt: ({ kind }) => (kind === "clock" || kind === "manifest" ? null : 0),
    });
    expect(of("viewer_startup_ms")).toMatchObject([{ tags: { outcome: "failed" } }]);
    expect((overMs ?? 0) - startMs).toBeLessThanOrEqual(patienceMs);
  });

  it("whose player gives up counts as stalled until its viewer leaves", async () => {
    const { of, seen } = await sessionOf(dashStream(), {
      statusAt: ({ kind }, afterMs) => (kind === "segment" && afterMs > 20_000 ? 404 : null),
    });
    expect(of("viewer_failures").at(0)?.tags).toMatchObject({
      object: "segment",
      outcome: "fatal",
    });
    const [failed] = of("viewer_failures");
    const after = of("viewer_rebuffer_ratio").filter(({ atMs }) => atMs > (failed?.atMs ?? 0));
    expect(after.filter(({ value }) => value === 1).length).toBeGreaterThanOrEqual(4);
    expect(seen.at(-1)?.tags["outcome"]).toBe("failed");
  });
});

describe("CMCD", () => {
  it("says with each request who asks for what, by the standard's headers", async () => {
    const { sent, headers } = await sessionOf(dashStream(), { endMs: startMs + 10_000 });
    expect(headers.length).toBe(sent.length);
    expect(headers[0]).toEqual({
      "CMCD-Object": "ot=m",
      "CMCD-Request": "su",
      "CMCD-Session": 'cid="c",sid="s"',
    });
    const at = sent.findIndex(({ kind, track }) => kind === "segment" && track === "audio");
    expect(headers[at]).toMatchObject({
      "CMCD-Object": "br=96,d=2000,ot=a,tb=96",
      "CMCD-Session": 'cid="c",sf=d,sid="s",st=l',
    });
    expect(headers.at(-1)?.["CMCD-Request"]).toMatch(/^bl=\d+00,dl=\d+00,mtp=\d+00$/);
  });

  it("is one parameter of a query, with its keys in order", () => {
    expect(withCmcdQuery("http://a/b?c=1", { sid: "s", bl: 100, su: true })).toBe(
      `http://a/b?c=1&CMCD=${encodeURIComponent('bl=100,sid="s",su')}`,
    );
  });
});

describe("an audience", () => {
  it("is the same after it was made variables of a load", () => {
    const audience: Audience = {
      stayMs: 40_000,
      together: { phase: "fault", afterMs: 500 },
      rewindShare: 0.1,
      entryWeights: { a: 3 },
      cmcd: "query",
      manifestPath: "/live/master.m3u8",
    };
    expect(audienceIn(watching(audience))).toEqual(audience);
    expect(audienceIn({})).toEqual({});
  });

  it("refuses what is no share and no mode", () => {
    expect(() => audienceIn({ WATCH_REWIND_SHARE: "2" })).toThrow("2 is not 0 to 1");
    expect(() => audienceIn({ WATCH_CMCD: "body" })).toThrow("no CMCD mode body");
    expect(audienceProblems({ WATCH_CMCD: "body" }, {})).toEqual(["there is no CMCD mode body"]);
  });

  it("sends CMCD as a query only to caches that leave it out of their keys", () => {
    const query = watching({ cmcd: "query" });
    expect(audienceProblems(query, {})).toEqual([expect.stringMatching(/cmcdOutOfKey: true/)]);
    expect(audienceProblems(query, { cmcdOutOfKey: true })).toEqual([]);
    expect(audienceProblems(watching({ cmcd: "header" }), {})).toEqual([]);
  });

  it("chooses entries by their weights", () => {
    const entries = [{ name: "a" }, { name: "b" }];
    const draws = Array.from({ length: 100 }, (_, index) => (index + 0.5) / 100);
    const chosen = draws.map((draw) => entryFor(entries, { entryWeights: { a: 3 } }, draw).name);
    expect(chosen.filter((name) => name === "a").length).toBe(75);
  });
});
