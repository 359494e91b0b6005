/**
 * A few seconds of encoded media that repeat forever. Segment n of the stream is segment n mod 8 of
 * the loop, with its time moved to n. Two pipelines with the same loop thus make the same bytes,
 * and a live stream needs no encoder.
 */
import {
  codecs,
  decodeTime,
  setDecodeTime,
  setSequence,
  timescale,
  withoutIndex,
} from "./boxes.ts";
import { readSamples } from "./samples.ts";

/**
 * 16 s. It is a multiple of 8 s, so that it holds a whole number of audio frames of 1024 samples.
 */
export const loopSegments = 8;
export const segmentSeconds = 2;

export interface Loop {
  readonly init: Buffer;
  readonly codecs: string;
  readonly timescale: number;
  readonly segments: readonly LoopSegment[];
}

interface LoopSegment {
  readonly bytes: Buffer;
  /** From the start of the loop. */
  readonly offsetTicks: number;
  readonly samples: number;
}

export function createLoop(init: Buffer, encoded: readonly Buffer[]): Loop {
  const ticks = timescale(init);
  const segments = encoded.map(withoutIndex);
  const startTicks = segments[0] === undefined ? 0 : decodeTime(segments[0]);
  const durations = segments.map((segment) =>
    readSamples(segment, 0).map(({ durationTicks }) => durationTicks),
  );
  const totalTicks = durations.flat().reduce((sum, duration) => sum + duration, 0);
  const wantedTicks = loopSegments * segmentSeconds * ticks;
  if (segments.length !== loopSegments || totalTicks !== wantedTicks) {
    throw new Error(
      `a loop of ${segments.length} segments and ${totalTicks} ticks does not repeat; ` +
        `${loopSegments} and ${wantedTicks} would`,
    );
  }
  return {
    init,
    codecs: codecs(init),
    timescale: ticks,
    segments: segments.map((bytes, index) => ({
      bytes,
      offsetTicks: decodeTime(bytes) - startTicks,
      samples: durations[index]?.length ?? 0,
    })),
  };
}

/** The start of the stream, as a pipeline assumes it that is not epoch-locked. */
export interface Phase {
  readonly segments: number;
  readonly ms: number;
}

export const epochLocked: Phase = { segments: 0, ms: 0 };

function indexOf(number: number, phase: Phase): number {
  const position = (number + phase.segments) % loopSegments;
  return position < 0 ? position + loopSegments : position;
}

function partOf(loop: Loop, number: number, phase: Phase): LoopSegment {
  const part = loop.segments[indexOf(number, phase)];
  if (part === undefined) throw new Error(`the loop has no segment for ${number}`);
  return part;
}

export function expectedTicks(loop: Loop, number: number, phase: Phase): number {
  const loopStart = number - indexOf(number, phase);
  const phaseTicks = Math.round((phase.ms * loop.timescale) / 1000);
  return (
    loopStart * segmentSeconds * loop.timescale +
    partOf(loop, number, phase).offsetTicks +
    phaseTicks
  );
}

export function expectedSamples(loop: Loop, number: number, phase: Phase): number {
  return partOf(loop, number, phase).samples;
}

export function makeSegment(loop: Loop, number: number, phase: Phase): Buffer {
  const segment = Buffer.from(partOf(loop, number, phase).bytes);
  setSequence(segment, number);
  setDecodeTime(segment, expectedTicks(loop, number, phase));
  return segment;
}
