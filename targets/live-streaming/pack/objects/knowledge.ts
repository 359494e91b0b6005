/** What the proxy of a link must know to strike objects of a stream. It loads this file. */
import type { Knowledge } from "../../../../harness/target/bad-answer.ts";
import { type Addresses, classifier } from "./classify.ts";
import { Learned } from "./learned.ts";
import { rewriter } from "./rewrites/rewrites.ts";
import { isSelected, type Objects } from "./selector.ts";

export interface Which {
  readonly objects: Objects;
  readonly addresses: Addresses;
  /** Of a stream whose numbers follow from the clock; null for another. */
  readonly clock: { readonly segmentMs: number; readonly availabilityStartMs: number } | null;
}

export const knowledge: Knowledge = {
  matcher: (which, nowMs) => {
    const { objects, addresses, clock } = which as Which;
    const classify = classifier(addresses);
    const learned = new Learned();
    const newest = (): number | null =>
      clock === null
        ? learned.newest
        : Math.floor((nowMs() - clock.availabilityStartMs) / clock.segmentMs) - 1;
    return {
      matches: ({ path }) => {
        const object = learned.of(path) ?? classify(path);
        if (object === null) return false;
        if (clock === null) learned.sees(object);
        return isSelected(objects, object, newest());
      },
      ...(clock === null
        ? { learn: ({ path }, text) => learned.learn(path.split("?")[0] ?? "", text) }
        : {}),
    };
  },
  // CTA-5004: the session id among the fields of `CMCD-Session`.
  session: (value) => /(?:^|[,\s])sid="([^"]*)"/.exec(value)?.[1] ?? value,
  rewriter,
};
