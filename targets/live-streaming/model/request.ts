/** Requests from viewers to caches and from caches to origins, and their answers. */
import type { Candidate } from "../stream/candidate.ts";
import type { Leaf } from "../stream/address.ts";
import { event } from "../stream/event.ts";

export interface SegmentRequest {
  readonly rendition: string;
  readonly number: number;
}

/** An origin's answer, which an edge may keep. `ttlMs` null: without a lifetime. */
export interface Answer {
  readonly status: number;
  readonly answer: string;
  readonly ttlMs: number | null;
  readonly served?: Candidate;
}

/** `rendition/number`. */
export type Key = string;

export const keyOf = ({ rendition, number }: SegmentRequest): Key => `${rendition}/${number}`;

/** Null for a key other than a segment's, such as a chunk's. */
export function requestOf(key: Key): SegmentRequest | null {
  const [rendition = "", number = "", ...rest] = key.split("/");
  return rest.length === 0 && /^[0-9]+$/.test(number)
    ? { rendition, number: Number(number) }
    : null;
}

export const leafOf = ({ rendition, number }: SegmentRequest): Leaf => ({
  event,
  rendition,
  number,
});
