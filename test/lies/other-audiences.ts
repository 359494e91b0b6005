/** Viewers whose requests do not follow the clock, and pairs of identical segments. */
import { streamRecord } from "../../targets/live-streaming/pack/stream/stream-parts.ts";
import { printOf } from "../../harness/metrics/print.ts";
import {
  change,
  type Draft,
  phaseMs,
  type Sample,
  startOf,
  type StreamPlan,
  wishesIn,
  zeroMs,
} from "../support/judge/held-run.ts";
import { hex, honest, inFault, lie, numberAt, of, reprint, someOf } from "./drafts.ts";
import type { Honest, Lie, LieGroup } from "./lie.ts";

const [asked, bodies] = ["generator.asked", "bodies.right"];
const edge = "region-a/edge";
const looks = of("body_seen", { by: "user" });
const everyLook = of("body_seen");
/** As in the synthetic run: other numbers, other bytes. */
const bytesOf = (number: number): string => hex(number % 4_096, 9);

function withStream(draft: Draft, more: Partial<StreamPlan["content"]>): void {
  const stream = { ...draft.plan.content, ...more };
  draft.plan = {
    ...draft.plan,
    ...streamRecord(stream),
    content: stream,
    wishes: wishesIn(stream, draft.plan.entries),
  };
}

const ladder: StreamPlan["content"]["renditions"] = ["v360", "v720"].map((name) => ({
  name,
  kind: "video",
  bitsPerSecond: 400_000,
}));

/** A second rendition for half of the viewers. */
function inTwo(draft: Draft, bytes: (number: number) => string, share = 0.5): void {
  withStream(draft, { renditions: ladder });
  const second = { tags: { rendition: "v720" } };
  change(draft, someOf(of("segment_ms"), share), second);
  const isOther = someOf(everyLook, 0.5);
  draft.samples = draft.samples.map((sample) =>
    isOther(sample)
      ? {
          ...sample,
          tags: { ...sample.tags, ...second.tags },
          value: printOf(numberAt(sample.startedMs), bytes(numberAt(sample.startedMs))),
        }
      : sample,
  );
  draft.samples.push(
    ...draft.samples.filter(of("canary_bytes")).map((sample) => ({
      ...sample,
      startedMs: sample.startedMs + 120,
      tags: { ...sample.tags, ...second.tags },
    })),
  );
}
const otherBytes = (number: number): string => `abc${hex(number, 6)}`;

/** Body checks of DVR viewers, `back` segments behind the newest. */
function watchPast(draft: Draft, back: (tick: number) => number): void {
  const tags = { entry: edge, rendition: "v360", container: "fmp4", problem: "none" };
  for (let tick = 0; tick < 60; tick++) {
    const startedMs = zeroMs + tick * 1_000;
    const number = numberAt(startedMs) - back(tick);
    const value = printOf(number, bytesOf(number));
    draft.samples.push({
      metric: "body_seen",
      tags: { lane: "dvr", by: "user", ...tags },
      startedMs,
      value,
    });
  }
}

