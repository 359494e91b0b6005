/** Which segments of a playlist are those of the one before, and how far their lines reach. */
import type { Resolve } from "../addresses.ts";
import { UnreadableStream } from "../unreadable.ts";
import type { HlsMediaView, SegmentView } from "../views.ts";
import { attributesOf, countOf } from "./tags.ts";

export interface Known {
  /** Still in the playlist, oldest first. */
  readonly segments: readonly SegmentView[];
  /** The last line about them; -1 if there is none. */
  readonly untilLine: number;
}

const none: Known = { segments: [], untilLine: -1 };

/**
 * They must end with the same address: a playlist that began again, or with other tokens, is read
 * as a whole. Throws if a delta update leaves out what is unknown.
 */
export function knownOf(
  lines: readonly string[],
  resolve: Resolve,
  previous: HlsMediaView | undefined,
): Known {
  const { sequence, skipped, line } = beginning(lines);
  const last = previous?.segments.at(-1);
  const first = previous?.segments[0];
  const isCovered = first !== undefined && sequence >= first.sequence;
  if (skipped > 0 && !(isCovered && last !== undefined && sequence + skipped - 1 <= last.sequence))
    throw new UnreadableStream(
      "delta-without-base",
      `it leaves out ${skipped} segments from ${sequence} on, which were not read before`,
    );
  if (previous === undefined || first === undefined || last === undefined || !isCovered)
    return none;
  const known = previous.segments.slice(sequence - first.sequence);
  const end = endOf(lines, line, last.sequence - sequence - skipped + 1);
  if (end !== null && (end < 0 || resolve((lines[end] as string).trim()) === last.url))
    return { segments: known, untilLine: Math.max(end, line) };
  if (skipped === 0) return none;
  // What the delta leaves out is known all the same; what it lists is read.
  return { segments: known.slice(0, skipped), untilLine: line };
}

/** The first number, and what a delta update leaves out; `line` is that of EXT-X-SKIP, or -1. */
function beginning(lines: readonly string[]): {
  readonly sequence: number;
  readonly skipped: number;
  readonly line: number;
} {
  let sequence = 0;
  for (const [at, raw] of lines.entries()) {
    if (raw.startsWith("#EXT-X-MEDIA-SEQUENCE:")) sequence = countOf(raw.slice(22)) ?? 0;
    else if (raw.startsWith("#EXT-X-SKIP:")) {
      const skipped = countOf(attributesOf(raw.slice(12))["SKIPPED-SEGMENTS"]) ?? 0;
      return { sequence, skipped, line: at };
    } else if (raw !== "" && !raw.startsWith("#") && raw.trim() !== "") break;
  }
  return { sequence, skipped: 0, line: -1 };
}

/** The line of the address that is so many after `from`; null if there are fewer. */
function endOf(lines: readonly string[], from: number, count: number): number | null {
  if (count <= 0) return from;
  let left = count;
  for (let at = from + 1; at < lines.length; at++) {
    const line = lines[at] as string;
    if (line === "" || line.startsWith("#") || line.trim() === "") continue;
    left--;
    if (left === 0) return at;
  }
  return null;
}
