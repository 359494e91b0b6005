/**
 * Targets that refuse live requests again and again, and serve them at a later try. A claim about
 * what became of users in the end sees no refusal.
 */
import { findingId } from "../../harness/record/claim-ids.ts";
import { add, claims, type Draft, startOf } from "../support/judge/held-run.ts";
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import { honest, lie } from "./drafts.ts";
import type { LieGroup } from "./lie.ts";

const edge = "region-a/edge";
const shed = (lane: string) => ({ metric: "segment_ms", where: { lane, outcome: "shed" } });
const never = {
  comparison: "<=",
  limit: 0,
  during: ["fault"],
  samplesMin: 1,
} as const;

const inOrder: Claim = {
  ...never,
  ...shed("live"),
  title: "Live viewers are not refused while DVR is not",
  statistic: "windowsWithout",
  first: shed("dvr"),
  windowMs: 2_000,
};
const notAtAll: Claim = {
  ...never,
  metric: "segment_ms",
  where: { lane: "live" },
  title: "No live viewer is refused",
  statistic: "share",
  having: { outcome: "shed" },
};

const asking = (draft: Draft, ...asked: readonly Claim[]): void => {
  const others = draft.plan.hypothesis.filter(({ title }) => title !== claims.order.title);
  draft.plan = { ...draft.plan, hypothesis: [...others, ...asked] };
};
const [fromMs, untilMs] = [startOf.fault + 5_000, startOf.fault + 9_000];
const refused = (draft: Draft, lane: string, count = 60, laterMs = 0): void =>
  add(draft, count, fromMs + laterMs, untilMs, {
    metric: "http_req_ms",
    tags: { lane, status: "503", entry: edge },
    value: 5,
  });
export const hiddenRefusals: LieGroup = {
  title: "Refusals that a later try hides",
  runs: "hermetic",
  lies: [
    lie(
      "live-refused-first-and-served-later",
      "live requests are refused for four seconds, DVR ones are not, and viewers try again",
      findingId("claim", inOrder),
      (draft) => {
        asking(draft, inOrder);
        refused(draft, "live");
      },
    ),
    lie(
      "no-viewer-refused-in-the-end",
      "sixty live requests are refused, and each viewer is served at the next try",
      findingId("claim", notAtAll),
      (draft) => {
        asking(draft, notAtAll);
        refused(draft, "live");
      },
    ),
  ],
  honest: [
    honest("nobody-is-refused", "no request is refused", (draft) =>
      asking(draft, inOrder, notAtAll),
    ),
    honest(
      "dvr-refused-first",
      "requests of both classes are refused in the same seconds, and DVR viewers give up",
      (draft) => {
        asking(draft, inOrder);
        refused(draft, "live");
        refused(draft, "dvr", 8, 7);
      },
    ),
    honest(
      "some-may-be-refused",
      "a claim that lets a few DVR viewers be refused says nothing of requests",
      (draft) => {
        asking(draft, {
          ...notAtAll,
          where: { lane: "dvr" },
          title: "At most one DVR viewer in five is refused",
          limit: 0.2,
        });
        refused(draft, "dvr", 8, 7);
      },
    ),
  ],
};
