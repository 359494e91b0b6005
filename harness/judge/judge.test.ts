import { streamRecord } from "../../targets/live-streaming/pack/stream/stream-parts.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Claim } from "../claims/statistics/registry.ts";
import type { Phase } from "../base/phases.ts";
import type { Finding, Status } from "../record/verdict.ts";
import type { RunEvent } from "../record/events.ts";
import {
  add,
  change,
  claims,
  type Draft,
  drop,
  healedAtMs,
  heldDraft,
  phaseMs,
  reporter,
  runOf,
  startOf,
  within,
  zeroMs,
} from "../../test/support/judge/held-run.ts";
import { judge, worst } from "./judge.ts";
import { times } from "../../test/support/thorough.ts";

type Damage = (draft: Draft) => void;

const verdictOf = (...damages: readonly Damage[]) => {
  const draft = heldDraft();
  for (const damage of damages) damage(draft);
  return judge(runOf(draft));
};
const statusOf = (...damages: readonly Damage[]): Status => verdictOf(...damages).status;
/** Finds findings by id, or by a claim's title. */
const named = (findings: readonly Finding[], name: string): Finding | undefined =>
  findings.find(({ id, title }) => id === name || title === name);

const without =
  (kind: RunEvent["kind"]): Damage =>
  (draft) => {
    draft.events = draft.events.filter((event) => event.kind !== kind);
  };
const silent =
  (metric: string, fromMs = 0, untilMs = Number.POSITIVE_INFINITY): Damage =>
  (draft) =>
    drop(draft, (sample) => sample.metric === metric && within(fromMs, untilMs)(sample));
const insert =
  (event: RunEvent): Damage =>
  (draft) => {
    draft.events = [...draft.events, event].sort((a, b) => a.atMs - b.atMs);
  };
/** Ends the run at once: all later events are removed, except for the undo. */
const endAt =
  (...last: readonly RunEvent[]): Damage =>
  (draft) => {
    const atMs = last[0]?.atMs ?? 0;
    draft.events = [
      ...draft.events.filter(
        (event) => event.atMs < atMs || event.kind === "cleaned" || event.kind === "finished",
      ),
      ...last,
    ].sort((a, b) => a.atMs - b.atMs);
    drop(draft, within(atMs, Number.POSITIVE_INFINITY));
  };
const rewrite =
  (edit: (event: RunEvent) => RunEvent): Damage =>
  (draft) => {
    draft.events = draft.events.map(edit);
  };
const dropIterations =
  (count: number, phase: Phase, lane = "live"): Damage =>
  (draft) =>
    add(draft, count, startOf[phase], startOf[phase] + phaseMs, {
      metric: "dropped_iterations",
      tags: { lane },
      value: 1,
    });
const mutePhase =
  (phase: Phase | "drain"): Damage =>
  (draft) => {
    draft.events = draft.events.filter((event) => event.kind !== "phase" || event.phase !== phase);
  };
