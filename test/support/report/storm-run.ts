/** Synthetic runs for tests: the record of an origin storm, made up from a seed. */
import { streamRecord } from "../../../targets/live-streaming/pack/stream/stream-parts.ts";
import { everyMetric } from "../judge/held-run.ts";
import { type Claim, unitOf } from "../../../harness/claims/statistics/registry.ts";
import type { Phase } from "../../../harness/base/phases.ts";
import { answer } from "../../../harness/judge/answer.ts";
import { familyOf } from "../../../harness/judge/subjects.ts";
import { verdictSentence, worded } from "../../../harness/phrases/verdict.ts";
import { findingId } from "../../../harness/record/claim-ids.ts";
import type { EvidenceId, FactOf } from "../../../harness/record/facts.ts";
import type { Finding, Status, Verdict } from "../../../harness/record/verdict.ts";
import type { Run } from "../../../harness/record/run.ts";
import type { Plan } from "../../../harness/record/plan.ts";
import type { RunEvent } from "../../../harness/record/events.ts";
import { edges, epochMs, leadInMs, seriesOf, struck } from "./storm-samples.ts";
import { streaming } from "../../../targets/live-streaming/pack/pack.ts";

export interface Fixture {
  readonly run: Run;
  readonly verdict: Verdict;
}

export interface FixtureOptions {
  readonly status?: Status;
  readonly without?: readonly string[];
  readonly phasesMs?: Readonly<Record<Phase, number>>;
  readonly directory?: string;
  /** Part of the usual audience. */
  readonly audience?: number;
}

export function stormRun({
  status = "held",
  without = [],
  phasesMs = { baseline: 20_000, fault: 30_000, recovery: 24_000 },
  directory = "/nowhere",
  audience = 1,
}: FixtureOptions = {}): Fixture {
  const plan = planOf(without, phasesMs);
  const run: Run = {
    directory,
    id: "2026-05-14T18-30-00Z-c0ffee",
    plan,
    events: eventsOf(plan),
    series: seriesOf(plan, audience, without.includes("collapsing")),
    damage: [],
  };
  return { run, verdict: verdictOf(plan, run.id, status) };
}

const served: Claim = {
  title: "Live segments are served while an origin is down",
  metric: "segment_ms",
  where: { lane: "live" },
  statistic: "share",
  having: { outcome: "served" },
  comparison: ">=",
  limit: 0.999,
  during: ["baseline", "fault", "recovery"],
  samplesMin: 1000,
};
const fanIn: Claim = {
  title: "One origin request for each edge, rendition and segment, whatever the audience",
  metric: "origin_gets",
  where: { lane: "live" },
  statistic: "ratio",
  per: { metric: "publish_ms", times: 1 },
  comparison: "<=",
  limit: 1.2,
  during: ["fault"],
  samplesMin: 20,
};
const wait: Claim = {
  title: "Live viewers wait less than half a segment",
  metric: "segment_ms",
  where: { lane: "live" },
  statistic: "p99",
  comparison: "<=",
  limit: 1000,
  during: ["baseline", "fault", "recovery"],
  samplesMin: 1000,
  unit: "ms",
};
const puts: Claim = {
  title: "Every PUT is acknowledged",
  metric: "publish_ms",
  statistic: "share",
  having: { outcome: "acked" },
  comparison: "==",
  limit: 1,
  during: ["fault"],
  samplesMin: 10,
};

function planOf(without: readonly string[], phasesMs: Readonly<Record<Phase, number>>): Plan {
  const place = (region: string, kind: string): Plan["services"][number] => ({
    name: `${region}/${kind}`,
    kind,
    region,
    zone: "1",
  });
  return {
    format: "seawall-plan/2",
    experiment: "origin-storm",
    title: "The origin dies as the audience arrives",
    story:
      "At kick-off the audience grows sixfold within seconds, and one of two live origins " +
      "is killed. The edges collapse viewers’ requests and fail over to the other region; " +
      "nobody who watches live notices, and DVR is what is given up first.",
    tier: "storm",
    target: "live-streaming",
    topology: "quick",
    substrate: "process",
    substrateWhy: "no container engine answered on this machine",
    seed: 4711,
    without,
    reliesOn: ["collapsing", "regionFailover"],
    services: ["region-a", "region-b"].flatMap((region) =>
      ["packager", "origin-publish", "origin-read", "store", "cache", "edge"].map((kind) =>
        place(region, kind),
      ),
    ),
    links: [{ from: "region-a/edge", to: struck, port: "http" }],
    entries: [...edges],
    ...streamRecord({
      event: "final",
      segmentMs: 2000,
      availabilityStartMs: 0,
      renditions: [
        { name: "v1080", kind: "video", bitsPerSecond: 4_000_000 },
        { name: "audio", kind: "audio", bitsPerSecond: 128_000 },
      ],
      segmentPath: "/{event}/{rendition}/{number}.m4s",
      dvrSegments: 30,
    }),
    leadInMs,
    phasesMs,
    load: [
      {
        name: "live",
        workload: "viewer",
        exec: "live",
        lane: "live",
        ratePerSecond: { baseline: 80, fault: 480, recovery: 80 },
        vus: 900,
      },
      {
        name: "dvr",
        workload: "viewer",
        exec: "dvr",
        lane: "dvr",
        ratePerSecond: { baseline: 15, fault: 60, recovery: 15 },
        vus: 120,
      },
    ],
    metrics: everyMetric,
    ...(streaming.harm === undefined ? {} : { harm: streaming.harm }),
    ...(streaming.charts === undefined ? {} : { charts: streaming.charts }),
    trafficClasses: streaming.trafficClasses,
    ...(streaming.askedAlike === undefined ? {} : { askedAlike: streaming.askedAlike }),
    hypothesis: [served, wait, fanIn, puts],
    recovery: {
      title: "Goodput is back within 10 s of the heal, and stays",
      goodput: { metric: "segment_ms" },
      having: { outcome: "served" },
      shareMin: 0.99,
      ofBaselineMin: 0.9,
      withinMs: 10_000,
      windowMs: 2000,
    },
    steps: [
      { atMs: 6000, forMs: phasesMs.fault - 12_000, fault: { kind: "kill", service: struck } },
    ],
    abortWhen: [],
    rerun:
      "./seawall run origin-storm --seed " +
      `4711${without.map((name) => ` --without ${name}`).join("")}`,
  };
}

