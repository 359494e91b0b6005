import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Recovery } from "../experiment/experiment.ts";
import type { Finding } from "../record/verdict.ts";
import {
  add,
  change,
  type Draft,
  drop,
  healedAtMs,
  heldDraft,
  phaseMs,
  runOf,
  startOf,
  within,
} from "../../test/support/judge/held-run.ts";
import { judge } from "./judge.ts";
import { times } from "../../test/support/thorough.ts";

const endMs = startOf.recovery + phaseMs;
const isLive = (sample: Draft["samples"][number]): boolean =>
  sample.metric === "segment_ms" && sample.tags["lane"] === "live";

/**
 * The recovery finding and the whole verdict after some damage; the experiment has no other claim.
 */
function recoveryOf(...damages: readonly ((draft: Draft) => void)[]): Finding {
  const draft = heldDraft();
  draft.plan = { ...draft.plan, hypothesis: [] };
  for (const damage of damages) damage(draft);
  const { findings } = judge(runOf(draft));
  const finding = findings.find((one) => one.kind === "recovery");
  if (finding === undefined) throw new Error("nothing was said of recovery");
  return finding;
}

/** Nothing was served between these moments, in ms after the heal. */
const outage =
  (fromMs: number, untilMs: number) =>
  (draft: Draft): void =>
    change(
      draft,
      (sample) => isLive(sample) && within(healedAtMs + fromMs, healedAtMs + untilMs)(sample),
      { tags: { outcome: "lost" } },
    );
const healedLater =
  (byMs: number) =>
  (draft: Draft): void => {
    const healed = { atMs: healedAtMs + byMs };
    draft.events = draft.events.map((event) =>
      event.kind === "healed" ? { ...event, ...healed } : event,
    );
  };
const hole =
  (fromMs: number, untilMs: number) =>
  (draft: Draft): void =>
    drop(
      draft,
      (sample) => isLive(sample) && within(healedAtMs + fromMs, healedAtMs + untilMs)(sample),
    );
const cutAt =
  (atMs: number) =>
  (draft: Draft): void => {
    draft.events = [
      ...draft.events.filter((event) => event.atMs < atMs),
      { kind: "aborted", atMs, reason: "claim", detail: "" },
      { kind: "finished", atMs: atMs + 1 },
    ];
    drop(draft, within(atMs, Number.POSITIVE_INFINITY));
  };