const generatorEnd = (atMs: number): RunEvent => ({
  kind: "generator",
  atMs,
  exitCode: null,
  signal: "SIGKILL",
  expected: false,
  detail: "it ended early: ended by SIGKILL",
  generatorCpuSeconds: null,
  harnessCpuSeconds: 1,
  seconds: 30,
});
const notLanded = { landed: false, observation: "it still answers" };
/** The finding that must name the damage; null if it is a claim. */
const damages: Readonly<Record<string, { readonly by: string; readonly damage: Damage }>> = {
  "too few samples for a claim": {
    by: "published",
    damage: (draft) => {
      draft.plan = { ...draft.plan, hypothesis: [{ ...claims.acked, samplesMin: 21 }] };
    },
  },
  "a phase that was never reached": {
    by: "run.phases",
    damage: mutePhase("recovery"),
  },
  "a phase cut off by an abort": {
    by: "run.not-aborted",
    damage: endAt({
      kind: "aborted",
      atMs: startOf.recovery + 15_000,
      reason: "user",
      detail: "Ctrl-C",
    }),
  },
  "a last phase without its end": { by: "run.phases", damage: mutePhase("drain") },
  "a killed generator": {
    by: "generator.ended",
    damage: endAt(generatorEnd(startOf.recovery + 15_000)),
  },
  "a generator that failed at the end": {
    by: "generator.ended",
    damage: rewrite((event) =>
      event.kind === "generator" ? { ...event, expected: false, detail: "exit status 109" } : event,
    ),
  },
  "no word of the generator's end": {
    by: "generator.ended",
    damage: without("generator"),
  },
  "an empty record": {
    by: "generator.no-gap",
    damage: (draft) => {
      draft.samples = [];
    },
  },
  "dropped iterations that could have changed a share": {
    by: "served",
    damage: dropIterations(3, "fault"),
  },
  "late starts": {
    by: "generator.on-time",
    damage: (draft) =>
      change(
        draft,
        (sample) =>
          sample.metric === "start_late_ms" &&
          sample.startedMs >= startOf.recovery &&
          sample.startedMs < startOf.recovery + 1_000,
        { value: 900 },
      ),
  },
  "no word of late starts in one phase": {
    by: "generator.on-time",
    damage: silent("start_late_ms", startOf.fault, startOf.recovery),
  },
  "a generator that ate the machine": {
    by: "generator.processor",
    damage: (draft) =>
      change(
        draft,
        (sample) =>
          sample.tags["service"] === "k6" && within(startOf.fault, startOf.recovery)(sample),
        { value: 3.4 },
      ),
  },
  "no word of the generator's processor time in one phase": {
    by: "generator.processor",
    damage: silent("cpu_seconds", startOf.fault, startOf.recovery),
  },
  "no word of the machine": {
    by: "generator.processor",
    damage: without("started"),
  },
  "iterations that did not begin": {
    by: "generator.offered",
    damage: (draft) =>
      drop(
        draft,
        (sample) =>
          sample.tags["of"] === "iteration" &&
          sample.tags["load"] === "live" &&
          within(startOf.fault, startOf.fault + 1_500)(sample),
      ),
  },
  "an iteration that threw": {
    by: "generator.iterations",
    damage: (draft) =>
      change(
        draft,
        (sample) =>
          sample.metric === "iteration_ms" && within(startOf.fault, startOf.fault + 100)(sample),
        { tags: { outcome: "threw" } },
      ),
  },
  "a wait below zero": {
    by: "record.possible",
    damage: (draft) =>
      add(draft, 1, startOf.fault, startOf.fault + 10, {
        metric: "segment_ms",
        tags: { lane: "live", outcome: "served" },
        value: -25,
      }),
  },
  "no word of when the load began": {
    by: "generator.offered",
    damage: without("loadStarted"),
  },
  "a gap in the generator's samples": {
    by: "generator.no-gap",
    damage: silent("segment_ms", startOf.fault + 2_000, startOf.fault + 7_500),
  },
  "a gap in the generator's samples after the heal": {
    by: "generator.no-gap",
    damage: silent("segment_ms", startOf.recovery + 2_000, startOf.recovery + 12_000),
  },
  "a generator that fell silent before the end": {
    by: "generator.no-gap",
    damage: silent("segment_ms", startOf.recovery + 14_000),
  },
  "a gap in the canary": {
    by: "prober.on-time",
    damage: silent("canary_ms", startOf.recovery + 2_000, startOf.recovery + 7_600),
  },
  "a late canary": {
    by: "prober.on-time",
    damage: (draft) =>
      change(
        draft,
        (sample) =>
          sample.metric === "canary_late_ms" &&
          within(startOf.fault, startOf.fault + 1_000)(sample),
        { value: 600 },
      ),
  },
  "an edge whose counters were not read for a while": {
    by: "target.readings",
    damage: (draft) =>
      drop(
        draft,
        (sample) =>
          sample.metric === "origin_gets" &&
          sample.tags["entry"] === "region-b/edge" &&
          within(startOf.fault + 5_000, startOf.recovery)(sample),
      ),
  },
  "a fill node whose counters were never read": {
    by: "target.readings",
    damage: (draft) => {
      draft.plan = {
        ...draft.plan,
        services: [
          ...draft.plan.services,
          { name: "region-a/fill", kind: "fill", region: "region-a", zone: "region-a-1" },
        ],
        telemetry: [
          ...(draft.plan.telemetry ?? []),
          reporter(
            "region-a/fill",
            { entry: "region-a/fill" },
            ["region-a/fill"],
            "origin_gets",
            "increment",
          ),
        ],
      };
    },
  },
  "a packager whose journal was never read": {
    by: "target.readings",
    damage: (draft) => drop(draft, (sample) => sample.tags["pipeline"] === "b"),
  },
  "an unsteady baseline": {
    by: "baseline.steady",
    damage: (draft) =>
      drop(
        draft,
        (sample) =>
          sample.metric === "segment_ms" &&
          sample.startedMs < zeroMs + 10_000 &&
          sample.startedMs % 200 !== 0,
      ),
  },
  "a claim that fails in the baseline": {
    by: "fast",
    damage: (draft) =>
      change(
        draft,
        (sample) => sample.metric === "segment_ms" && within(zeroMs, zeroMs + 1_000)(sample),
        { value: 501 },
      ),
  },
  "a fault that was not injected": { by: "faults.landed", damage: without("injected") },
  "a fault that did not land": {
    by: "faults.landed",
    damage: rewrite((event) =>
      event.kind === "injected" ? { ...event, evidence: notLanded } : event,
    ),
  },
  "a fault that took hold after its phase": {
    by: "faults.landed",
    damage: rewrite((event) =>
      event.kind === "injected" ? { ...event, atMs: startOf.recovery + 1 } : event,
    ),
  },
  "a fault that was healed as soon as it took hold": {
    by: "faults.landed",
    damage: rewrite((event) =>
      event.kind === "injected" ? { ...event, atMs: healedAtMs - 600 } : event,
    ),
  },
  "a fault that was never healed": { by: "faults.healed", damage: without("healed") },
  "a fault that did not heal": {
    by: "faults.healed",
    damage: rewrite((event) =>
      event.kind === "healed" ? { ...event, evidence: notLanded } : event,
    ),
  },
  "a service that died unexpectedly": {
    by: "services.alive",
    damage: insert({
      kind: "exited",
      atMs: startOf.fault + 1,
      service: "region-b/edge",
      expected: false,
      detail: "ended by SIGSEGV",
    }),
  },
  "a clock that stepped": {
    by: "machine.clock",
    damage: insert({ kind: "clockStepped", atMs: startOf.fault + 1, byMs: -300 }),
  },
  "damage found when reading": {
    by: "record.whole",
    damage: (draft) => {
      draft.damage = ["the last sample is cut off"];
    },
  },
  "no word of the run's end": { by: "record.whole", damage: without("finished") },
  "a recovery that was observed too briefly": {
    by: "back",
    damage: (draft) => {
      draft.plan = {
        ...draft.plan,
        recovery: {
          title: "back",
          goodput: { metric: "segment_ms", where: { lane: "live" } },
          having: { outcome: "served" },
          shareMin: 0.99,
          ofBaselineMin: 0.8,
          withinMs: 20_001,
          windowMs: 4_000,
        },
      };
    },
  },
  "dropped iterations that could have been lost goodput": {
    by: "back",
    damage: (draft) =>
      add(draft, 3, startOf.recovery + 12_100, startOf.recovery + 12_200, {
        metric: "dropped_iterations",
        tags: { lane: "live" },
        value: 1,
      }),
  },
  "no claims at all": {
    by: "back",
    damage: (draft) => {
      draft.plan = { ...draft.plan, hypothesis: [], recovery: null };
    },
  },
};