function eventsOf(plan: Plan): RunEvent[] {
  const start = epochMs,
    load = start + 21_400,
    baseline = load + leadInMs;
  const fault = baseline + plan.phasesMs.baseline,
    recovery = fault + plan.phasesMs.fault,
    drain = recovery + plan.phasesMs.recovery;
  const step = plan.steps[0];
  if (step === undefined) throw new Error("the storm's plan has one step");
  const hit = { step: 0, fault: step.fault };
  const healAt = fault + step.atMs + step.forMs;
  return [
    {
      kind: "started",
      atMs: start,
      runId: "2026-05-14T18-30-00Z-c0ffee",
      versions: {
        seawall: "0.1.0",
        k6: "1.3.0",
        toxiproxy: "2.12.0",
        cassandra: "5.0.4",
        varnish: "7.7.1",
        node: "24.21.0",
      },
      machine: {
        platform: "linux x64",
        cpuModel: "AMD EPYC 7B13",
        cores: 4,
        memoryBytes: 16 * 2 ** 30,
      },
    },
    { kind: "deploying", atMs: start + 40 },
    { kind: "deployed", atMs: load - 300, tookMs: 21_060 },
    { kind: "loadStarted", atMs: load, generator: "k6 1.3.0" },
    { kind: "phase", atMs: load, phase: "leadIn" },
    { kind: "phase", atMs: baseline, phase: "baseline" },
    { kind: "phase", atMs: fault, phase: "fault" },
    { kind: "injecting", atMs: fault + step.atMs, ...hit },
    {
      kind: "injected",
      atMs: fault + step.atMs + 31,
      plannedMs: step.atMs,
      ...hit,
      evidence: {
        landed: true,
        observation: "process 4711 is gone and 127.1.1.14:8080 refuses connections",
      },
    },
    {
      kind: "exited",
      atMs: fault + step.atMs + 32,
      service: struck,
      expected: true,
      detail: "SIGKILL",
    },
    { kind: "healing", atMs: healAt, ...hit },
    {
      kind: "healed",
      atMs: healAt + 840,
      plannedMs: step.atMs + step.forMs,
      ...hit,
      evidence: { landed: true, observation: "127.1.1.14:8080 answers 200 again, as process 4802" },
    },
    { kind: "phase", atMs: recovery, phase: "recovery" },
    { kind: "phase", atMs: drain, phase: "drain" },
    {
      kind: "generator",
      atMs: drain + 1500,
      exitCode: 0,
      signal: null,
      expected: true,
      detail: "k6 ran to its end",
      generatorCpuSeconds: 31.2,
      harnessCpuSeconds: 2.9,
      seconds: (drain + 1500 - load) / 1000,
    },
    { kind: "cleaned", atMs: drain + 3100, status: "clean", left: [], tookMs: 1480 },
    { kind: "finished", atMs: drain + 3110 },
  ];
}

