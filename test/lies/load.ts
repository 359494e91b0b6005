/**
 * Generators that do not produce the planned storm, or misreport its result; and honest ones beside
 * them.
 */
import {
  add,
  change,
  type Draft,
  drop,
  heldDraft,
  phaseMs,
  runOf,
  type Sample,
  startOf,
  within,
  zeroMs,
} from "../support/judge/held-run.ts";
import { judge } from "../../harness/judge/judge.ts";
import { CsvParser } from "../../harness/load/csv.ts";
import { type Honest, judged, type Lie, type LieGroup } from "./lie.ts";

type Change = (draft: Draft) => void;

const offered = "generator.offered";
const iterations = "generator.iterations";
const onTime = "generator.on-time";
const possible = "record.possible";
const ended = "generator.ended";

function planted(...changes: readonly Change[]): ReturnType<Lie["plant"]> {
  const draft = heldDraft();
  for (const one of changes) one(draft);
  return judged(judge(runOf(draft)));
}

const lie = (name: string, says: string, caughtBy: string, ...changes: readonly Change[]): Lie => ({
  name,
  says,
  caughtBy,
  plant: () => planted(...changes),
});
const honest = (name: string, says: string, ...changes: readonly Change[]): Honest => ({
  name,
  says,
  plant: () => planted(...changes),
});

const isOfLoad = ({ metric, tags }: Sample, load: string): boolean =>
  tags["load"] === load && (metric === "start_late_ms" || metric === "iteration_ms");
const asked =
  (load: string, fromMs: number, untilMs: number) =>
  (sample: Sample): boolean =>
    isOfLoad(sample, load) && within(fromMs, untilMs)(sample);
/** Iterations of a load that never begin: `keep` of each ten do. */
const withheld =
  (load: string, fromMs: number, untilMs: number, keep = 0): Change =>
  (draft) =>
    drop(
      draft,
      (sample) =>
        asked(load, fromMs, untilMs)(sample) &&
        Math.floor((sample.startedMs - fromMs) / 100) % 10 >= keep,
    );
const doubled =
  (load: string, fromMs: number, untilMs: number): Change =>
  (draft) => {
    const begun = draft.samples
      .filter(asked(load, fromMs, untilMs))
      .map((sample) => ({ ...sample, startedMs: sample.startedMs + 30 }));
    // Each leaves a sample to which no claim refers.
    const left = begun
      .filter(({ metric }) => metric === "iteration_ms")
      .map((sample) => ({ ...sample, metric: "batch_ms", tags: { lane: load, outcome: "taken" } }));
    draft.samples.push(...begun, ...left);
  };
/**
 * The stream without failed requests, or with other outcomes. `SEAWALL_K6` names a script of one
 * line, `k6 "$@" | grep -v outcome=lost`.
 */
const inTheFault =
  (metric: string) =>
  (sample: Sample): boolean =>
    sample.metric === metric &&
    sample.tags["lane"] === "live" &&
    within(startOf.fault + 5_000, startOf.fault + 11_000)(sample);
/** All iterations of each `everyMs` begin at its end, and claim to be on time. */
const inBursts =
  (everyMs: number): Change =>
  (draft) => {
    draft.samples = draft.samples.map((sample) =>
      asked("live", startOf.fault, startOf.recovery)(sample)
        ? {
            ...sample,
            startedMs:
              Math.ceil(sample.startedMs / everyMs) * everyMs +
              (sample.startedMs % everyMs) / 1_000,
          }
        : sample,
    );
  };
const ending =
  (outcome: string, count: number): Change =>
  (draft) => {
    let left = count;
    draft.samples = draft.samples.map((sample) =>
      sample.metric === "iteration_ms" &&
      sample.tags["load"] === "live" &&
      within(startOf.fault, startOf.recovery)(sample) &&
      left-- > 0
        ? { ...sample, tags: { ...sample.tags, outcome } }
        : sample,
    );
  };
const dropped =
  (load: string, count: number, fromMs: number, untilMs: number): Change =>
  (draft) => {
    const gone = draft.samples
      .filter((sample) => sample.tags["of"] === "iteration" && asked(load, fromMs, untilMs)(sample))
      .filter((_, index, all) => index % Math.floor(all.length / count) === 0)
      .slice(0, count)
      .map(({ startedMs }) => startedMs);
    drop(
      draft,
      (sample) => isOfLoad(sample, load) && gone.some((ms) => Math.abs(sample.startedMs - ms) < 25),
    );
    for (const startedMs of gone)
      draft.samples.push({
        metric: "dropped_iterations",
        tags: { lane: load, load, why: "nobodyFree" },
        startedMs,
        value: 1,
      });
  };