const lost =
  (fromMs: number, untilMs: number): Damage =>
  (draft) =>
    change(
      draft,
      (sample) =>
        sample.metric === "segment_ms" &&
        sample.tags["lane"] === "live" &&
        within(fromMs, untilMs)(sample),
      { tags: { outcome: "lost" } },
    );
const violations: Readonly<Record<string, Damage>> = {
  "lost segments in fault": lost(startOf.fault + 5_000, startOf.fault + 7_000),
  "lost segments in recovery": lost(startOf.recovery + 5_000, startOf.recovery + 7_000),
  "slow segments in fault": (draft) =>
    change(
      draft,
      (sample) =>
        sample.metric === "segment_ms" &&
        within(startOf.fault + 1_000, startOf.fault + 2_000)(sample),
      { value: 700 },
    ),
  "origin requests that follow the audience": (draft) =>
    change(
      draft,
      (sample) =>
        sample.metric === "origin_gets" && within(startOf.fault, startOf.recovery)(sample),
      { value: 5 },
    ),
  "an unacknowledged segment": (draft) =>
    change(
      draft,
      (sample) =>
        sample.metric === "publish_ms" &&
        within(startOf.fault + 3_000, startOf.fault + 5_000)(sample),
      { tags: { outcome: "lost" } },
    ),
  "live refused before DVR": (draft) =>
    add(draft, 3, startOf.fault + 4_000, startOf.fault + 5_000, {
      metric: "http_req_ms",
      tags: { lane: "live", status: "503" },
      value: 5,
    }),
};
/** Damages that remove the samples or claims in which the violation shows. */
const hides: Readonly<Record<string, readonly string[]>> = {
  "an empty record": Object.keys(violations),
  "no claims at all": Object.keys(violations),
  "too few samples for a claim": Object.keys(violations).filter(
    (name) => name !== "lost segments in recovery",
  ),
  "a phase that was never reached": ["lost segments in recovery"],
  "a gap in the generator's samples": ["lost segments in fault"],
  "a gap in the generator's samples after the heal": ["lost segments in recovery"],
  "a packager whose journal was never read": ["an unacknowledged segment"],
};