describe("recovery", () => {
  it("is held if goodput returns in time and stays", () => {
    expect(recoveryOf()).toMatchObject({ status: "held", observed: 0, limit: 8_000 });
    expect(recoveryOf(outage(0, 8_000))).toMatchObject({ status: "held", observed: 8_000 });
    expect(recoveryOf(outage(-4_000, 500))).toMatchObject({ status: "held", observed: 4_000 });
  });

  it("is refuted if goodput returns too late", () => {
    expect(recoveryOf(outage(0, 8_200))).toMatchObject({
      status: "refuted",
      observed: 12_000,
      values: [{ fact: "back-too-late" }],
    });
  });

  it("is refuted if goodput returns and drops again", () => {
    const finding = recoveryOf(outage(16_000, 16_500));
    expect(finding).toMatchObject({ status: "refuted" });
    expect(finding.values).toEqual([{ fact: "lost-again" }]);
  });

  it("is refuted if goodput never returns, or is lost when the run ends", () => {
    expect(recoveryOf(outage(0, 60_000))).toMatchObject({ status: "refuted", observed: null });
    expect(recoveryOf(outage(26_000, 60_000))).toMatchObject({ status: "refuted" });
  });

  it("does not depend on the millisecond of the heal", () => {
    // A window of 4 s holds 40 requests: one bad request is within its 3 %, but too many in a short
    // remainder.
    const bad = fc.integer({ min: 0, max: (endMs - healedAtMs) / 100 - 1 });
    const later = fc.integer({ min: 0, max: 4_000 });
    fc.assert(
      fc.property(later, bad, (laterMs, at) => {
        const badMs = at * 100;
        const tolerant = (draft: Draft): void => {
          const recovery = { ...(draft.plan.recovery as Recovery), shareMin: 0.97 };
          draft.plan = { ...draft.plan, recovery };
        };
        const finding = recoveryOf(tolerant, healedLater(laterMs), outage(badMs, badMs + 100));
        expect(finding.status).toBe("held");
      }),
      { numRuns: times(15) },
    );
  });

  it("still detects goodput that is lost in the remainder", () => {
    expect(recoveryOf(healedLater(2_000)).status).toBe("held");
    expect(recoveryOf(healedLater(2_000), outage(27_000, 60_000)).status).toBe("refuted");
  });

  it("checks the last interval although it is shorter than a window", () => {
    const long = (draft: Draft): void => {
      draft.plan = {
        ...draft.plan,
        recovery: {
          title: "back",
          goodput: { metric: "segment_ms", where: { lane: "live" } },
          having: { outcome: "served" },
          shareMin: 0.99,
          ofBaselineMin: 0.8,
          withinMs: 8_000,
          windowMs: 5_000,
        },
      };
    };
    expect(recoveryOf(long).status).toBe("held");
    expect(recoveryOf(long, outage(25_500, 60_000)).status).toBe("refuted");
  });

  it("does not count requests without a record", () => {
    expect(recoveryOf(hole(12_000, 17_000)).status).toBe("inconclusive");
    expect(recoveryOf(hole(24_000, 60_000)).status).toBe("inconclusive");
    expect(recoveryOf(hole(0, 60_000)).status).toBe("inconclusive");
    expect(
      recoveryOf((draft) =>
        drop(draft, (sample) => isLive(sample) && sample.startedMs < startOf.fault),
      ).status,
    ).toBe("inconclusive");
    // A hole within the allowed recovery time changes nothing.
    expect(recoveryOf(hole(0, 4_000)).status).toBe("held");
  });

  it("treats missing reports of the target itself as lost goodput", () => {
    const journal = (draft: Draft): void => {
      draft.plan = {
        ...draft.plan,
        recovery: {
          title: "back",
          goodput: { metric: "publish_ms" },
          having: { outcome: "acked" },
          shareMin: 1,
          ofBaselineMin: 0.8,
          withinMs: 8_000,
          windowMs: 4_000,
        },
      };
    };
    expect(recoveryOf(journal).status).toBe("held");
    expect(
      recoveryOf(journal, (draft) =>
        drop(
          draft,
          (sample) => sample.metric === "publish_ms" && sample.startedMs > healedAtMs + 9_000,
        ),
      ).status,
    ).toBe("refuted");
  });

  it("is not held with too few good requests, however high their share", () => {
    expect(
      recoveryOf((draft) =>
        drop(
          draft,
          (sample) =>
            isLive(sample) && sample.startedMs > healedAtMs + 8_000 && sample.startedMs % 500 !== 0,
        ),
      ).status,
    ).toBe("inconclusive");
  });

  it("is not held if the generator's dropped iterations could have failed", () => {
    const dropped =
      (count: number, atMs: number) =>
      (draft: Draft): void =>
        add(draft, count, atMs, atMs + 100, {
          metric: "dropped_iterations",
          tags: { lane: "live" },
          value: 1,
        });
    expect(recoveryOf(dropped(1, healedAtMs + 13_000)).status).toBe("inconclusive");
    expect(recoveryOf(dropped(1, healedAtMs + 1_000)).status).toBe("held");
    expect(
      recoveryOf((draft) =>
        add(draft, 60, startOf.baseline, startOf.fault, {
          metric: "dropped_iterations",
          tags: { lane: "live" },
          value: 1,
        }),
      ).status,
    ).toBe("inconclusive");
    expect(recoveryOf(outage(0, 12_500), dropped(1, healedAtMs + 13_000)).status).toBe("refuted");
  });

  it("counts from the last heal, not from its planned time", () => {
    const late = (draft: Draft): void => {
      draft.events = draft.events.map((event) =>
        event.kind === "healed" ? { ...event, atMs: healedAtMs + 3_000 } : event,
      );
    };
    expect(recoveryOf(late, outage(0, 11_000))).toMatchObject({ status: "held", observed: 8_000 });
    expect(recoveryOf(late, outage(0, 11_200))).toMatchObject({ status: "refuted" });
  });

  it("needs a phase of the allowed time plus two windows", () => {
    const within =
      (withinMs: number) =>
      (draft: Draft): void => {
        const { recovery } = draft.plan;
        if (recovery !== null) draft.plan = { ...draft.plan, recovery: { ...recovery, withinMs } };
      };
    expect(recoveryOf(within(endMs - healedAtMs - 8_000)).status).toBe("held");
    expect(recoveryOf(within(endMs - healedAtMs - 7_999)).status).toBe("inconclusive");
  });

  it("is refuted in a phase of any length once goodput is not back in time", () => {
    const healed =
      (atMs: number) =>
      (draft: Draft): void => {
        draft.events = draft.events.map((event) =>
          event.kind === "healed" ? { ...event, atMs } : event,
        );
      };
    const briefly = healed(endMs - 15_000);
    expect(recoveryOf(briefly).status).toBe("inconclusive");
    expect(recoveryOf(briefly, outage(0, 60_000))).toMatchObject({
      status: "refuted",
      observed: null,
      values: [{ fact: "not-back-in-time" }],
    });
    // The third window of 4 s is the first that ends after the allowed 8 s.
    expect(recoveryOf(healed(endMs - 11_900), outage(0, 60_000)).status).toBe("inconclusive");
  });

  it("is unknown if nothing was healed or the phase was not reached", () => {
    expect(
      recoveryOf((draft) => {
        draft.events = draft.events.filter((event) => event.kind !== "healed");
      }).status,
    ).toBe("inconclusive");
    expect(recoveryOf(cutAt(startOf.recovery - 1)).status).toBe("inconclusive");
  });

  it("does not count requests in progress when the run was cut off", () => {
    const atMs = endMs - 2_000;
    expect(
      recoveryOf(cutAt(atMs), (draft) =>
        drop(draft, (sample) => isLive(sample) && sample.startedMs > atMs - 4_000),
      ).status,
    ).toBe("inconclusive");
    expect(recoveryOf(cutAt(atMs), outage(0, 60_000)).status).toBe("refuted");
  });
});
