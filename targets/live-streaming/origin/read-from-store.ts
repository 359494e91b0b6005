/**
 * What an origin reads from the store unprompted: earlier publications at start-up, and operators'
 * directives from time to time.
 */
import type { Publication } from "../stream/candidate.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { type Log, reason } from "../service/log.ts";
import type { Store } from "../store/store.ts";
import { segmentInProduction } from "../stream/template.ts";
import { type Directive, parseDirective } from "./directive.ts";

export interface RecallParts {
  readonly event: string;
  readonly renditions: readonly string[];
  readonly dvrWindowSegments: number;
  readonly store: Store;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/** Segments requested at once. */
const stepSegments = 150;
export const recallRetryMs = 500;
/** The longest time until a directive is known that the feed did not deliver. */
export const directivesEveryMs = 5_000;

/** The whole DVR window, newest first, however slow the store is. */
export async function recallPublications(
  parts: RecallParts,
  onPublication: (publication: Publication) => void,
): Promise<void> {
  const current = segmentInProduction(parts.nowMs());
  for (let to = current; to > current - parts.dvrWindowSegments; to -= stepSegments) {
    for (const rendition of parts.renditions) {
      const found = await patiently(parts, () =>
        parts.store.readRange(parts.event, rendition, to - stepSegments + 1, to),
      );
      for (const publication of found) onPublication(publication);
    }
  }
}

/**
 * Resolves when all directives were read once, and continues to read them until the signal fires.
 */
export async function followDirectives(
  parts: RecallParts,
  onDirective: (directive: Directive) => void,
): Promise<void> {
  const read = async (): Promise<void> => {
    for (const { body } of await parts.store.readDirectives(parts.event)) {
      const directive = parseDirective(body);
      if (directive !== null) onDirective(directive);
    }
  };
  await patiently(parts, read);
  const follow = async (): Promise<void> => {
    while (
      await sleep(directivesEveryMs, true, { signal: parts.signal, ref: false }).catch(() => false)
    ) {
      await read().catch((error: unknown) =>
        parts.log("directives not read", { reason: reason(error) }),
      );
    }
  };
  void follow();
}

async function patiently<T>(parts: RecallParts, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      parts.log("the store does not tell what was before", { reason: reason(error) });
      await sleep(recallRetryMs, undefined, { signal: parts.signal });
    }
  }
}