describe("a complete record of a good run", () => {
  it("is held, with an answer from every rule", () => {
    const verdict = verdictOf();
    expect(verdict.findings.filter((finding) => finding.status !== "held")).toEqual([]);
    expect(verdict).toMatchObject({
      status: "held",
      aborted: null,
      cleanup: { status: "clean", left: [] },
      runId: "synthetic-1",
    });
    expect(verdict.findings.filter((finding) => finding.kind === "claim")).toHaveLength(
      3 + 3 + 2 + 3 + 3 + 1,
    );
  });

  it("is not held on the evidence of a single metric that a claim uses", () => {
    // Turns the draft into a run of real services; a model moves no bytes.
    const real = (draft: Draft): void => {
      draft.plan = { ...draft.plan, substrate: "process" };
    };
    expect(statusOf(real)).toBe("held");
    for (const metric of new Set(heldDraft().samples.map((sample) => sample.metric))) {
      expect(statusOf(real, silent(metric)), metric).toBe("inconclusive");
    }
    for (const metric of [
      "segment_ms",
      "http_req_ms",
      "origin_gets",
      "publish_ms",
      "start_late_ms",
      "canary_ms",
      "canary_late_ms",
      "cpu_seconds",
    ]) {
      for (const phase of ["baseline", "fault", "recovery"] as const) {
        const claimed = metric !== "http_req_ms" || phase === "fault";
        if (claimed)
          expect(
            statusOf(silent(metric, startOf[phase], startOf[phase] + phaseMs)),
            `${metric} in ${phase}`,
          ).toBe("inconclusive");
      }
    }
  });

  it("does not treat a numerator without samples as a ratio of zero", () => {
    const ratio = (draft: Draft): void => {
      draft.plan = { ...draft.plan, hypothesis: [claims.ratio] };
    };
    const finding = verdictOf(
      ratio,
      silent("origin_gets", startOf.fault, startOf.recovery),
    ).findings.find((one) => one.phase === "fault");
    expect(finding).toMatchObject({ status: "inconclusive", observed: null });
  });

  it("does not treat an unobserved lane as one without refusals", () => {
    const order = (draft: Draft): void => {
      draft.plan = { ...draft.plan, hypothesis: [claims.order] };
    };
    for (const lane of ["live", "dvr"]) {
      const unseen: Damage = (draft) =>
        drop(draft, (sample) => sample.metric === "http_req_ms" && sample.tags["lane"] === lane);
      expect(named(verdictOf(order, unseen).findings, "dvr first"), lane).toMatchObject({
        status: "inconclusive",
        samples: 0,
      });
    }
  });
});

