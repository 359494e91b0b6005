/**
 * A short form for a stream of your own: a target as in `defineTarget`, with its segments and their
 * addresses. They may be left to be read from the address of its playlist.
 */
import { defineTarget } from "../../../../harness/target/own-target.ts";
import type { OwnParts, OwnTarget } from "../../../../harness/target/own-target-description.ts";
import type { PlayCheck } from "../../../../harness/target/layout.ts";
import { periodAt } from "../../../../harness/target/rhythm.ts";
import type { StreamSource } from "../stream/source.ts";
import { segmentPath, type Stream } from "../stream/stream.ts";
import type { Target } from "../../../../harness/target/target.ts";
import { streaming } from "../pack.ts";
import { rhythmOfStream } from "../rhythm-of-stream.ts";
import { partsOfSource } from "./source-parts.ts";
import { streamProblems } from "./stream-problems.ts";

/** The description of a stream as a target. */
export interface StreamTarget extends Omit<OwnTarget, "parts" | "probes"> {
  /**
   * The stream's segments and their addresses, or `{ url }`: then they are read from the playlist
   * or the manifest at this address.
   */
  readonly stream: Stream | StreamSource;
}

/**
 * Turns a description into a target with the pack of streams. It validates nothing: `plan` reports
 * all problems of the description, one line each, before anything starts.
 * @example
 * ```ts
 * const match = streamTarget({
 *   name: "match",
 *   services: [{ name: "edge", url: "http://127.0.0.1:8080" }],
 *   entries: ["edge"],
 *   links: [["users", "edge"]],
 *   stream: {
 *     event: "match",
 *     segmentMs: 2_000,
 *     availabilityStartMs: Date.UTC(2026, 0, 1),
 *     renditions: [{ name: "hd", kind: "video", bitsPerSecond: 3_000_000 }],
 *     segmentPath: "/live/{event}/{rendition}/{number}.m4s",
 *     dvrSegments: 30,
 *   },
 * });
 * ```
 */
export function streamTarget({ stream, ...own }: StreamTarget): Target {
  const parts = isSource(stream) ? partsOfSource(stream, own) : partsOf(stream);
  return defineTarget({ pack: streaming, ...own, parts });
}

/** No compiler may have checked it. */
function isSource(stream: Stream | StreamSource): stream is StreamSource {
  return typeof stream === "object" && stream !== null && "url" in stream;
}

function partsOf(stream: Stream): OwnParts {
  return {
    problems: (nowMs) => streamProblems(stream, nowMs),
    layout: (entries, port) => {
      // An address without a number identifies no segment. `plan` refuses such a stream.
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

/** Two segments behind the newest, which exists for certain if the stream runs at all. */
const recentSegments = -3;
/** About a year ahead at 2 s a segment: no player requests it, and no packager has it. */
const aheadSegments = 15_000_000;

function segmentAt(stream: Stream, nowMs: number, ahead: number): string {
  const number = periodAt(rhythmOfStream(stream), nowMs) + ahead;
  return segmentPath(stream, stream.renditions[0]?.name ?? "", number);
}