const lies: readonly Lie[] = [
  lie(
    "old-segments-called-live",
    "viewers of the fault request segments that are an hour old",
    asked,
    (draft) =>
      reprint(draft, inFault(looks), ({ startedMs }) =>
        printOf(numberAt(startedMs) - 1_800, bytesOf(numberAt(startedMs) - 1_800)),
      ),
  ),
  lie(
    "one-number-over-and-over",
    "viewers request the first segment all the time",
    asked,
    (draft) => reprint(draft, looks, () => printOf(numberAt(zeroMs), bytesOf(numberAt(zeroMs)))),
  ),
  lie(
    "what-is-yet-to-come",
    "viewers are served a segment that is due in a minute",
    asked,
    (draft) =>
      reprint(draft, inFault(looks), ({ startedMs }) =>
        printOf(numberAt(startedMs) + 30, bytesOf(numberAt(startedMs) + 30)),
      ),
  ),
  lie(
    "old-bytes-under-new-numbers",
    "viewers request long-cached segments, and record the number that is due",
    asked,
    (draft) => {
      withStream(draft, { digestHeader: "X-Sha256" });
      reprint(draft, inFault(looks), ({ startedMs }) =>
        printOf(numberAt(startedMs), otherBytes(numberAt(startedMs))),
      );
    },
  ),
  lie("one-past-segment-alone", "all DVR viewers request the same segment", asked, (draft) => {
    withStream(draft, { dvrSegments: 100 });
    watchPast(draft, (tick) => 8 + Math.floor(tick / 2));
  }),
  lie(
    "as-near-as-may-be",
    "all DVR viewers request the segment that has just become past",
    asked,
    (draft) => {
      withStream(draft, { dvrSegments: 100 });
      watchPast(draft, (tick) => 8 + (tick % 5));
    },
  ),
  lie(
    "one-rendition-for-all",
    "of two renditions, all viewers of the fault request the cached one",
    asked,
    (draft) => {
      inTwo(draft, otherBytes);
      change(draft, inFault(of("segment_ms")), { tags: { rendition: "v360" } });
    },
  ),
  lie(
    "who-prefer-an-edge",
    "seven viewers in ten have the healthy edge as home",
    asked,
    (draft) => {
      change(draft, of("segment_ms"), { tags: { home: edge } });
      change(draft, someOf(of("segment_ms"), 0.3), { tags: { home: "region-b/edge" } });
    },
  ),
  lie("the-same-under-two-names", "two renditions are the same bytes", bodies, (draft) =>
    inTwo(draft, bytesOf),
  ),
  lie(
    "the-lowest-instead-of-the-best",
    "in the fault, the best rendition is the bytes of the lowest",
    bodies,
    (draft) => {
      let before: (number: number) => string = otherBytes;
      inTwo(draft, (number) => {
        before =
          number >= numberAt(startOf.fault) && number < numberAt(startOf.recovery)
            ? bytesOf
            : otherBytes;
        return before(number);
      });
    },
  ),
];

const controls: readonly Honest[] = [
  honest("late-to-the-live-edge", "viewers get due segments 3 s late", (draft) => {
    draft.samples = draft.samples.map((sample) =>
      inFault(looks)(sample) ? { ...sample, startedMs: sample.startedMs + 3_000 } : sample,
    );
  }),
  honest("a-past-that-is-drawn", "DVR viewers request any past segment", (draft) =>
    watchPast(draft, (tick) => 8 + ((tick * 7) % 12)),
  ),
  honest("two-renditions", "half of all viewers watch the other rendition", (draft) =>
    inTwo(draft, otherBytes),
  ),
  honest("one-audio-under-two-names", "two renditions are declared the same", (draft) => {
    inTwo(draft, bytesOf);
    const [first, second] = ladder;
    if (first === undefined || second === undefined) throw new Error("there are two");
    withStream(draft, { renditions: [first, { ...second, sameAs: "v360" }] });
  }),
  honest("homes-that-are-drawn", "half of all viewers have the other edge as home", (draft) => {
    change(draft, of("segment_ms"), { tags: { home: edge } });
    change(draft, someOf(of("segment_ms"), 0.5), { tags: { home: "region-b/edge" } });
  }),
  honest(
    "replaced-between-two-looks",
    "another packager takes over, and the prober sees a segment before that",
    (draft) => {
      withStream(draft, { digestHeader: "X-Sha256" });
      reprint(
        draft,
        (sample: Sample) =>
          looks(sample) &&
          sample.startedMs >= startOf.fault &&
          sample.startedMs < startOf.fault + phaseMs / 5,
        ({ startedMs, value }) =>
          numberAt(startedMs) % 2 === 0
            ? printOf(numberAt(startedMs), otherBytes(numberAt(startedMs)))
            : value,
      );
    },
  ),
];

export const otherAudiences: LieGroup = {
  title: "an audience with other requests",
  runs: "hermetic",
  lies,
  honest: controls,
};
