/** What viewers ask caches for, caches ask origins for, and what they are answered. */
import type { Candidate } from "../stream/candidate.ts";
import type { Leaf } from "../stream/address.ts";
import { event } from "../stream/event.ts";

export interface Asked {
  readonly rendition: string;
  readonly number: number;
}

/** What an origin says, and an edge keeps. `ttlMs` null: it said nothing about how long. */
export interface Answer {
  readonly status: number;
  readonly answer: string;
  readonly ttlMs: number | null;
  readonly served?: Candidate;
}

/** `rendition/number`. */
export type Key = string;

export const keyOf = ({ rendition, number }: Asked): Key => `${rendition}/${number}`;

/** Null for a key of something else than a segment: a chunk's. */
export function askedOf(key: Key): Asked | null {
  const [rendition = "", number = "", ...rest] = key.split("/");
  return rest.length === 0 && /^[0-9]+$/.test(number)
    ? { rendition, number: Number(number) }
    : null;
}

export const leafOf = ({ rendition, number }: Asked): Leaf => ({ event, rendition, number });
