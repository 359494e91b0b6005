import fc from "fast-check";
import { expect, test } from "vitest";
import { defectKinds, spoiled } from "../packager/defects.ts";
import {
  createLoop,
  epochLocked,
  loopSegments,
  makeSegment,
  segmentSeconds,
} from "../packager/loop.ts";
import { mediaProblem } from "./workloads/library/inspect-media.ts";

const ticks = 12_800,
  samples = 50;

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) buffer.writeUInt32BE(value, 4 * index);
  return buffer;
}

function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([words(body.length + 8), Buffer.from(type, "latin1"), body]);
}

/** Like ffmpeg's output: default duration in `tfhd`, sizes in `trun`, 64-bit times. */
const encoded = Array.from({ length: loopSegments }, (_, index) =>
  Buffer.concat([
    box("styp", Buffer.from("msdh")),
    box(
      "moof",
      box("mfhd", words(0, index + 1)),
      box(
        "traf",
        box("tfhd", words(0x08, 1, (ticks * segmentSeconds) / samples)),
        box("tfdt", words(0x01000000, 0, index * segmentSeconds * ticks)),
        box("trun", words(0x201, samples, 100, ...Array<number>(samples).fill(3))),
      ),
    ),
    box("mdat", Buffer.alloc(3 * samples, index)),
  ]),
);
const loop = createLoop(
  box("moov", box("trak", box("mdia", box("mdhd", words(0, 0, 0, ticks, 0, 0))))),
  encoded,
);
const problemOf = (bytes: Buffer, number: number): string | null =>
  mediaProblem(new Uint8Array(bytes).buffer, number, segmentSeconds * 1_000);
/** From 2001 until 2100. */
const number = fc.integer({ min: 500_000_000, max: 2_050_000_000 });

test("finds no fault with a whole segment of any time", () => {
  fc.assert(
    fc.property(number, (each) => {
      expect(problemOf(makeSegment(loop, each, epochLocked), each)).toBeNull();
    }),
  );
});

test.each([
  ["short", "it is too short"],
  ["missing", "it stands still"],
  ["timing", "its time is not the number's"],
  ["truncated", "it breaks off"],
  ["rot", null],
] as const)("finds every corruption by a packager but rot: %s", (kind, problem) => {
  expect(defectKinds).toContain(kind);
  fc.assert(
    fc.property(number, (each) => {
      expect(problemOf(spoiled(makeSegment(loop, each, epochLocked), kind), each)).toBe(problem);
    }),
  );
});

test("finds a pipeline's own timeline, and a segment other than the requested one", () => {
  expect(problemOf(makeSegment(loop, 897_638_000, { segments: 3, ms: 440 }), 897_638_000)).toBe(
    "its time is not the number's",
  );
  expect(problemOf(makeSegment(loop, 897_638_001, epochLocked), 897_638_000)).toBe(
    "its time is not the number's",
  );
});

test("finds a truncation anywhere, and never throws on any bytes", () => {
  const whole = makeSegment(loop, 897_638_000, epochLocked);
  fc.assert(
    fc.property(fc.nat({ max: whole.length - 1 }), (length) => {
      expect(problemOf(whole.subarray(0, length), 897_638_000)).not.toBeNull();
    }),
  );
  fc.assert(
    fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), (at, value) => {
      const other = Buffer.from(whole);
      other.writeUInt8(value, at);
      expect(() => problemOf(other, 897_638_000)).not.toThrow();
    }),
  );
});
