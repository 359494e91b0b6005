/** mp4box, an independent reader of fMP4, agrees with the patched segments of real media. */
import "../tools/recipes.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFile, MP4BoxBuffer } from "mp4box";
import { afterAll, beforeAll, expect, test } from "vitest";
import { provision } from "../../../harness/provision/provision.ts";
import { loadLoops } from "./encode.ts";
import { epochLocked, type Loop, makeSegment, segmentSeconds } from "./loop.ts";
import { readSamples, withSamples } from "./samples.ts";

const renditions = [
  { name: "v90", kind: "video", bitsPerSecond: 100_000, width: 160, height: 90 },
  { name: "audio", kind: "audio", bitsPerSecond: 64_000 },
] as const;

const directory = mkdtempSync(join(tmpdir(), "seawall-oracle-"));
let loops: ReadonlyMap<string, Loop>;
beforeAll(async () => {
  const { ffmpeg } = await provision(["ffmpeg"], { env: process.env });
  const { executable, args, env } = ffmpeg;
  loops = await loadLoops({
    ffmpeg: { executable, args: [...args], env: { ...env } },
    renditions: [...renditions],
    cacheDirectory: directory,
  });
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Sample {
  readonly dts: number;
  readonly duration: number;
  readonly bytes: Buffer;
}

/** A segment as mp4box reads it. */
function samplesOf(init: Buffer, segment: Buffer): Sample[] {
  const file = createFile();
  let failed = "";
  file.onError = (_module, message) => {
    failed = message;
  };
  file.onReady = () => {};
  const bytes = Buffer.concat([init, segment]);
  file.appendBuffer(
    MP4BoxBuffer.fromArrayBuffer(Uint8Array.from(bytes).buffer as ArrayBuffer, 0),
    true,
  );
  file.flush();
  if (failed !== "") throw new Error(failed);
  const [track] = file.getInfo().tracks;
  if (track === undefined) throw new Error("no track");
  return file.getTrackSamplesInfo(track.id).map(({ dts, duration, offset, size }) => ({
    dts,
    duration,
    bytes: bytes.subarray(offset, offset + size),
  }));
}

test.each(renditions)("joins segments of $name without a gap, at any number", ({ name }) => {
  const loop = loops.get(name) as Loop;
  // Beyond 32 bits of ticks, and across the end of the loop, which is a multiple of eight.
  for (const first of [0, 6, 897_638_006]) {
    const segments = [0, 1, 2, 3].map((index) => makeSegment(loop, first + index, epochLocked));
    // Each by itself, because mp4box takes the first segment's time as given and adds durations
    // from there.
    const seen = segments.flatMap((segment) => samplesOf(loop.init, segment));
    const expected = segments.flatMap((segment) => readSamples(segment, 0));
    expect(seen.map(({ duration }) => duration)).toEqual(
      expected.map(({ durationTicks }) => durationTicks),
    );
    for (const [index, sample] of seen.entries()) {
      const before = seen[index - 1];
      if (before !== undefined) expect(sample.dts).toBe(before.dts + before.duration);
    }
    const start = first * segmentSeconds * loop.timescale;
    // Audio frames do not end at segment boundaries.
    expect(Math.abs((seen[0]?.dts ?? 0) - start)).toBeLessThan(loop.timescale / 20);
  }
});

test("keeps the other samples byte for byte when one is removed", () => {
  const loop = loops.get("v90") as Loop;
  const whole = makeSegment(loop, 5, epochLocked);
  const durations = readSamples(whole, 0).map(({ durationTicks }) => durationTicks);
  const kept = durations
    .map((durationTicks, index) => ({ index, durationTicks: durationTicks + index }))
    .filter(({ index }) => index !== 7);
  const before = samplesOf(loop.init, whole);
  const seen = samplesOf(loop.init, withSamples(whole, kept));
  expect(seen.map(({ duration }) => duration)).toEqual(
    kept.map(({ durationTicks }) => durationTicks),
  );
  for (const [at, { index }] of kept.entries())
    expect(seen[at]?.bytes.equals(before[index]?.bytes ?? Buffer.alloc(0))).toBe(true);
});
