import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { publishAtMs, segmentInProduction, segmentMs } from "../stream/template.ts";
import {
  absence,
  decide,
  earlyMarginMs,
  goneAfterMs,
  holdGraceMs,
  type Question,
  ttlMsMin,
  wholeGraceMs,
} from "./decide.ts";

const nowMs = 1_700_000_000_500;
const current = segmentInProduction(nowMs);
const question = (change: Partial<Question>): Question => ({
  number: current,
  nowMs,
  candidates: [],
  mayHold: true,
  mayImprove: false,
  dvrWindowSegments: 1800,
  isOver: false,
  ...change,
});
const candidate = {
  pipeline: "a",
  token: "t",
  sha256: "s",
  bytes: 1,
  defects: [],
  publishedAtMs: 0,
};

test("serves what exists, early or late, within the window and until the event ends", () => {
  fc.assert(
    fc.property(fc.integer({ min: -5000, max: 5000 }), fc.boolean(), (offset, isOver) => {
      const { kind } = decide(
        question({ number: current + offset, candidates: [candidate], isOver }),
      );
      expect(kind).toBe(isOver || offset < -1800 ? "gone" : "serve");
    }),
  );
});

test("serves a defective segment only when no whole one can arrive in time", () => {
  const bad = { ...candidate, defects: ["short"] as const };
  const untilMs = publishAtMs(current - 1) + wholeGraceMs;
  const asked = (change: Partial<Question>) =>
    decide(
      question({
        number: current - 1,
        nowMs: untilMs - 1,
        mayImprove: true,
        candidates: [bad],
        ...change,
      }),
    );
  expect(asked({})).toEqual({ kind: "await", untilMs });
  expect(asked({ nowMs: untilMs }).kind).toBe("serve");
  expect(asked({ mayImprove: false }).kind).toBe("serve");
  expect(asked({ candidates: [bad, candidate] }).kind).toBe("serve");
});

test("holds only the very next segment and refuses the one after at once", () => {
  expect(decide(question({ number: current }))).toEqual({
    kind: "hold",
    untilMs: publishAtMs(current) + holdGraceMs,
  });
  expect(decide(question({ number: current + 1 })).kind).toBe("early");
  expect(decide(question({ number: current + 1000 })).kind).toBe("early");
});

test("still waits for a segment that is just due", () => {
  expect(
    decide(question({ number: current - 1, nowMs: publishAtMs(current - 1) + holdGraceMs - 1 }))
      .kind,
  ).toBe("hold");
  expect(
    decide(question({ number: current - 1, nowMs: publishAtMs(current - 1) + holdGraceMs })).kind,
  ).toBe("lookUp");
});

test("gives an early answer a lifetime that ends before the publication, with time to hold the next request", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 0, max: segmentMs - 1 }),
      (ahead, intoMs) => {
        const atMs = current * segmentMs + intoMs;
        const decision = decide(question({ number: current + ahead, nowMs: atMs }));
        if (decision.kind !== "early") throw new Error(decision.kind);
        expect(decision.ttlMs).toBe(publishAtMs(current + ahead) - earlyMarginMs - atMs);
      },
    ),
  );
});

test("gives no answer that outlives the publication by more than the shortest lifetime, without holding", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: segmentMs - 1 }), (intoMs) => {
      const atMs = current * segmentMs + intoMs;
      const decision = decide(question({ mayHold: false, nowMs: atMs }));
      if (decision.kind !== "early") throw new Error(decision.kind);
      expect(decision.ttlMs).toBeGreaterThanOrEqual(ttlMsMin);
      expect(atMs + decision.ttlMs).toBeLessThan(publishAtMs(current) + ttlMsMin);
    }),
  );
});

test("answers 410 for segments older than the window without asking the store", () => {
  expect(decide(question({ number: current - 1801 })).kind).toBe("gone");
  expect(decide(question({ number: current - 1800 })).kind).toBe("lookUp");
});

describe("a segment that the store does not know either", () => {
  test("may still arrive until the deadline, and is gone after it", () => {
    expect(absence(current, publishAtMs(current) + goneAfterMs - 1).kind).toBe("missing");
    expect(absence(current, publishAtMs(current) + goneAfterMs).kind).toBe("gone");
  });
});
