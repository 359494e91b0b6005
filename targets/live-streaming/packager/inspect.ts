/**
 * Light inspection: what can be told about a segment from its boxes alone, in microseconds, before
 * it is published.
 */
import { BrokenBox, boxes, decodeTime, find } from "./boxes.ts";
import { readSamples } from "./samples.ts";

export type Defect = "short" | "missing" | "timing";

export interface Expectation {
  readonly decodeTicks: number;
  readonly samples: number;
  readonly durationTicks: number;
}

/**
 * `short`: it ends too early. `missing`: a hole between samples; it adds up to the right duration,
 * so each sample is looked at. `timing`: the media time is not the number's. What cannot be read to
 * its end has every defect. Rot within the media is not seen: no box tells of it.
 */
export function inspect(segment: Buffer, expected: Expectation): readonly Defect[] {
  try {
    // Every box to the last one: a segment that was cut off looks well at its beginning.
    for (const _ of boxes(segment));
    const usualTicks = expected.durationTicks / expected.samples;
    const samples = readSamples(segment, usualTicks);
    const media = find(segment, "mdat");
    const totalTicks = samples.reduce((sum, { durationTicks }) => sum + durationTicks, 0);
    if (samples.reduce((sum, { bytes }) => sum + bytes, 0) > media.end - media.body)
      throw new BrokenBox("mdat holds less than its samples");
    const short = totalTicks < expected.durationTicks - usualTicks / 2;
    const defects: Defect[] = [];
    if (short) defects.push("short");
    if (
      samples.some(({ durationTicks }) => durationTicks > 1.5 * usualTicks) ||
      (!short && samples.length < expected.samples)
    )
      defects.push("missing");
    if (Math.abs(decodeTime(segment) - expected.decodeTicks) > usualTicks / 2)
      defects.push("timing");
    return defects;
  } catch (error) {
    if (error instanceof BrokenBox) return ["short", "missing", "timing"];
    throw error;
  }
}