describe("a damaged record", () => {
  it.each(Object.entries(damages))("is inconclusive: %s", (name, { by, damage }) => {
    const verdict = verdictOf(damage);
    expect(verdict.status).toBe("inconclusive");
    if (name !== "no claims at all")
      expect(
        verdict.findings
          .filter((finding) => finding.status === "inconclusive")
          .flatMap(({ id, title }) => [id, title]),
      ).toContain(by);
    expect(verdict.why).not.toBe("");
  });

  it.each(Object.entries(violations))("is still refuted: %s", (violation, violate) => {
    expect(statusOf(violate)).toBe("refuted");
    for (const [name, { damage }] of Object.entries(damages)) {
      if (hides[name]?.includes(violation) === true) continue;
      expect(statusOf(violate, damage), `${violation} with ${name}`).toBe("refuted");
    }
  });

  it("is never held with any one event removed", () => {
    // Events that report a problem may be absent; every event that reports success must be present.
    const dispensable: readonly string[] = [
      "deploying",
      "deployed",
      "injecting",
      "healing",
      "exited",
    ];
    for (const [index, event] of heldDraft().events.entries()) {
      const status = statusOf((draft) => {
        draft.events = draft.events.filter((_, at) => at !== index);
      });
      expect(status, event.kind).toBe(dispensable.includes(event.kind) ? "held" : "inconclusive");
    }
  });

  it("is never held if it breaks off before the last phase is over", () => {
    fc.assert(
      fc.property(fc.integer({ min: -9_000, max: 3 * phaseMs }), (cutMs) => {
        const draft = heldDraft();
        draft.events = draft.events.filter((event) => event.atMs < zeroMs + cutMs);
        drop(draft, within(zeroMs + cutMs, Number.POSITIVE_INFINITY));
        expect(judge(runOf(draft)).status).toBe("inconclusive");
      }),
      { numRuns: times(10) },
    );
  });

  it("is never held with a hole longer than the longest gap that is allowed", () => {
    const metrics = ["segment_ms", "canary_ms", "origin_gets", "publish_ms"] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...metrics),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 12_100, max: 3 * phaseMs }),
        (metric, at, lengthMs) => {
          const fromMs = zeroMs + at * (3 * phaseMs - lengthMs);
          expect(statusOf(silent(metric, fromMs, fromMs + lengthMs))).not.toBe("held");
        },
      ),
      { numRuns: times(12) },
    );
  });
});