const endMs = zeroMs + 3 * phaseMs;
const real: Change = (draft) => {
  draft.plan = { ...draft.plan, substrate: "process" };
};
const slow =
  (load: string, ms: number): Change =>
  (draft) =>
    change(
      draft,
      (sample) =>
        sample.metric === "start_late_ms" &&
        sample.tags["load"] === load &&
        within(startOf.fault, startOf.recovery)(sample),
      { value: ms },
    );

/** A k6 stream, as the parser leaves it, in place of the generator's end. */
const streamed =
  (...lines: readonly string[]): Change =>
  (draft) => {
    const parser = new CsvParser(
      { series: () => 0, sample: () => {} },
      draft.plan.load.map(({ name, lane }) => ({ name, lane, stages: [] })),
      draft.plan.metrics,
    );
    const head = "metric_name,timestamp,metric_value,scenario,status,extra_tags,metadata";
    parser.push(Buffer.from(`${head}\n${lines.join("\n")}\n`));
    parser.end();
    if (parser.damage === null) return;
    const detail = parser.damage;
    draft.events = draft.events.map((event) =>
      event.kind === "generator" ? { ...event, expected: false, detail } : event,
    );
  };
const sample = (value: string, tags: string, metric = "segment_ms"): string =>
  `${metric},1800000001000000,${value},live,,${tags},vu=1`;

