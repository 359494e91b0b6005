import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { times as often } from "../../test/support/thorough.ts";
import {
  alignmentOf,
  frontierOf,
  marginMs,
  numberAt,
  offsetOf,
  otherPeriodMs,
} from "./relative-number.ts";
import { isWanted, Replaying, type ReplayWishes, scheduleMs, scheduleOf } from "./replayed.ts";
import {
  objectLine,
  parseTraceLine,
  rowLine,
  summaryLine,
  traceHead,
  type TraceRow,
  type TraceSummary,
} from "./trace.ts";

const session = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const row = fc.record({
  atMs: fc.nat(60_000),
  object: fc.nat(5),
  number: fc.option(fc.integer({ min: -1e9, max: 1e9 })),
  session,
  status: fc.constantFrom(0, 200, 206, 404, 503),
});
const rows = fc
  .array(row, { maxLength: 60 })
  .map((some) => some.sort((a, b) => a.atMs - b.atMs)) as fc.Arbitrary<TraceRow[]>;
const asItWas: ReplayWishes = { times: 1, stretch: 1, fromMs: 0, toMs: null, only: [] };

function replayed(some: readonly TraceRow[], wishes: Partial<ReplayWishes>, lengthMs = 1e9) {
  const replaying = new Replaying({ ...asItWas, ...wishes }, lengthMs);
  for (const one of some) replaying.take(one);
  return replaying.finish();
}

describe("a line of a trace", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(row, (one) => {
        expect(parseTraceLine(rowLine(one))).toEqual({ row: one });
      }),
      { numRuns: often(200) },
    );
    const object = { kind: "segment", path: '/live/"~1"/{number}.m4s' };
    expect(parseTraceLine(objectLine(object))).toEqual({ object });
    expect(parseTraceLine(traceHead)).toEqual({ head: true });
    const summary: TraceSummary = {
      format: "seawall-trace/1",
      numbers: "relative",
      clockMs: 1,
      lines: 3,
      requests: 2,
      sessions: 1,
      spanMs: 5,
      peakPerSecond: 2,
      kinds: { segment: 2 },
      leftOut: {
        broken: 1,
        tooLong: 0,
        late: 0,
        strayTime: 0,
        otherMethod: 0,
        otherPath: 0,
        tooManyObjects: 0,
        numberTooFar: 0,
      },
      otherEncoding: 0,
      cutOff: 0,
    };
    expect(parseTraceLine(summaryLine(summary))).toEqual({ summary });
  });

  it("is null for any other text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseTraceLine(`${text}!`)).toBeNull();
      }),
      { numRuns: often(100) },
    );
    for (const text of ["", "@", "@{}", "={}", "1,2", "1,2,3,A,200", "-1,0,0,a,200"])
      expect(parseTraceLine(text), text).toBeNull();
  });
});

describe("a replay", () => {
  it("sends a trace as it was, in its order", () => {
    fc.assert(
      fc.property(rows, (some) => {
        expect(replayed(some, {}).map(({ dueMs, session: who }) => [dueMs, who])).toEqual(
          some.map(({ atMs, session: who }) => [atMs, who]),
        );
      }),
      { numRuns: often(100) },
    );
  });

  it("keeps order and counts when it multiplies, and each copy is a session of its own", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 5 }), (some, times) => {
        const sent = replayed(some, { times });
        expect(sent).toHaveLength(some.length * times);
        const due = sent.map(({ dueMs }) => dueMs);
        expect(due).toEqual([...due].sort((a, b) => a - b));
        const sessions = new Set(some.map((one) => one.session)).size;
        expect(new Set(sent.map((one) => one.session)).size).toBe(sessions * times);
        // Within a session the gaps are those of the trace.
        for (const own of Map.groupBy(sent, (one) => one.session).values()) {
          const shifts = new Set(own.map(({ dueMs, traceMs }) => dueMs - traceMs));
          expect(shifts.size).toBe(1);
        }
      }),
      { numRuns: often(100) },
    );
  });

  it("keeps about the share of the sessions that a fraction names, and whole ones", () => {
    const some = Array.from({ length: 4_000 }, (_, at) => ({
      atMs: at,
      object: 0,
      number: null,
      session: `s${at % 2_000}`,
      status: 200,
    }));
    const sent = replayed(some, { times: 0.25 });
    expect(sent.length / some.length).toBeCloseTo(0.25, 1);
    for (const own of Map.groupBy(sent, (one) => one.session).values()) expect(own).toHaveLength(2);
    expect(replayed(some, { times: 2.5 }).length / some.length).toBeCloseTo(2.5, 1);
  });

  it("keeps order and counts when it is stretched", () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0.1, max: 10, noNaN: true }), (some, stretch) => {
        const sent = replayed(some, { stretch });
        expect(sent.map((one) => one.session)).toEqual(some.map((one) => one.session));
        expect(sent.map(({ dueMs }) => dueMs)).toEqual(
          some.map(({ atMs }) => Math.round(atMs * stretch)),
        );
      }),
      { numRuns: often(100) },
    );
  });

  it("sends exactly what lies in its window, and begins with it", () => {
    fc.assert(
      fc.property(rows, fc.nat(60_000), fc.nat(60_000), (some, fromMs, lengthMs) => {
        const toMs = fromMs + lengthMs + 1;
        const inside = some.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
        expect(replayed(some, { fromMs, toMs }).map(({ dueMs }) => dueMs)).toEqual(
          inside.map(({ atMs }) => atMs - fromMs),
        );
        // What a run does not reach is not sent either.
        expect(replayed(some, { fromMs }, lengthMs + 1)).toHaveLength(inside.length);
      }),
      { numRuns: often(100) },
    );
  });

  it("has a schedule that holds each of its requests", () => {
    fc.assert(
      fc.property(rows, (some) => {
        const counts = scheduleOf(replayed(some, {}), 61_000);
        expect(counts.reduce((sum, one) => sum + one, 0)).toBe(some.length);
        for (const { atMs } of some)
          expect(counts[Math.floor(atMs / scheduleMs)]).toBeGreaterThan(0);
      }),
      { numRuns: often(50) },
    );
  });

  it("is filtered by kind and by path", () => {
    const object = { kind: "segment", path: "/live/v720/{number}.m4s" };
    for (const only of [[], ["segment"], ["/live/*"], ["playlist", "*.m4s"]])
      expect(isWanted(object, only), only.join()).toBe(true);
    for (const only of [["playlist"], ["/live"], ["live/*"], ["/live/v36?/*"]])
      expect(isWanted(object, only), only.join()).toBe(false);
  });
});