describe("the verdict", () => {
  it("does not depend on the order of series or samples, or on repetition", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(...Object.values(violations), (): void => {}),
        (seed, violate) => {
          const draft = heldDraft();
          violate(draft);
          const run = runOf(draft);
          const expected = judge(run);
          expect(judge(run)).toEqual(expected);
          const rank = (sample: Draft["samples"][number]): number =>
            Math.imul(
              (sample.startedMs * 1_000 + sample.value * 7 + sample.metric.length) | 0,
              seed | 1,
            );
          draft.samples = [...draft.samples].sort((a, b) => rank(a) - rank(b));
          const shuffled = runOf(draft);
          expect(judge({ ...shuffled, series: shuffled.series.toReversed() })).toEqual(expected);
        },
      ),
      { numRuns: times(4) },
    );
  });

  it("never improves when more requests fail", () => {
    const rank: Readonly<Record<Status, number>> = { held: 2, inconclusive: 1, refuted: 0 };
    const bad = fc.record({
      lane: fc.constantFrom("live", "dvr"),
      phase: fc.constantFrom<Phase>("fault", "recovery"),
      count: fc.integer({ min: 1, max: 60 }),
      at: fc.double({ min: 0, max: 0.9, noNaN: true }),
      what: fc.constantFrom<(lane: string) => Parameters<typeof add>[4]>(
        (lane) => ({ metric: "segment_ms", tags: { lane, outcome: "lost" }, value: 4_000 }),
        (lane) => ({
          metric: "origin_gets",
          tags: { lane, entry: "region-a/edge", origin: "region-a" },
          value: 3,
        }),
        () => ({ metric: "publish_ms", tags: { pipeline: "b", outcome: "lost" }, value: 900 }),
        (lane) => ({ metric: "dropped_iterations", tags: { lane }, value: 2 }),
        (lane) => ({ metric: "start_late_ms", tags: { lane }, value: 5_000 }),
      ),
    });
    fc.assert(
      fc.property(
        fc.array(bad, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(...Object.values(violations), (): void => {}),
        (worsenings, violate) => {
          const draft = heldDraft();
          violate(draft);
          let before = judge(runOf(draft)).status;
          for (const { lane, phase, count, at, what } of worsenings) {
            const fromMs = startOf[phase] + at * phaseMs;
            add(draft, count, fromMs, fromMs + 0.1 * phaseMs, what(lane));
            const after = judge(runOf(draft)).status;
            // A dropped iteration may leave a held claim open, but not a violated one. A stalled
            // generator may leave both open.
            const doubted =
              before === "refuted" &&
              after === "inconclusive" &&
              what(lane).metric === "start_late_ms";
            if (!doubted) expect(rank[after]).toBeLessThanOrEqual(rank[before]);
            before = after;
          }
        },
      ),
      { numRuns: times(6) },
    );
  });

  it("ranks refuted before inconclusive before held, and is inconclusive without claims", () => {
    const finding = (status: Status, kind: Finding["kind"] = "claim"): Finding => ({
      kind,
      id: status,
      subject: "target",
      title: status,
      status,
      phase: null,
      observed: null,
      comparison: null,
      limit: null,
      unit: "",
      samples: 0,
      values: [],
      why: "",
    });
    expect(worst([])).toBe("inconclusive");
    expect(worst([finding("held", "evidence")])).toBe("inconclusive");
    expect(worst([finding("held"), finding("held", "evidence")])).toBe("held");
    expect(worst([finding("held"), finding("inconclusive", "evidence")])).toBe("inconclusive");
    expect(worst([finding("inconclusive", "evidence"), finding("refuted"), finding("held")])).toBe(
      "refuted",
    );
  });

  it("names the decisive claim with its figure and limit", () => {
    expect(verdictOf(lost(startOf.fault + 5_000, startOf.fault + 7_000)).why).toMatch(
      /fault: "served": 90 %.*99 %/,
    );
    expect(verdictOf().why).toMatch(/^All 16 findings/);
  });

  it("says that a claim was also violated in the baseline", () => {
    const slow =
      (fromMs: number): Damage =>
      (draft) =>
        change(
          draft,
          (sample) => sample.metric === "segment_ms" && within(fromMs, startOf.recovery)(sample),
          { value: 700 },
        );
    const alsoBefore = verdictOf(slow(zeroMs));
    expect(alsoBefore.status).toBe("refuted");
    expect(alsoBefore.why).toContain("; also violated in the baseline.");
    expect(verdictOf(slow(startOf.fault)).why).not.toContain("baseline");
  });

  it("contains the reason of the end and the leftovers, whatever the claims", () => {
    const verdict = verdictOf(
      endAt({
        kind: "aborted",
        atMs: startOf.fault + 9_000,
        reason: "deadline",
        detail: "too long",
      }),
      rewrite((event) =>
        event.kind === "cleaned" ? { ...event, status: "incomplete", left: ["process 7"] } : event,
      ),
    );
    expect(verdict).toMatchObject({
      aborted: { reason: "deadline", detail: "too long" },
      cleanup: { status: "incomplete", left: ["process 7"] },
    });
    expect(verdictOf(without("cleaned")).cleanup).toEqual({ status: "unknown", left: [] });
  });

  it("is not refuted because the run was interrupted", () => {
    for (let atMs = startOf.fault + 100; atMs < startOf.recovery + phaseMs; atMs += 1_300) {
      // Viewers in progress have no segment yet: up to two seconds of viewers are missing.
      const interrupted = verdictOf(
        endAt({ kind: "aborted", atMs, reason: "user", detail: "Ctrl-C" }),
        silent("segment_ms", atMs - 2_000),
      );
      expect(interrupted.status, String(atMs - zeroMs)).toBe("inconclusive");
    }
  });

  it("counts only the experiment's claims", () => {
    const hypothesis: readonly Claim[] = [claims.share];
    const verdict = verdictOf((draft) => {
      draft.plan = { ...draft.plan, hypothesis, recovery: null };
    });
    expect(verdict.status).toBe("held");
    expect(verdict.findings.filter((finding) => finding.kind !== "evidence")).toHaveLength(3);
  });
});

