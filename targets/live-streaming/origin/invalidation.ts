/**
 * Makes the edges forget a range of segments. An inner tier comes before the tier that fills from
 * it. A second round follows a little later, because the old copy may be back. A fetch under way
 * can restore it, or an origin that learned of a mask only from the store.
 */
import type { SegmentRange } from "./directive.ts";
import { request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { EndpointSettings } from "../service/configuration.ts";
import { rangePattern } from "./number-range.ts";
import { directivesEveryMs } from "./read-from-store.ts";

export interface EdgeToTell {
  readonly name: string;
  readonly at: EndpointSettings;
}

export interface Confirmation {
  readonly confirmed: readonly string[];
  readonly unconfirmed: readonly string[];
}

export interface InvalidationParts<E extends { readonly name: string }> {
  /** Inner tiers first. */
  readonly tiers: readonly (readonly E[])[];
  /** True if the edge confirmed. */
  readonly send: (edge: E, range: SegmentRange, signal: AbortSignal) => Promise<boolean>;
  readonly onRound: (result: Confirmation) => void;
  readonly clock: InvalidationClock;
  readonly signal: AbortSignal;
  readonly timing?: InvalidationTiming;
}

/** The clock of a process, or of its model. */
export interface InvalidationClock {
  monotonicMs(): number;
  /** Fires after so many ms. */
  within(ms: number): AbortSignal;
  /** False if the signal ended the pause. */
  rest(ms: number, signal: AbortSignal): Promise<boolean>;
}

export const wallClock: InvalidationClock = {
  monotonicMs: () => performance.now(),
  within: (ms) => AbortSignal.timeout(ms),
  rest: (ms, signal) => sleep(ms, true, { signal, ref: false }).catch(() => false),
};

export interface InvalidationTiming {
  /** How long one tier may delay the next. */
  readonly patienceMs: number;
  readonly retryEveryMs: number;
  readonly secondRoundAfterMs: number;
  /** Retries while an edge has not confirmed. */
  readonly laterRoundsEveryMs: number;
  readonly giveUpAfterMs: number;
}

/**
 * The second round starts when the origins have read all directives from the store again, plus the
 * time of a fetch.
 */
export const invalidationTiming: InvalidationTiming = {
  patienceMs: 1_000,
  retryEveryMs: 200,
  secondRoundAfterMs: directivesEveryMs + 2_000,
  laterRoundsEveryMs: 10_000,
  giveUpAfterMs: 67_000,
};

export interface Invalidation {
  /** Resolves after the first round. The others continue in the background. */
  forget(range: SegmentRange): Promise<Confirmation>;
}

export function createInvalidation<E extends { readonly name: string }>(
  parts: InvalidationParts<E>,
): Invalidation {
  const { clock, timing = invalidationTiming } = parts;
  const tell = async (edge: E, range: SegmentRange): Promise<boolean> => {
    const signal = AbortSignal.any([clock.within(timing.patienceMs), parts.signal]);
    for (;;) {
      if (await parts.send(edge, range, signal).catch(() => false)) return true;
      if (!(await clock.rest(timing.retryEveryMs, signal))) return false;
    }
  };
  const round = async (range: SegmentRange): Promise<Confirmation> => {
    const confirmed: string[] = [];
    const unconfirmed: string[] = [];
    for (const tier of parts.tiers) {
      await Promise.all(
        tier.map(
          async (edge) =>
            void ((await tell(edge, range)) ? confirmed : unconfirmed).push(edge.name),
        ),
      );
    }
    const result = { confirmed: confirmed.sort(), unconfirmed: unconfirmed.sort() };
    parts.onRound(result);
    return result;
  };
  const repeat = async (range: SegmentRange): Promise<void> => {
    const startedMs = clock.monotonicMs();
    if (!(await clock.rest(timing.secondRoundAfterMs, parts.signal))) return;
    while (
      (await round(range)).unconfirmed.length > 0 &&
      clock.monotonicMs() - startedMs < timing.giveUpAfterMs
    ) {
      if (!(await clock.rest(timing.laterRoundsEveryMs, parts.signal))) return;
    }
  };
  return {
    async forget(range) {
      const first = await round(range);
      void repeat(range);
      return first;
    },
  };
}

/** Anchored, and over a small alphabet, so that an edge may use it unchanged. */
export function pathPattern({ event, renditions, from, to }: SegmentRange): string {
  return `^/live/${event}/(${renditions.join("|")})/(${rangePattern(from, to)})\\.m4s$`;
}

/** The request itself: method BAN, as caches support it. */
export function banSender(token: string): InvalidationParts<EdgeToTell>["send"] {
  return ({ at }, range, signal) =>
    new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          host: at.host,
          port: at.port,
          method: "BAN",
          path: "/invalidate",
          agent: false,
          signal,
          headers: {
            authorization: `Bearer ${token}`,
            "x-ban-pattern": pathPattern(range),
            "x-ban-from": range.from,
            "x-ban-to": range.to,
            "content-length": 0,
          },
        },
        (response) => {
          response.resume();
          response.on("error", reject);
          response.on("end", () => resolve(response.statusCode === 200));
        },
      );
      request.on("error", reject);
      request.end();
    });
}
