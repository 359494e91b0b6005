/** The rule of a fault on objects of a stream, for the proxy of its links. */
import type { AnswerRule, Damage, Who } from "../../../../harness/target/bad-answer.ts";
import { ending } from "../../../../harness/system/sources.ts";
import { join } from "node:path";
import type { Layout } from "../../../../harness/target/layout.ts";
import type { Stream } from "../stream/stream.ts";
import type { Which } from "./knowledge.ts";
import type { Objects } from "./selector.ts";

/** The proxy loads it, as a file of its own. */
export const knowledgeFile = join(import.meta.dirname, `knowledge${ending}`);

export function whichOf(objects: Objects, layout: Layout): Which {
  const stream = layout.content as Stream | undefined;
  if (stream === undefined) return { objects, addresses: {}, clock: null };
  const { event, segmentPath, segmentMs, availabilityStartMs, manifestPath } = stream;
  return {
    objects,
    addresses: { stream: { event, segmentPath }, manifestPath },
    clock: { segmentMs, availabilityStartMs },
  };
}

export function ruleOf(does: Damage, who: Who, objects: Objects, layout: Layout): AnswerRule {
  return { does, who, knows: { module: knowledgeFile, which: whichOf(objects, layout) } };
}
