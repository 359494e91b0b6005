/**
 * An origin's answer to a request for a segment, as a function of the clock and of the known
 * candidates.
 */
import { publishAtMs, segmentInProduction } from "../stream/template.ts";
import type { Candidate } from "../stream/candidate.ts";

export type Decision =
  | { readonly kind: "serve"; readonly candidates: readonly Candidate[] }
  /** Not due: absent until `ttlMs` from now, and no longer. */
  | { readonly kind: "early"; readonly ttlMs: number }
  /** About to be published: wait for it until `untilMs`. */
  | { readonly kind: "hold"; readonly untilMs: number }
  /** Only defective candidates are known, and a whole one is due: wait for it until `untilMs`. */
  | { readonly kind: "await"; readonly untilMs: number }
  /** Due but unknown here: the store may know it. */
  | { readonly kind: "lookUp" }
  /** Outside the retention window, or after the end of the event. */
  | { readonly kind: "gone" };

/** How long after the due time a waiting request gets 404. */
export const holdGraceMs = 1_000;
/**
 * How long after the due time a whole candidate may arrive before a defective one is served. A
 * slower PUT is a bug.
 */
export const wholeGraceMs = 500;
/**
 * How long before its publication a segment's "not there" expires, so that the next request may be
 * held.
 */
export const earlyMarginMs = 100;
/** A cache with a lifetime of zero would fetch for each viewer. */
export const ttlMsMin = 10;
/** A segment this long after its due time will never arrive, because pipelines retry for 2 s. */
export const goneAfterMs = 10_000;

export interface Question {
  readonly number: number;
  readonly nowMs: number;
  readonly candidates: readonly Candidate[];
  readonly mayHold: boolean;
  /** Another pipeline's candidate is expected and would be preferred. */
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
  // Without holding, the answer must expire with the publication, or viewers would see the segment
  // late.
  if (nowMs < publishedMs)
    return { kind: "early", ttlMs: Math.max(ttlMsMin, publishedMs - nowMs - ttlMsMin) };
  return { kind: "lookUp" };
}

export type Absence =
  /** It may still arrive. */
  | { readonly kind: "missing"; readonly ttlMs: number }
  /** It was never made, or arrived too late to be accepted. */
  | { readonly kind: "gone" };

/** The answer if the store does not know the segment either. */
export function absence(number: number, nowMs: number): Absence {
  const overdueMs = nowMs - publishAtMs(number);
  if (overdueMs >= goneAfterMs) return { kind: "gone" };
  return { kind: "missing", ttlMs: overdueMs < holdGraceMs ? ttlMsMin : 200 };
}
