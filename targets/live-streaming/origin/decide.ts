/**
 * What an origin answers to a request for a segment, as a function of the clock and of what is
 * known to exist.
 */
import { publishAtMs, segmentInProduction } from "../stream/template.ts";
import type { Candidate } from "../stream/candidate.ts";

export type Decision =
  | { readonly kind: "serve"; readonly candidates: readonly Candidate[] }
  /** Not due: absent until `ttlMs` from now, and no longer. */
  | { readonly kind: "early"; readonly ttlMs: number }
  /** About to be published: wait for it until `untilMs`. */
  | { readonly kind: "hold"; readonly untilMs: number }
  /** Only defective ones are known yet, and a whole one is due: wait for it until `untilMs`. */
  | { readonly kind: "await"; readonly untilMs: number }
  /** Due but not known here: the store may know. */
  | { readonly kind: "lookUp" }
  /** Older than what is kept, or after the end of the event. */
  | { readonly kind: "gone" };

/**
 * A pipeline has this long after the due time before a waiting request is told that there is
 * nothing.
 */
export const holdGraceMs = 1_000;
/**
 * A whole candidate has this long after the due time before a defective one is served: a PUT slower
 * than that is a bug.
 */
export const wholeGraceMs = 500;
/**
 * How long before its publication a segment's "not there" lapses, so that the next request may be
 * held for it.
 */
export const earlyMarginMs = 100;
/** A cache with a lifetime of zero would fetch for each viewer. */
export const ttlMsMin = 10;
/**
 * A segment that is not there this long after its due time will never be: pipelines retry for 2 s.
 */
export const goneAfterMs = 10_000;

export interface Question {
  readonly number: number;
  readonly nowMs: number;
  readonly candidates: readonly Candidate[];
  readonly mayHold: boolean;
  /** Another pipeline's candidate is to come, and would be preferred. */
  readonly mayImprove: boolean;
  readonly dvrWindowSegments: number;
  /** The event ended before this segment. */
  readonly isOver: boolean;
}

export function decide({
  number,
  nowMs,
  candidates,
  mayHold,
  mayImprove,
  dvrWindowSegments,
  isOver,
}: Question): Decision {
  const current = segmentInProduction(nowMs);
  if (isOver || number < current - dvrWindowSegments) return { kind: "gone" };
  const publishedMs = publishAtMs(number);
  if (candidates.length > 0) {
    const settled =
      !mayImprove ||
      nowMs >= publishedMs + wholeGraceMs ||
      candidates.some(({ defects }) => defects.length === 0);
    return settled
      ? { kind: "serve", candidates }
      : { kind: "await", untilMs: publishedMs + wholeGraceMs };
  }
  if (number > current)
    return { kind: "early", ttlMs: Math.max(ttlMsMin, publishedMs - earlyMarginMs - nowMs) };
  if (mayHold && nowMs < publishedMs + holdGraceMs)
    return { kind: "hold", untilMs: publishedMs + holdGraceMs };
  // Not held: the answer must lapse as the segment is published, or viewers would see it late.
  if (nowMs < publishedMs)
    return { kind: "early", ttlMs: Math.max(ttlMsMin, publishedMs - nowMs - ttlMsMin) };
  return { kind: "lookUp" };
}

export type Absence =
  /** It may still come. */
  | { readonly kind: "missing"; readonly ttlMs: number }
  /** It was never made, or came too late to be taken. */
  | { readonly kind: "gone" };

/** The answer when the store does not know it either. */
export function absence(number: number, nowMs: number): Absence {
  const overdueMs = nowMs - publishAtMs(number);
  if (overdueMs >= goneAfterMs) return { kind: "gone" };
  return { kind: "missing", ttlMs: overdueMs < holdGraceMs ? ttlMsMin : 200 };
}