function verdictOf(plan: Plan, runId: string, status: Status): Verdict {
  const refuted = status === "refuted",
    doubtful = status === "inconclusive";
  const finding = (
    claim: Claim,
    phase: Phase,
    observed: number,
    of: Status,
    fact: "within-limit" | "beyond-limit",
    samples: number,
  ): Finding =>
    worded({
      kind: "claim",
      id: findingId("claim", claim),
      subject: "target",
      title: claim.title,
      status: of,
      phase,
      observed,
      comparison: claim.comparison,
      limit: claim.limit as number,
      unit: unitOf(claim),
      samples,
      values: [{ fact }],
    });
  const evidence = <Id extends EvidenceId>(id: Id, ...problems: readonly FactOf<Id>[]): Finding =>
    worded(answer(id, problems, { samples: familyOf(id) === "faults" ? plan.steps.length : 0 }));
  const fine = "within-limit",
    beyond = "beyond-limit";
  const findings = [
    finding(served, "baseline", 1, "held", fine, 3200),
    finding(
      served,
      "fault",
      refuted ? 0.68 : 0.99986,
      refuted ? "refuted" : "held",
      refuted ? beyond : fine,
      28_800,
    ),
    finding(served, "recovery", 1, "held", fine, 3840),
    finding(wait, "baseline", 64.2, "held", fine, 3200),
    finding(
      wait,
      "fault",
      refuted ? 2000 : 312.4,
      refuted ? "refuted" : "held",
      refuted ? beyond : fine,
      28_800,
    ),
    finding(wait, "recovery", 66.1, "held", fine, 3840),
    finding(
      fanIn,
      "fault",
      refuted ? 41.2 : 1.041,
      refuted ? "refuted" : "held",
      refuted ? beyond : fine,
      60,
    ),
    finding(puts, "fault", 1, "held", fine, 60),
    worded({
      kind: "recovery",
      id: "recovery.back",
      subject: "target",
      title: plan.recovery?.title ?? "",
      status: "held",
      phase: "recovery",
      observed: 2000,
      comparison: "<=",
      limit: 10_000,
      unit: "ms",
      samples: 4800,
      values: [{ fact: "back-in-time" }],
    }),
    evidence("record.whole"),
    evidence("faults.landed"),
    evidence("faults.healed"),
    doubtful
      ? evidence("generator.on-time", {
          fact: "late",
          load: "live",
          p99Ms: 812,
          phase: "fault",
          maxMs: 500,
          stolen: null,
        })
      : evidence("generator.on-time"),
    evidence("baseline.steady"),
    evidence("services.alive"),
    evidence("machine.clock"),
  ];
  return {
    format: "seawall-verdict/1",
    runId,
    experiment: plan.experiment,
    without: plan.without,
    seed: plan.seed,
    status,
    why: verdictSentence({
      status,
      findings,
      breaks: plan.steps.length > 0,
      aborted: null,
      failedBefore: () => false,
    }),
    aborted: null,
    cleanup: { status: "clean", left: [] },
    findings,
    rerun: plan.rerun,
  };
}

/** Every source of text attempts to be interpreted as markup or a command. */
export function hostileRun(): Fixture {
  const evil =
    `<img src=x onerror="window.pwned=2"></script><script>window.pwned=1</script>` +
    `<!--"'\`&\u2028\u2029\u202e\u001b[2J\u0007]]>`;
  const { run, verdict } = stormRun({ status: "refuted" });
  const plan: Plan = {
    ...run.plan,
    experiment: evil,
    title: evil,
    story: evil,
    topology: evil,
    target: evil,
    substrateWhy: evil,
    without: [evil],
    reliesOn: [evil],
    rerun: evil,
    hypothesis: run.plan.hypothesis.map((claim) => ({ ...claim, title: evil })),
    load: run.plan.load.map((load) => ({ ...load, name: evil })),
    steps: run.plan.steps.map((step) => ({ ...step, fault: { kind: "kill", service: evil } })),
    services: [...run.plan.services, { name: evil, kind: evil, region: evil, zone: evil }],
    links: [...run.plan.links, { from: evil, to: struck, port: evil }],
  };
  const events = run.events.map((event): RunEvent => {
    if (event.kind === "started")
      return {
        ...event,
        runId: evil,
        versions: { [evil]: evil },
        machine: { ...event.machine, cpuModel: evil },
      };
    if (event.kind === "injected" || event.kind === "healed")
      return {
        ...event,
        fault: { kind: "kill", service: evil },
        evidence: { landed: true, observation: evil },
      };
    return event;
  });
  events.splice(
    -2,
    0,
    { kind: "note", atMs: epochMs, text: evil },
    { kind: "exited", atMs: epochMs, service: evil, expected: false, detail: evil },
  );
  const series = run.series.map((one) => ({
    ...one,
    tags: {
      ...one.tags,
      ...(one.tags["entry"] === edges[0] ? { entry: evil } : {}),
      ...(one.tags["service"] === struck ? { service: evil } : {}),
    },
  }));
  const findings = verdict.findings.map((finding) => ({
    ...finding,
    id: evil,
    subject: evil,
    title: evil,
    why: evil,
    unit: evil,
  }));
  return {
    run: { ...run, id: evil, plan, events, series, damage: [evil] },
    verdict: {
      ...verdict,
      runId: evil,
      experiment: evil,
      why: evil,
      without: [evil],
      rerun: evil,
      findings,
      aborted: { reason: "claim", detail: evil },
      cleanup: { status: "incomplete", left: [evil] },
    },
  };
}
