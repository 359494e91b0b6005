import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BrokenBox, boxes, decodeTime, find, sampleDurations, withoutIndex } from "./boxes.ts";
import { spoiled } from "./defects.ts";
import { inspect } from "./inspect.ts";
import { createLoop, epochLocked, expectedSamples, expectedTicks, loopSegments, makeSegment, segmentSeconds } from "./loop.ts";

const ticks = 12_800;
const samples = 50;
const sampleTicks = ticks * segmentSeconds / samples;

function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, body]);
}

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) buffer.writeUInt32BE(value, 4 * index);
  return buffer;
}

/** As ffmpeg writes it: usual duration in tfhd, sizes in trun, 64 bits of time. */
function segment(index: number, count = samples): Buffer {
  const sizes = Array.from({ length: count }, () => 3);
  return Buffer.concat([
    box("styp", Buffer.from("msdh")), box("sidx", words(0, 1, ticks, 0)),
    box("moof", box("mfhd", words(0, index + 1)), box("traf",
      box("tfhd", words(0x08, 1, sampleTicks)), box("tfdt", words(0x01000000, 0, index * segmentSeconds * ticks)),
      box("trun", words(0x201, count, 100, ...sizes)))),
    box("mdat", Buffer.alloc(3 * count, index)),
  ]);
}

const init = box("moov", box("trak", box("mdia", box("mdhd", words(0, 0, 0, ticks, 0, 0)))));
const loop = createLoop(init, Array.from({ length: loopSegments }, (_, index) => segment(index)));
const number = fc.integer({ min: 0, max: 2_000_000_000 });
const expectation = (of: number): Parameters<typeof inspect>[1] =>
  ({ decodeTicks: expectedTicks(loop, of, epochLocked), samples: expectedSamples(loop, of, epochLocked), durationTicks: ticks * segmentSeconds });

test("media time is the segment's number, for ever and without a gap", () => {
  fc.assert(fc.property(number, (each) => {
    const made = makeSegment(loop, each, epochLocked);
    expect(decodeTime(made)).toBe(each * segmentSeconds * ticks);
    expect(made.readUInt32BE(find(made, "moof", "mfhd").body + 4)).toBe(each);
    expect(inspect(made, expectation(each))).toEqual([]);
  }));
});

test("two pipelines make the same bytes, unless one is not locked to the epoch", () => {
  expect(makeSegment(loop, 897_638_000, epochLocked)).toEqual(makeSegment(loop, 897_638_000, epochLocked));
  expect(makeSegment(loop, 897_638_000, { segments: 3, ms: 440 })).not.toEqual(makeSegment(loop, 897_638_000, epochLocked));
});

test("making a segment leaves the loop as it was", () => {
  const first = makeSegment(loop, 8, epochLocked);
  makeSegment(loop, 16, epochLocked);
  expect(decodeTime(first)).toBe(8 * segmentSeconds * ticks);
});

test("a loop that does not come out even is refused", () => {
  expect(() => createLoop(init, Array.from({ length: loopSegments }, (_, index) => segment(index, index === 3 ? 49 : 50)))).toThrow(/does not repeat/);
});

describe("light inspection", () => {
  test("finds media time that is not the number's", () => expect(inspect(spoiled(segment(5), "timing"), expectation(5))).toEqual(["timing"]));
  test("finds a hole between samples", () => expect(inspect(spoiled(segment(5), "missing"), expectation(5))).toEqual(["missing"]));
  test("finds missing samples", () => expect(inspect(segment(5, 49), expectation(5))).toEqual(["short"]));
  test("gives up on what cannot be read", () => {
    expect(inspect(Buffer.from("no boxes at all"), expectation(5))).toEqual(["short", "missing", "timing"]);
  });
  test("cannot see rot in the media itself: that is what checksums are for", () => {
    const rotten = spoiled(segment(5), "rot");
    expect(inspect(rotten, expectation(5))).toEqual([]);
    expect(rotten).not.toEqual(segment(5));
  });
});

describe("boxes", () => {
  test("the index goes and everything else stays", () => {
    expect([...boxes(withoutIndex(segment(0)))].map(({ type }) => type)).toEqual(["styp", "moof", "mdat"]);
  });
  test("a segment cut short anywhere is refused or whole, never read past its end", () => {
    fc.assert(fc.property(fc.nat(segment(0).length - 1), (length) => {
      const cut = segment(0).subarray(0, length);
      try {
        sampleDurations(cut, sampleTicks);
      } catch (error) {
        if (!(error instanceof BrokenBox)) throw error;
      }
    }));
  });
  test("a box that lies about its length is refused", () => {
    const lying = segment(0);
    lying.writeUInt32BE(4);
    expect(() => [...boxes(lying)]).toThrow(/says that it is 4 bytes long/);
  });
});
