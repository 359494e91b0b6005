/**
 * Everything that a report shows, as plain bounded data: a pure function of a run and its verdict.
 */
import { isPhase, type Phase } from "../base/phases.ts";
import type { Run } from "../record/run.ts";
import { subjectOf } from "../record/subject.ts";
import type { SubstrateName } from "../record/substrates.ts";
import type { Verdict } from "../record/verdict.ts";
import { gridOf, windowsOf } from "./buckets.ts";
import { type Chart, draw, isEmpty } from "./chart.ts";
import { chartSpecs } from "./charts.ts";
import { type ClaimRow, claimRows } from "./claim-rows.ts";
import { type Deciding, decidingOf } from "./deciding.ts";
import { environmentOf, type Fact } from "./environment.ts";
import { type PhaseImpact, userImpactOf } from "./user-impact.ts";
import { type LogLine, logOf } from "./log.ts";
import { generatorHealth, type HealthRow } from "./generator-health.ts";
import { type Mark, marksOf } from "./marks.ts";
import { clip } from "./plain.ts";
import { type TargetMap, targetMaps } from "./target-map.ts";
import { type FaultBand, type PhaseBand, timelineOf } from "./timeline.ts";
import { rhythmMsOf } from "../target/rhythm.ts";

export interface ReportModel {
  readonly format: "seawall-report/1";
  readonly runId: string;
  readonly experiment: string;
  readonly title: string;
  readonly story: string;
  readonly tier: string;
  readonly substrate: SubstrateName;
  readonly target: string;
  readonly topology: string;
  /** What was tested, as its user knows it; null where nothing was said. */
  readonly subject: string | null;
  readonly status: Verdict["status"];
  readonly why: string;
  /** Defences that were switched off: the run is a control, which must be refuted. */
  readonly without: readonly string[];
  readonly aborted: Verdict["aborted"];
  readonly cleanup: Verdict["cleanup"];
  /** Circumstances that a reader must know, such as `--force`. */
  readonly notes: readonly string[];
  readonly damage: readonly string[];
  /** What a complete run would contain and this one lacks, in sentences. */
  readonly lacking: readonly string[];
  /** Metrics of charts for which the record has no samples. */
  readonly uncharted: readonly string[];
  /** Epoch ms; null if not even the start was recorded. */
  readonly startedAtMs: number | null;
  readonly axis: {
    readonly fromMs: number;
    readonly untilMs: number;
    readonly firstBucketMs: number;
    readonly bucketMs: number;
    readonly buckets: number;
  };
  readonly phases: readonly PhaseBand[];
  /** The names of the columns of `ChartLine.byPhase`. */
  readonly judgedPhases: readonly Phase[];
  readonly faults: readonly FaultBand[];
  readonly marks: readonly Mark[];
  readonly maps: readonly TargetMap[];
  readonly impact: readonly PhaseImpact[];
  /** What the pack calls the effect on its users. */
  readonly effectsTitle: string;
  /** The claim that decided, for the first screen. */
  readonly deciding: Deciding | null;
  readonly claims: readonly ClaimRow[];
  readonly evidence: readonly ClaimRow[];
  readonly generator: readonly HealthRow[];
  readonly charts: readonly Chart[];
  readonly log: readonly LogLine[];
  readonly environment: readonly Fact[];
  readonly rerun: string;
}

export function reportModel(run: Run, verdict: Verdict): ReportModel {
  const { plan } = run;
  const timeline = timelineOf(run);
  const { zeroMs, fromMs, untilMs, phases, faults } = timeline;
  const grid = gridOf(zeroMs, zeroMs + fromMs, zeroMs + untilMs, rhythmMsOf(plan));
  const judged = phases.filter((band) => isPhase(band.phase));
  const inPhases = windowsOf(
    judged.map((band) => ({ fromMs: band.fromMs + zeroMs, untilMs: band.untilMs + zeroMs })),
  );
  const specs = chartSpecs(run);
  const rows = claimRows(verdict);
  const subject = subjectOf(plan);
  return {
    format: "seawall-report/1",
    runId: clip(run.id),
    experiment: clip(plan.experiment),
    title: clip(plan.title),
    story: clip(plan.story, 1200),
    tier: plan.tier,
    substrate: plan.substrate,
    target: clip(plan.target),
    topology: clip(plan.topology),
    subject: subject === null ? null : clip(subject, 160),
    status: verdict.status,
    why: clip(verdict.why, 600),
    without: verdict.without.map((name) => clip(name)),
    aborted:
      verdict.aborted === null
        ? null
        : { ...verdict.aborted, detail: clip(verdict.aborted.detail) },
    cleanup: {
      status: verdict.cleanup.status,
      left: verdict.cleanup.left.slice(0, 50).map((text) => clip(text)),
    },
    notes: (plan.notes ?? []).slice(0, 20).map((text) => clip(text)),
    damage: run.damage.slice(0, 50).map((text) => clip(text)),
    uncharted: [
      ...new Set(
        chartSpecs(run)
          .filter(isEmpty)
          .flatMap(({ needs }) => needs ?? []),
      ),
    ],
    lacking: lacking(
      run,
      timeline.faultsMissing,
      judged.map((band) => band.phase),
    ),
    startedAtMs:
      run.events.find((event) => event.kind === "started")?.atMs ?? run.events[0]?.atMs ?? null,
    axis: {
      fromMs,
      untilMs,
      firstBucketMs: grid.firstMs - zeroMs,
      bucketMs: grid.widthMs,
      buckets: grid.count,
    },
    phases,
    judgedPhases: judged.map((band) => band.phase as Phase),
    faults,
    marks: marksOf(run, timeline),
    maps: targetMaps(run, zeroMs, faults),
    impact: userImpactOf(run, timeline, grid),
    effectsTitle: clip(run.plan.harm?.effects?.title ?? "", 60),
    deciding: decidingOf(run, verdict, timeline),
    claims: rows.filter((row) => row.kind !== "evidence"),
    evidence: rows.filter((row) => row.kind === "evidence"),
    generator: generatorHealth(run, inPhases),
    charts: specs.filter((spec) => !isEmpty(spec)).map((spec) => draw(spec, grid, inPhases)),
    log: logOf(run, zeroMs),
    environment: environmentOf(run),
    rerun: clip(verdict.rerun, 2000),
  };
}

function lacking(
  run: Run,
  faultsMissing: readonly string[],
  phasesSeen: readonly string[],
): string[] {
  const planned = Object.entries(run.plan.phasesMs)
    .filter(([, ms]) => ms > 0)
    .map(([phase]) => phase);
  const unseen = planned.filter((phase) => !phasesSeen.includes(phase));
  const ended = run.events.some((event) => event.kind === "finished");
  return [
    ...(run.series.every((series) => series.values.length === 0)
      ? ["The record has no samples: it says nothing about what users got."]
      : []),
    ...(unseen.length === 0 ? [] : [`Not reached: ${unseen.join(", ")}.`]),
    ...faultsMissing.slice(0, 20).map((label) => `Planned, never injected: ${clip(label, 120)}.`),
    ...(ended ? [] : ["The record has no end: the run was cut short or is still running."]),
  ];
}