describe("a number relative to the newest", () => {
  const periodMs = 2_000;

  it("stays as far behind the newest as in the trace, wherever the replay begins", () => {
    const lags = fc.array(fc.nat(30), { minLength: 20, maxLength: 60 });
    const begins = fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 });
    fc.assert(
      fc.property(lags, begins, fc.nat(1_999), (behind, began, phaseMs) => {
        // The newest number of the trace begins each 2 s, from `phaseMs` on; some ask at once.
        const some = behind.flatMap((lag, at) => [
          { traceMs: at * periodMs + phaseMs, number: 500 + at, served: true, lag: 0 },
          { traceMs: at * periodMs + phaseMs + 700, number: 500 + at - lag, served: true, lag },
        ]);
        const frontier = frontierOf(some, periodMs) as number;
        const rhythm = { ms: periodMs, zeroMs: 12_345 };
        const alignedMs =
          began - ((began - rhythm.zeroMs) % periodMs) + alignmentOf(frontier, periodMs);
        for (const { traceMs, number, lag } of some) {
          const offset = offsetOf({ traceMs, number }, traceMs, frontier, periodMs);
          const asksMs = alignedMs + traceMs;
          const newest = Math.floor((asksMs - rhythm.zeroMs) / periodMs) - 1;
          expect(newest - numberAt(offset, alignedMs, rhythm)).toBe(lag);
          // A generator that begins a little late or early asks for the same.
          for (const offMs of [-100, 100])
            expect(numberAt(offset, alignedMs + offMs, rhythm)).toBe(newest - lag);
        }
        // The earliest users ask a quarter of a second after the newest one is complete.
        const first = alignedMs + phaseMs - rhythm.zeroMs;
        expect(first % periodMs).toBeCloseTo(marginMs, 3);
      }),
      { numRuns: often(50) },
    );
  });

  it("needs a trace whose numbers advance as the target's do", () => {
    const every = (ms: number, lag: (at: number) => number) =>
      Array.from({ length: 600 }, (_, at) => ({
        traceMs: at * 100,
        number: Math.floor((at * 100) / ms) - lag(at),
        served: true,
      }));
    for (const lag of [() => 0, (at: number) => at % 9, (at: number) => (at % 3 === 0 ? 0 : 40)]) {
      expect(otherPeriodMs(every(2_000, lag), periodMs)).toBeNull();
      expect(otherPeriodMs(every(4_000, lag), periodMs)).toBeCloseTo(4_000, -3);
      expect(otherPeriodMs(every(1_000, lag), periodMs)).toBeCloseTo(1_000, -3);
    }
    expect(otherPeriodMs(every(4_000, () => 0).slice(0, 100), periodMs)).toBeNull();
  });

  it("is not misled by a few numbers from the future, nor by those that were not served", () => {
    const some = Array.from({ length: 2_000 }, (_, at) => ({
      traceMs: at * 20,
      number: Math.floor(at / 100),
      served: true,
    }));
    const honest = frontierOf(some, periodMs);
    const bogus = { traceMs: 100, number: 900, served: true };
    const early = some.map((one) => ({ ...one, number: one.number + 3, served: false }));
    expect(frontierOf([...some, bogus, ...early], periodMs)).toBe(honest);
    expect(frontierOf(early, periodMs)).toBeNull();
  });
});
