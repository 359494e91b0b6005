/** The target's defences, each with a switch, and how a service learns which are on. */
import type { Defence } from "../../../harness/target/target.ts";
import type { Place } from "../../../harness/target/layout.ts";

export const defences = [
  {
    name: "epochLocking",
    title: "Two pipelines cut the same frames into the same segments without a word between them",
  },
  {
    name: "candidateSelection",
    title: "A defective or unreadable segment of one pipeline is replaced by the other's",
  },
  {
    name: "negativeCache",
    title:
      "Answers that a segment is not there carry a lifetime, so that the edge need not ask again",
  },
  {
    name: "holdOpen",
    title:
      "A request for the very next segment waits at the origin and is answered as it is published",
  },
  {
    name: "metadataCache",
    title: "Which segments exist is known in the origin's memory, not asked of the store",
  },
  {
    name: "replication",
    title:
      "Three zones of a region keep a copy each of all that is stored, and a majority of " +
      "them confirms it",
  },
  {
    name: "feedCatchUp",
    title: "After a break, an origin first receives all that it missed from another",
  },
  {
    name: "invalidation",
    title: "Edges drop what an operator hides, so that no viewer gets an old copy",
  },
  { name: "chunkCache", title: "Segments are read from memory (memcached) before the store" },
  {
    name: "priorityShedding",
    title: "When the store is slow, DVR is refused before live, and writes never",
  },
  {
    name: "adaptiveConcurrency",
    title: "The origin limits concurrent reads to what it can serve, and sheds DVR first",
  },
  {
    name: "publishIsolation",
    title:
      "Publishing has a process and store sessions of its own, which no flood of readers " +
      "can slow down",
  },
  {
    name: "shedCaching",
    title: "The edge keeps a refusal for 5 s instead of repeating the request",
  },
  {
    name: "collapsing",
    title: "Viewers who ask an edge for the same segment at once share one origin request",
  },
  {
    name: "msTtl",
    title:
      "The edge keeps answers for milliseconds exactly, so a segment is seen the moment it exists",
  },
  {
    name: "notifications",
    title:
      "Notifications are repeated with every later segment, and the edge adds the newest to " +
      "every answer",
  },
  {
    name: "rangeGate",
    title: "The edge refuses segment numbers that cannot exist without asking the origin",
  },
  {
    name: "fillTier",
    title:
      "Edges fill from a few designated nodes, each the owner of some renditions, and only " +
      "those ask the origin",
  },
  { name: "regionFailover", title: "A request that one region fails is answered by the other" },
  {
    name: "backoffGuidance",
    title: "Refusals tell devices when to retry, by priority",
  },
  {
    name: "admission",
    title: "A busy gateway sheds prefetching first, so that pressing play still works",
  },
  {
    name: "steering",
    title:
      "Sessions leave an edge that is lost or too full, and are placed by the bitrate that " +
      "they may need",
  },
  { name: "jitter", title: "Devices that receive the same broadcast act at random delays" },
  {
    name: "boundedIngest",
    title:
      "Events wait in a bounded queue and are stored in batches, so that logging never " +
      "slows serving",
  },
] as const satisfies readonly Defence[];

type DefenceName = (typeof defences)[number]["name"];

/** All switches of one service at once, so that a misspelt name does not compile. */
export function switches<N extends DefenceName>(
  place: Place,
  ...names: readonly N[]
): Record<N, boolean> {
  return Object.fromEntries(names.map((name) => [name, place.enabled(name)])) as Record<N, boolean>;
}
