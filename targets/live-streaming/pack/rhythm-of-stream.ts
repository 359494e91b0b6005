/** The period of a stream is its segment. */
import type { Rhythm } from "../../../harness/target/rhythm.ts";
import type { Stream } from "./stream/stream.ts";

export function rhythmOfStream({ segmentMs, availabilityStartMs }: Stream): Rhythm {
  return { ms: segmentMs, name: "segment", zeroMs: availabilityStartMs };
}
