import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leastBytes, lookAtBody } from "./body.ts";

const plain = { contentType: undefined, contentLength: undefined, leastBytes: 0 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function box(type: string, body: Uint8Array): Uint8Array {
  const whole = new Uint8Array(8 + body.length);
  new DataView(whole.buffer).setUint32(0, whole.length);
  whole.set(bytes(type), 4);
  whole.set(body, 8);
  return whole;
}
const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const noise = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => Math.imul(index + 7, 2_654_435_761) >>> 24);
const fmp4 = joined(box("styp", bytes("msdh")), box("moof", noise(60)), box("mdat", noise(3_000)));
const ts = Uint8Array.from({ length: 188 * 40 }, (_, index) =>
  index % 188 === 0 ? 0x47 : index % 251,
);

describe("a body", () => {
  it.each([
    ["fmp4", fmp4],
    ["ts", ts],
    ["webm", joined(Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3), noise(100))],
    ["aac", joined(bytes("ID3"), noise(100))],
    ["aac", joined(Uint8Array.of(0xff, 0xf1), noise(100))],
    ["mp3", joined(Uint8Array.of(0xff, 0xfb), noise(100))],
    ["webvtt", bytes("WEBVTT\n\n00:01.000 --> 00:02.000\nhello")],
    ["unknown", noise(5_000)],
  ])("of %s is a segment", (container, body) => {
    expect(lookAtBody(body, { ...plain, contentLength: body.length })).toEqual({
      container,
      problem: null,
    });
  });

  it("with known media is a segment under any media type; unknown media needs a neutral type", () => {
    expect(lookAtBody(fmp4, { ...plain, contentType: "text/html" }).problem).toBeNull();
    expect(lookAtBody(noise(5_000), { ...plain, contentType: "text/plain" }).problem).toBeNull();
    expect(
      lookAtBody(noise(5_000), { ...plain, contentType: "application/octet-stream" }).problem,
    ).toBeNull();
  });

  it.each([
    ["empty", new Uint8Array(), {}],
    ["type", noise(5_000), { contentType: "text/html; charset=utf-8" }],
    ["type", noise(5_000), { contentType: "application/problem+json" }],
    ["text", bytes("<!doctype html><title>502 Bad Gateway</title>"), { contentType: "video/mp4" }],
    ["text", bytes('{"error":"not found"}'), {}],
    ["brokenOff", fmp4.subarray(0, Math.floor(fmp4.length * 0.7)), {}],
    ["brokenOff", ts.subarray(0, 5_000), {}],
    ["brokenOff", joined(box("styp", bytes("msdh")), box("moof", noise(60))), {}],
    ["small", fmp4, { leastBytes: fmp4.length + 1 }],
    ["length", fmp4, { contentLength: fmp4.length + 1 }],
  ] as const)("is no segment: %s", (problem, body, declared) => {
    expect(lookAtBody(body, { ...plain, ...declared }).problem).toBe(problem);
  });

  it("of boxes is recognised as truncated at any byte, and no bytes make the check throw", () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: fmp4.length - 1 }), (length) => {
        expect(lookAtBody(fmp4.subarray(0, length), plain).problem).toBe("brokenOff");
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (body) => {
        expect(() => lookAtBody(body, plain)).not.toThrow();
        expect(() => lookAtBody(joined(fmp4.subarray(0, 8), body), plain)).not.toThrow();
      }),
    );
  });

  it("has a minimum size that the stream and each rendition can set", () => {
    const stream = {
      segmentMs: 2_000,
      renditions: [
        { name: "v720", bitsPerSecond: 800_000 },
        { name: "slate", bitsPerSecond: 800_000, leastBytesShare: 0.01 },
      ],
    };
    expect(leastBytes(stream, "v720")).toBe(20_000);
    expect(leastBytes({ ...stream, leastBytesShare: 0.5 }, "v720")).toBe(100_000);
    expect(leastBytes({ ...stream, leastBytesShare: 0.5 }, "slate")).toBe(2_000);
    expect(leastBytes(stream, "unheard")).toBe(0);
  });
});
