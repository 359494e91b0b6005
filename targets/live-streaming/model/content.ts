/**
 * A segment's content in the model: the names of its chunks. A store that has them can serve it.
 */
import type { Candidate, Defect } from "../stream/candidate.ts";
import { chunkCount, chunkKey } from "../store/chunk.ts";
import { renditions } from "../stream/event.ts";
import { segmentMs } from "../stream/template.ts";
import { type SegmentRequest, keyOf } from "./request.ts";

export function candidateOf(
  asked: SegmentRequest,
  pipeline: string,
  publishedAtMs: number,
  defects: readonly Defect[],
): Candidate {
  const name = `${pipeline}/${keyOf(asked)}`;
  const bitsPerSecond = renditions.find((one) => one.name === asked.rendition)?.bitsPerSecond ?? 1;
  return {
    pipeline,
    token: name,
    sha256: name,
    bytes: Math.ceil((bitsPerSecond * segmentMs) / 8_000),
    defects,
    publishedAtMs,
  };
}

export function chunksOf({ token, bytes }: Candidate): string[] {
  return Array.from({ length: chunkCount(bytes) }, (_, index) => chunkKey(token, index));
}
