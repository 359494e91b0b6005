/** Light inspection: what can be told about a segment from its boxes alone, in microseconds, before it is published. */
import { BrokenBox, decodeTime, sampleDurations } from "./boxes.ts";

export type Defect = "short" | "missing" | "timing";

export interface Expectation {
  readonly decodeTicks: number;
  readonly samples: number;
  readonly durationTicks: number;
}

/**
 * `short`: too few samples. `missing`: a hole between samples; it adds up to the right duration, so each sample is looked at. `timing`: the
 * media time is not the number's. What cannot be read at all has every defect.
 */
export function inspect(segment: Buffer, expected: Expectation): readonly Defect[] {
  try {
    const usualTicks = expected.durationTicks / expected.samples;
    const durations = sampleDurations(segment, usualTicks);
    const defects: Defect[] = [];
    if (durations.length < expected.samples) defects.push("short");
    if (durations.some((duration) => duration > 1.5 * usualTicks)) defects.push("missing");
    if (Math.abs(decodeTime(segment) - expected.decodeTicks) > usualTicks / 2) defects.push("timing");
    return defects;
  } catch (error) {
    if (error instanceof BrokenBox) return ["short", "missing", "timing"];
    throw error;
  }
}