const lies: readonly Lie[] = [
  lie(
    "quarter-of-the-storm",
    "three of four iterations of the fault never begin",
    offered,
    withheld("live", startOf.fault, startOf.recovery, 3),
  ),
  lie(
    "nine-tenths",
    "one in ten iterations of the fault never begins",
    offered,
    withheld("live", startOf.fault, startOf.recovery, 9),
  ),
  lie(
    "none-for-a-second",
    "no iteration begins for 1.5 seconds of the fault",
    offered,
    withheld("live", startOf.fault + 5_000, startOf.fault + 6_500),
  ),
  lie(
    "none-for-three-seconds",
    "no iteration begins for three seconds of the recovery",
    offered,
    withheld("live", startOf.recovery + 5_000, startOf.recovery + 8_000),
  ),
  lie(
    "none-of-one-load",
    "one of two loads never begins in the fault",
    offered,
    withheld("live", startOf.fault, startOf.recovery),
    (draft) =>
      add(draft, 50, startOf.fault, startOf.recovery, {
        metric: "start_late_ms",
        tags: { lane: "live", load: "live", of: "request" },
        value: 1,
      }),
  ),
  lie(
    "none-at-the-end",
    "no iteration begins in the last seconds of the recovery",
    offered,
    withheld("live", endMs - 2_000, endMs + 3_000),
  ),
  lie(
    "hidden-by-a-surplus",
    "a missing storm is made up after the fault",
    onTime,
    withheld("live", startOf.fault, startOf.fault + 6_000),
    doubled("live", startOf.fault + 12_000, startOf.fault + 18_000),
  ),
  lie(
    "twice-the-storm",
    "each iteration of the fault begins twice",
    offered,
    doubled("live", startOf.fault, startOf.recovery),
  ),
  lie(
    "twice-the-baseline",
    "the baseline is as busy as the storm",
    offered,
    doubled("live", startOf.baseline, startOf.fault),
  ),
  lie(
    "half-was-dropped",
    "half of a load finds no virtual user, and no claim concerns it",
    offered,
    (draft) => {
      draft.plan = {
        ...draft.plan,
        load: [
          ...draft.plan.load,
          {
            name: "junk",
            workload: "absent",
            exec: "absent",
            lane: "junk",
            ratePerSecond: { baseline: 2, fault: 2, recovery: 2 },
            vus: 1,
          },
        ],
      };
    },
    (draft) => {
      draft.samples.push(
        ...draft.samples
          .filter((one) => isOfLoad(one, "dvr"))
          .map((one) => ({ ...one, tags: { ...one.tags, lane: "junk", load: "junk" } })),
      );
    },
    dropped("junk", 20, startOf.fault, startOf.recovery),
  ),
  lie(
    "bursts",
    "all iterations of two seconds begin at once, and say that they are on time",
    onTime,
    inBursts(2_000),
  ),
  lie(
    "late-beside-others",
    "one load is 3 s late, and a busy one beside it on time",
    onTime,
    slow("dvr", 3_000),
  ),
  lie(
    "late-asking",
    "iterations begin on time, and one in fifty sends its request 2 s late",
    onTime,
    (draft) => {
      let index = 0;
      draft.samples = draft.samples.map((one) =>
        one.tags["of"] === "request" && index++ % 50 === 0 ? { ...one, value: 2_000 } : one,
      );
    },
  ),
  lie(
    "lost-and-left-out",
    "the stream omits what was lost in six seconds of the fault",
    iterations,
    (draft) => drop(draft, inTheFault("segment_ms")),
  ),
  lie(
    "samples-of-the-lead-in",
    "the results of two seconds of the fault are dated into the lead-in",
    iterations,
    (draft) => {
      draft.plan = { ...draft.plan, substrate: "process" };
      const isOne = within(startOf.fault + 4_000, startOf.fault + 6_000);
      draft.samples = draft.samples.map((one) =>
        one.metric === "segment_ms" && one.tags["lane"] === "live" && isOne(one)
          ? { ...one, startedMs: one.startedMs - startOf.fault - 4_000 + zeroMs - 3_000 }
          : one,
      );
    },
  ),
  lie(
    "samples-of-the-drain",
    "the results of two seconds of the fault are dated to its end",
    iterations,
    (draft) => {
      draft.plan = { ...draft.plan, substrate: "process" };
      const isOne = within(startOf.fault + 4_000, startOf.fault + 6_000);
      draft.samples = draft.samples.map((one) =>
        one.metric === "segment_ms" && one.tags["lane"] === "live" && isOne(one)
          ? { ...one, startedMs: one.startedMs - startOf.fault - 4_000 + endMs - 2_500 }
          : one,
      );
    },
  ),
  lie("one-in-fifty-left-out", "of fifty viewers one leaves no sample", iterations, (draft) => {
    let index = 0;
    drop(
      draft,
      (one) => one.metric === "segment_ms" && one.tags["lane"] === "live" && index++ % 50 === 0,
    );
  }),
  lie(
    "lost-and-called-served",
    "requests were refused for six seconds, and viewers are recorded as served",
    possible,
    real,
    (draft) => {
      change(draft, inTheFault("http_req_ms"), { tags: { status: "502" } });
      change(
        draft,
        (one) =>
          one.metric === "canary_ms" &&
          one.tags["entry"] === "region-a/edge" &&
          within(startOf.fault + 5_000, startOf.fault + 11_000)(one),
        { tags: { outcome: "502" } },
      );
    },
  ),
  lie(
    "served-by-nobody",
    "viewers are served by an edge that received no request",
    possible,
    real,
    (draft) =>
      change(draft, inTheFault("segment_ms"), {
        tags: { entry: "region-b/edge" },
      }),
  ),
  lie(
    "threw",
    "an iteration in a hundred throws before it leaves a sample",
    iterations,
    ending("threw", 2),
  ),
  lie("threw-once", "one iteration throws", iterations, ending("threw", 1)),
  lie("silent", "iterations end and leave no sample", iterations, ending("silent", 5)),
  lie(
    "cut-off-tail",
    "the last iterations of the recovery are ended by force",
    iterations,
    (draft) =>
      drop(draft, (one) => one.metric === "iteration_ms" && within(endMs - 1_000, endMs)(one)),
  ),
  lie("never-ends", "one iteration in ten never ends", iterations, (draft) =>
    drop(
      draft,
      (one) =>
        one.metric === "iteration_ms" &&
        one.tags["load"] === "live" &&
        Math.round(one.startedMs / 100) % 10 === 0,
    ),
  ),
  lie("waits-below-zero", "viewers were served before they sent a request", possible, (draft) =>
    add(draft, 1, startOf.fault, startOf.recovery, {
      metric: "segment_ms",
      tags: { lane: "live", outcome: "served" },
      value: -25,
    }),
  ),
  lie("not-a-number", "a wait is no number", possible, (draft) =>
    add(draft, 1, startOf.fault, startOf.recovery, {
      metric: "batch_ms",
      tags: { lane: "ingest", outcome: "taken" },
      value: Number.NaN,
    }),
  ),
  lie("twice-the-same", "each sample occurs twice", possible, real, (draft) =>
    draft.samples.push(...draft.samples.filter(({ metric }) => metric === "segment_ms")),
  ),
  lie(
    "copies-at-the-end",
    "a tenth of the samples occurs twice, the copies after all others",
    possible,
    real,
    (draft) =>
      draft.samples.push(
        ...draft.samples.filter(({ metric }, index) => metric === "segment_ms" && index % 10 === 0),
      ),
  ),
  lie(
    "forged-outcome",
    "a target's header turns a lost segment into one that was served",
    ended,
    streamed(sample("5.0", "lane=live&rendition=a&outcome=served&outcome=lost")),
  ),
  lie(
    "forged-tag",
    "a value brings a tag that the metric does not declare",
    ended,
    streamed(sample("5.0", "lane=live&outcome=lost&pipeline=a&why=b")),
  ),
  lie(
    "forged-load",
    "a value brings another load",
    ended,
    streamed(sample("5.0", "lane=live&outcome=served&pipeline=a&load=dvr")),
  ),
  lie(
    "forged-line",
    "a line break in a value makes a sample of its own",
    ended,
    streamed(
      'data_sent,1800000001000000,5.0,live,,"pipeline=a',
      sample("1.0", "lane=live&outcome=served"),
      'b",vu=1',
    ),
  ),
  lie(
    "stream-below-zero",
    "k6's stream holds a wait below zero",
    ended,
    streamed(sample("-25.0", "lane=live&outcome=served")),
  ),
  lie(
    "stream-not-a-number",
    "k6's stream holds a wait that is no number",
    ended,
    streamed(sample("NaN", "lane=live&outcome=served")),
  ),
  lie(
    "another-scenario",
    "samples of a load that is in no plan",
    ended,
    streamed(sample("5.0", "lane=live&outcome=served").replace(",live,", ",shadow,")),
  ),
];

