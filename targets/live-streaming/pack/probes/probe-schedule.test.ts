import { describe, expect, it } from "vitest";
import { heldPlan } from "../../../../test/support/judge/held-run.ts";
import { prng } from "../../../../harness/base/prng.ts";
import { newestDue, probeRequests } from "./probe-schedule.ts";
import type { Stream } from "../stream/stream.ts";

const stream: Stream = {
  ...heldPlan().content,
  event: "main",
  segmentPath: "/live/{event}/{rendition}/{number}.m4s",
  availabilityStartMs: 10_000,
  segmentMs: 2_000,
  dvrSegments: 20,
  renditions: [
    { name: "v720", kind: "video", bitsPerSecond: 9 },
    { name: "v360", kind: "video", bitsPerSecond: 5 },
    { name: "audio", kind: "audio", bitsPerSecond: 1 },
  ],
};
const random = prng(1);
const many = Array.from({ length: 500 }, (_, index) => ({
  index,
  wishes: probeRequests(stream, index + 100, true, random),
}));
const flat = many.flatMap(({ index, wishes }) =>
  wishes.map((wish) => ({ ...wish, dueMs: 10_000 + (index + 101) * 2_000, due: index + 100 })),
);

describe("the prober's requests", () => {
  it("match those of viewers at the live edge, and their times", () => {
    const live = flat.filter(({ lane }) => lane === "live");
    expect(live).toHaveLength(1_000);
    expect(
      live.every(
        ({ number, due, atMs, dueMs }) => number === due && atMs >= dueMs && atMs < dueMs + 400,
      ),
    ).toBe(true);
  });

  it("cover, in the past, whatever viewers may request, at any time", () => {
    const past = flat.filter(({ lane }) => lane === "dvr");
    expect(past).toHaveLength(1_000);
    expect([...new Set(past.map(({ number, due }) => due - number))].sort((a, b) => a - b)).toEqual(
      [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
    );
    expect(past.every(({ atMs, dueMs }) => atMs >= dueMs && atMs < dueMs + 2_000)).toBe(true);
  });

  it("have the viewers' mix of renditions, and an order in time", () => {
    const share = (name: string): number =>
      flat.filter(({ rendition }) => rendition === name).length / flat.length;
    expect(share("audio")).toBeCloseTo(0.5, 1);
    expect(share("v720")).toBeCloseTo(0.25, 1);
    expect(
      many.every(({ wishes }) =>
        wishes.every(({ atMs }, index) => index === 0 || atMs >= (wishes[index - 1]?.atMs ?? 0)),
      ),
    ).toBe(true);
  });

  it("omit the past without DVR viewers, and use the renditions that exist", () => {
    expect(probeRequests(stream, 7, false, random).map(({ lane }) => lane)).toEqual([
      "live",
      "live",
    ]);
    expect(
      probeRequests({ ...stream, segmentMs: 1_000 }, 7, true, random)
        .map(({ lane }) => lane)
        .sort(),
    ).toEqual(["dvr", "live"]);
    expect(
      probeRequests({ ...stream, renditions: stream.renditions.slice(2) }, 7, false, random).map(
        ({ rendition }) => rendition,
      ),
    ).toEqual(["audio", "audio"]);
  });

  it("ask for due segments", () => {
    expect(newestDue(stream, 20_000)).toBe(4);
    expect(newestDue(stream, 19_999)).toBe(3);
  });
});
