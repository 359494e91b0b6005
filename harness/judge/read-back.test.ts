import { describe, expect, it } from "vitest";
import type { Claim } from "../claims/statistics/registry.ts";
import { change, type Draft, drop, heldDraft, runOf } from "../../test/support/judge/held-run.ts";
import { judge } from "./judge.ts";

const claim: Claim = {
  title: "nothing that was acknowledged is lost",
  metric: "durable",
  statistic: "share",
  having: { outcome: "intact" },
  comparison: "==",
  limit: 1,
  during: ["baseline", "fault", "recovery"],
  samplesMin: 10,
};

/**
 * Judges a record in which every acknowledged segment was read back complete, after the given
 * damage.
 */
function judged(...damages: readonly ((draft: Draft) => void)[]): string {
  const draft = heldDraft();
  draft.plan = { ...draft.plan, hypothesis: [claim] };
  const acked = draft.samples.filter((sample) => sample.metric === "publish_ms");
  draft.samples.push(
    ...acked.map(({ tags, startedMs, value }) => ({
      metric: "durable",
      tags: { pipeline: tags["pipeline"] ?? "", outcome: "intact" },
      startedMs: startedMs + value,
      value: 1,
    })),
  );
  for (const damage of damages) damage(draft);
  const verdict = judge(runOf(draft));
  return `${verdict.status}${
    verdict.status === "inconclusive"
      ? `: ${verdict.findings
          .filter(({ status }) => status === "inconclusive")
          .map(({ why }) => why)
          .join("; ")}`
      : ""
  }`;
}

const firstIs =
  (metric: string, outcome: string) =>
  (draft: Draft): void => {
    const first = draft.samples.findIndex(
      (sample) =>
        sample.tags["outcome"] === "intact" &&
        sample.startedMs >
          (draft.events.find((event) => event.kind === "phase" && event.phase === "fault")?.atMs ??
            0),
    );
    draft.samples = draft.samples.map((sample, index) =>
      index === first ? { ...sample, metric, tags: { ...sample.tags, outcome } } : sample,
    );
  };

describe("a claim on acknowledged segments", () => {
  it("is held if every segment was read back complete", () => expect(judged()).toBe("held"));

  it("is refuted by one missing or different segment, whatever else could not be read", () => {
    expect(judged(firstIs("durable", "missing"))).toBe("refuted");
    expect(judged(firstIs("durable", "different"), firstIs("durable_unread", ""))).toBe("refuted");
    expect(
      judged((draft) =>
        change(draft, (sample) => sample.metric === "durable" && sample.tags["pipeline"] === "b", {
          tags: { outcome: "missing" },
        }),
      ),
    ).toBe("refuted");
  });

  it("is inconclusive with one unreadable segment, or with many unchecked ones", () => {
    expect(judged(firstIs("durable_unread", ""))).toContain(
      "acknowledged segments could not be checked",
    );
    expect(
      judged((draft) =>
        drop(draft, (sample) => sample.metric === "durable" && sample.tags["pipeline"] === "b"),
      ),
    ).toContain("were checked");
    expect(judged((draft) => drop(draft, (sample) => sample.metric === "durable"))).toContain(
      "inconclusive",
    );
  });
});