const controls: readonly Honest[] = [
  honest("as-planned", "every iteration begins, ends and leaves its sample", real),
  honest(
    "few-dropped",
    "a few iterations found no virtual user, too few to decide a claim",
    dropped("dvr", 1, startOf.fault, startOf.recovery),
    (draft) => {
      draft.plan = {
        ...draft.plan,
        hypothesis: draft.plan.hypothesis.filter(({ title }) => title === "published"),
      };
    },
  ),
  honest("short-stall", "the generator paused for 0.3 s and caught up", (draft) => {
    const [from, until] = [startOf.fault + 5_000, startOf.fault + 5_300];
    draft.samples = draft.samples.map((one) =>
      one.metric === "start_late_ms" && asked("live", from, until)(one)
        ? { ...one, value: until - one.startedMs + 2 }
        : one,
    );
  }),
  honest(
    "zero-is-off",
    "the schedule begins 0.3 s after the recorded start of the load",
    (draft) => {
      draft.events = draft.events.map((event) =>
        event.kind === "loadStarted" ? { ...event, atMs: event.atMs - 300 } : event,
      );
    },
  ),
  honest(
    "cut-off-in-the-drain",
    "iterations that began after the last phase were ended by force",
    (draft) => drop(draft, (one) => one.metric === "iteration_ms" && one.startedMs > endMs),
  ),
  honest(
    "retries",
    "requests that failed are sent again, and more are answered than leave a segment",
    real,
    (draft) => {
      add(draft, 60, startOf.fault, startOf.recovery, {
        metric: "http_req_ms",
        tags: { lane: "live", status: "404", entry: "region-a/edge" },
        value: 4,
      });
      add(draft, 30, startOf.fault, startOf.recovery, {
        metric: "http_req_ms",
        tags: { lane: "live", status: "200", entry: "region-a/edge" },
        value: 4,
      });
    },
  ),
  honest("slow-target", "every iteration lasts 9 s", (draft) =>
    change(draft, (one) => one.metric === "iteration_ms" && one.startedMs < endMs - 6_000, {
      value: 9_000,
    }),
  ),
  honest("rounded-to-milliseconds", "a wait is half a millisecond below zero", (draft) =>
    add(draft, 1, startOf.fault, startOf.recovery, {
      metric: "segment_ms",
      tags: { lane: "live", outcome: "served" },
      value: -0.5,
    }),
  ),
  honest(
    "honest-stream",
    "k6's stream contains unusual characters where they are allowed",
    streamed(
      sample("5.0", "lane=live&outcome=lost&rendition=a=b %41 é"),
      sample("5.0", '"lane=live&rendition=a,b ""c""&outcome=lost"'),
    ),
  ),
];

export const loads: LieGroup = {
  title: "a generator that does not do what was planned",
  runs: "hermetic",
  lies,
  honest: controls,
};
