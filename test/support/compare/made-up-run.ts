/** Made-up runs with known truth. Their latencies drift slowly, as those of real machines do. */
import { prng } from "../../../harness/base/prng.ts";
import type { Run } from "../../../harness/record/run.ts";
import type { RunEvent } from "../../../harness/record/events.ts";
import type { SeriesData } from "../../../harness/metrics/samples.ts";
import { heldPlan, phaseMs, zeroMs } from "../judge/held-run.ts";

export interface MadeUp {
  readonly seed: number;
  /** A factor for the live lane's latency in all phases. */
  readonly slower?: number;
  /** The drift between windows of one run, as a fraction; 0.06. */
  readonly drift?: number;
  /** The variation between runs, as a fraction; 0. */
  readonly runToRun?: number;
  readonly phaseMs?: number;
  /** A factor for a window's latency, the same in every run; 1. */
  readonly course?: (window: number) => number;
  /** The correlation of neighbouring windows, 0…1. */
  readonly likeness?: number;
}

const segmentMs = 2_000;

export function madeUpRun({
  seed,
  slower = 1,
  drift = 0.06,
  runToRun = 0,
  phaseMs: each = phaseMs,
  likeness = 0.6,
  course = () => 1,
}: MadeUp): Run {
  const random = prng(seed);
  const gauss = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const plan = heldPlan();
  const ofRun = Math.exp(runToRun * gauss());
  let state = gauss();
  const levels = Array.from({ length: (3 * each) / segmentMs }, () => {
    state = likeness * state + Math.sqrt(1 - likeness ** 2) * gauss();
    return ofRun * Math.exp(drift * state);
  });
  const requests = (
    lane: string,
    perWindow: number,
    medianMs: number,
    spread: number,
  ): SeriesData[] => {
    const atMs: number[] = [],
      values: number[] = [];
    levels.forEach((level, window) => {
      for (let i = 0; i < perWindow; i++) {
        const value =
          medianMs *
          level *
          course(window) *
          (lane === "live" ? slower : 1) *
          Math.exp(spread * gauss());
        values.push(value);
        atMs.push(zeroMs + window * segmentMs + random() * segmentMs + value);
      }
    });
    return [
      {
        metric: "segment_ms",
        kind: "duration",
        tags: { lane, outcome: "served", entry: "region-a/edge", rendition: "v720" },
        atMs: Float64Array.from(atMs),
        values: Float64Array.from(values),
      },
    ];
  };
  const counter: SeriesData = {
    metric: "origin_gets",
    kind: "increment",
    tags: { lane: "live", entry: "region-a/edge", origin: "region-a" },
    atMs: Float64Array.from(levels, (_, window) => zeroMs + window * segmentMs + 1_000),
    values: Float64Array.from(levels, () => 6 + Math.round(random())),
  };
  const phase = (name: "baseline" | "fault" | "recovery" | "drain", index: number): RunEvent => ({
    kind: "phase",
    phase: name,
    atMs: zeroMs + index * each,
  });
  return {
    directory: "/nowhere",
    id: `made-up-${seed}`,
    plan: { ...plan, seed, phasesMs: { baseline: each, fault: each, recovery: each } },
    damage: [],
    events: [
      phase("baseline", 0),
      phase("fault", 1),
      phase("recovery", 2),
      phase("drain", 3),
      { kind: "finished", atMs: zeroMs + 3 * each },
    ],
    series: [...requests("live", 60, 40, 0.4), ...requests("dvr", 15, 60, 0.5), counter],
  };
}
