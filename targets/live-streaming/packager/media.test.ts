import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BrokenBox, boxes, decodeTime, find, withoutIndex } from "./boxes.ts";
import { createDefectOrders, spoiled } from "./defects.ts";
import { inspect } from "./inspect.ts";
import {
  createLoop,
  epochLocked,
  expectedSamples,
  expectedTicks,
  loopSegments,
  makeSegment,
  segmentSeconds,
} from "./loop.ts";
import { manifest } from "./manifest.ts";
import { readSamples, withSamples } from "./samples.ts";

const ticks = 12_800;
const samples = 50;
const sampleTicks = (ticks * segmentSeconds) / samples;

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

/** Like ffmpeg's output: default duration in tfhd, sizes in trun, 64-bit times. */
function segment(index: number, count = samples): Buffer {
  const sizes = Array.from({ length: count }, () => 3);
  return Buffer.concat([
    box("styp", Buffer.from("msdh")),
    box("sidx", words(0, 1, ticks, 0)),
    box(
      "moof",
      box("mfhd", words(0, index + 1)),
      box(
        "traf",
        box("tfhd", words(0x08, 1, sampleTicks)),
        box("tfdt", words(0x01000000, 0, index * segmentSeconds * ticks)),
        box("trun", words(0x201, count, 100, ...sizes)),
      ),
    ),
    box("mdat", Buffer.alloc(3 * count, index)),
  ]);
}

const init = box("moov", box("trak", box("mdia", box("mdhd", words(0, 0, 0, ticks, 0, 0)))));
const loop = createLoop(
  init,
  Array.from({ length: loopSegments }, (_, index) => segment(index)),
);
const number = fc.integer({ min: 0, max: 2_000_000_000 });
const expectation = (of: number): Parameters<typeof inspect>[1] => ({
  decodeTicks: expectedTicks(loop, of, epochLocked),
  samples: expectedSamples(loop, of, epochLocked),
  durationTicks: ticks * segmentSeconds,
});

test("derives media time from the segment's number, forever and without a gap", () => {
  fc.assert(
    fc.property(number, (each) => {
      const made = makeSegment(loop, each, epochLocked);
      expect(decodeTime(made)).toBe(each * segmentSeconds * ticks);
      expect(made.readUInt32BE(find(made, "moof", "mfhd").body + 4)).toBe(each);
      expect(inspect(made, expectation(each))).toEqual([]);
    }),
  );
});

test("makes the same bytes in two pipelines, unless one is not epoch-locked", () => {
  expect(makeSegment(loop, 897_638_000, epochLocked)).toEqual(
    makeSegment(loop, 897_638_000, epochLocked),
  );
  expect(makeSegment(loop, 897_638_000, { segments: 3, ms: 440 })).not.toEqual(
    makeSegment(loop, 897_638_000, epochLocked),
  );
});

test("leaves the loop unchanged", () => {
  const first = makeSegment(loop, 8, epochLocked);
  makeSegment(loop, 16, epochLocked);
  expect(decodeTime(first)).toBe(8 * segmentSeconds * ticks);
});

test("refuses a loop without a whole number of frames", () => {
  expect(() =>
    createLoop(
      init,
      Array.from({ length: loopSegments }, (_, index) => segment(index, index === 3 ? 49 : 50)),
    ),
  ).toThrow(/does not repeat/);
});

describe("light inspection", () => {
  test("finds a media time that is not the number's", () =>
    expect(inspect(spoiled(segment(5), "timing"), expectation(5))).toEqual(["timing"]));
  test("finds a gap between samples", () =>
    expect(inspect(spoiled(segment(5), "missing"), expectation(5))).toEqual(["missing"]));
  test("finds an early end", () => {
    expect(inspect(segment(5, 49), expectation(5))).toEqual(["short"]);
    expect(inspect(spoiled(segment(5), "short"), expectation(5))).toEqual(["short"]);
  });
  test("finds a truncated segment despite its sound beginning", () => {
    expect(inspect(spoiled(segment(5), "truncated"), expectation(5))).toEqual([
      "short",
      "missing",
      "timing",
    ]);
  });
  test("never faults a whole segment, and always one that is truncated anywhere", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: segment(0).length - 1 }), (length) => {
        expect(inspect(segment(5), expectation(5))).toEqual([]);
        expect(inspect(segment(5).subarray(0, length), expectation(5))).not.toEqual([]);
      }),
    );
  });
  test("reports what it cannot read", () => {
    expect(inspect(Buffer.from("no boxes at all"), expectation(5))).toEqual([
      "short",
      "missing",
      "timing",
    ]);
  });
  test("misses rot in the media, which takes a checksum", () => {
    const rotten = spoiled(segment(5), "rot");
    expect(inspect(rotten, expectation(5))).toEqual([]);
    expect(rotten).not.toEqual(segment(5));
  });
});

