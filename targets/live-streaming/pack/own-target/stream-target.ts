/**
 * A stream of your own, said briefly: a target as `ownTarget` describes it, and which segments
 * there are, and where.
 */
import { ownTarget } from "../../../../harness/target/own-target.ts";
import type { OwnParts, OwnTarget } from "../../../../harness/target/own-target-description.ts";
import type { PlayCheck } from "../../../../harness/target/layout.ts";
import { periodAt } from "../../../../harness/target/rhythm.ts";
import { segmentPath, type Stream } from "../stream/stream.ts";
import type { Target } from "../../../../harness/target/target.ts";
import { streaming } from "../pack.ts";
import { rhythmOfStream } from "../rhythm-of-stream.ts";
import { streamProblems } from "./stream-problems.ts";

export interface StreamTarget extends Omit<OwnTarget, "parts" | "probes"> {
  /** Which segments there are, and where. */
  readonly stream: Stream;
}

/**
 * Checks nothing: `plan` says all that is wrong with the description, one line each, before
 * anything is started.
 */
export function streamTarget({ stream, ...own }: StreamTarget): Target {
  return ownTarget({ pack: streaming, ...own, parts: partsOf(stream) });
}

function partsOf(stream: Stream): OwnParts {
  return {
    problems: (nowMs) => streamProblems(stream, nowMs),
    layout: (entries, port) => {
      // An address without a number means no segment in particular; `plan` refuses such a stream.
      const numbered = stream.segmentPath.includes("{number}") ? entries : [];
      const checks = (some: readonly string[], path: string): PlayCheck[] =>
        some.map((service) => ({ service, port, path }));
      return {
        rhythm: rhythmOfStream(stream),
        playable: (nowMs) => checks(entries, segmentAt(stream, nowMs, recentSegments)),
        absent: (nowMs) => checks(numbered, segmentAt(stream, nowMs, aheadSegments)),
        content: stream,
      };
    },
  };
}

/** Two segments behind the newest: long there, if the stream runs at all. */
const recentSegments = -3;
/** About a year ahead at 2 s a segment: no player asks for it, and no packager has it. */
const aheadSegments = 15_000_000;

function segmentAt(stream: Stream, nowMs: number, ahead: number): string {
  const number = periodAt(rhythmOfStream(stream), nowMs) + ahead;
  return segmentPath(stream, stream.renditions[0]?.name ?? "", number);
}