describe("a baseline with an odd number of segments", () => {
  it("is as steady as one with an even number", () => {
    // Five bursts, one per segment: one half of the time contains two of them, the other three.
    const baselineMs = 10_000;
    const draft = heldDraft();
    const bunched = draft.samples.filter(
      (sample) =>
        sample.metric !== "segment_ms" ||
        sample.startedMs - Math.floor(sample.startedMs / 2_000) * 2_000 < 200,
    );
    const events = draft.events.map((event) =>
      event.kind === "phase" && event.phase === "baseline"
        ? { ...event, atMs: startOf.fault - baselineMs }
        : event,
    );
    const steady = judge(runOf({ ...draft, samples: bunched, events })).findings.find(
      ({ id }) => id === "baseline.steady",
    );
    expect(steady).toMatchObject({ status: "held" });
  });
});

it("is steady if it is 1 ms shorter than its segments", () => {
  const bunched = (draft: Draft): void => {
    drop(draft, ({ metric, tags }) => metric === "segment_ms" && tags["lane"] === "live");
    // All viewers of a segment ask within 400 ms after it is due, and the phases begin during that
    // time.
    for (let dueMs = zeroMs - 4_100; dueMs < zeroMs + 3 * phaseMs; dueMs += 10_000)
      add(draft, 100, dueMs, dueMs + 400 + (dueMs % 3) * 100, {
        metric: "segment_ms",
        tags: { lane: "live", outcome: "served" },
        value: 40,
      });
    draft.plan = {
      ...draft.plan,
      ...streamRecord({ ...draft.plan.content, segmentMs: 10_000 }),
    };
    draft.events = draft.events.map((event) =>
      event.kind === "phase" && event.phase === "fault"
        ? { ...event, atMs: event.atMs - 1 }
        : event,
    );
  };
  expect(verdictOf(bunched).findings.find(({ id }) => id === "baseline.steady")?.status).toBe(
    "held",
  );
});

it("requires no bodies from a target whose pack does not describe them", () => {
  const draft = heldDraft();
  const { bodies: _, ...plan } = draft.plan;
  draft.plan = { ...plan, substrate: "process" };
  drop(draft, ({ metric }) => metric === "body_seen");
  const finding = judge(runOf(draft)).findings.find(({ id }) => id === "bodies.right");
  expect([finding?.status, finding?.values]).toEqual(["held", [{ fact: "not-declared" }]]);
});
