/** Light inspection of a segment before publication, from its boxes alone, in microseconds. */
import { BrokenBox, boxes, decodeTime, find } from "./boxes.ts";
import { readSamples } from "./samples.ts";

export type Defect = "short" | "missing" | "timing";

export interface Expectation {
  readonly decodeTicks: number;
  readonly samples: number;
  readonly durationTicks: number;
}

/**
 * `short`: it ends too early. `missing`: a gap between samples; the total duration is right, so
 * each sample is checked. `timing`: the media time is not the number's. A segment that cannot be
 * read to its end has every defect. Rot within the media is invisible, because no box shows it.
 */
export function inspect(segment: Buffer, expected: Expectation): readonly Defect[] {
  try {
    // Every box to the last, because a truncated segment has a sound beginning.
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