describe("samples", () => {
  const whole = segment(5);
  const all = readSamples(whole, 0).map(({ durationTicks }, index) => ({ index, durationTicks }));

  test("stay the same if all are kept, in boxes of the right size", () => {
    const again = withSamples(whole, all);
    expect(readSamples(again, 0)).toEqual(readSamples(whole, 0));
    expect([...boxes(again)].map(({ type }) => type)).toEqual(
      [...boxes(whole)].map(({ type }) => type),
    );
    expect(decodeTime(again)).toBe(decodeTime(whole));
  });

  test("keep their own bytes and length when any others are removed", () => {
    fc.assert(
      fc.property(fc.subarray(all), (kept) => {
        const made = withSamples(whole, kept);
        expect(readSamples(made, 0).length).toBe(kept.length);
        const media = find(made, "mdat");
        expect(media.end - media.body).toBe(3 * kept.length);
        expect(made.readInt32BE(find(made, "moof", "traf", "trun").body + 8) - 100).toBe(
          made.length - whole.length + 3 * (samples - kept.length),
        );
      }),
    );
  });

  test("leave a gap of their own length when removed", () => {
    const ticksOf = (of: Buffer): number =>
      readSamples(of, 0).reduce((sum, { durationTicks }) => sum + durationTicks, 0);
    const bad = spoiled(whole, "missing");
    expect([ticksOf(bad), readSamples(bad, 0).length]).toEqual([ticksOf(whole), samples - 10]);
  });
});

describe("orders to corrupt", () => {
  const made = (number_: number): Buffer => makeSegment(loop, number_, epochLocked);
  const spoils = (
    orders: ReturnType<typeof createDefectOrders>,
    of: number,
    rendition: string,
  ): boolean => !orders.spoil(made(of), of, rendition).equals(made(of));

  test("count by number, so that a segment is corrupted in all renditions or in none", () => {
    const orders = createDefectOrders();
    orders.order({ kind: "rot", segments: 2, rendition: null });
    const seen = [5, 6, 7].map((of) =>
      ["v720", "v360"].map((rendition) => spoils(orders, of, rendition)),
    );
    expect(seen).toEqual([
      [true, true],
      [true, true],
      [false, false],
    ]);
    expect(orders.current).toBeNull();
  });

  test("may name one rendition, and can be cancelled", () => {
    const orders = createDefectOrders();
    orders.order({ kind: "timing", segments: 9, rendition: "v360" });
    expect([spoils(orders, 5, "v720"), spoils(orders, 5, "v360")]).toEqual([false, true]);
    expect(orders.current).toMatchObject({ kind: "timing", left: 8 });
    orders.order(null);
    expect([spoils(orders, 6, "v360"), orders.current]).toEqual([false, null]);
  });
});

test("names a clock at the edge that served the manifest, and nothing that depends on its time", () => {
  const made = manifest({
    segmentSeconds,
    renditions: [
      {
        name: "v720",
        kind: "video",
        bitsPerSecond: 1,
        codecs: "avc1.4d401f",
        width: 1280,
        height: 720,
      },
    ],
  });
  expect(made).toContain(
    '<UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="/time"/>',
  );
  expect(made.match(/\d{4}-\d\d-\d\dT[\d:]+Z/g)).toEqual([
    "1970-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
  ]);
});

describe("boxes", () => {
  test("removes the index and keeps everything else", () => {
    expect([...boxes(withoutIndex(segment(0)))].map(({ type }) => type)).toEqual([
      "styp",
      "moof",
      "mdat",
    ]);
  });
  test("refuses a truncated segment or reads it whole, never past its end", () => {
    fc.assert(
      fc.property(fc.nat(segment(0).length - 1), (length) => {
        const cut = segment(0).subarray(0, length);
        try {
          readSamples(cut, sampleTicks);
        } catch (error) {
          if (!(error instanceof BrokenBox)) throw error;
        }
      }),
    );
  });
  test("refuses a box with a wrong length", () => {
    const lying = segment(0);
    lying.writeUInt32BE(4);
    expect(() => [...boxes(lying)]).toThrow(/says that it is 4 bytes long/);
  });
});
