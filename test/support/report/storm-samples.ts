/** The samples of a synthetic run. */
import type { Phase } from "../../../harness/base/phases.ts";
import type { Tags } from "../../../harness/metrics/tags.ts";
import { prng } from "../../../harness/base/prng.ts";
import type { Plan } from "../../../harness/record/plan.ts";
import type { SampleKind, SeriesData } from "../../../harness/metrics/samples.ts";

export const epochMs = Date.UTC(2026, 4, 14, 18, 30, 0);
export const edges = ["region-a/edge", "region-b/edge"] as const;
export const struck = "region-a/origin-read";
export const leadInMs = 4_000;

class Recording {
  readonly #samples = new Map<
    string,
    { metric: string; kind: SampleKind; tags: Tags; at: number[]; values: number[] }
  >();

  add(metric: string, kind: SampleKind, tags: Tags, atMs: number, value: number): void {
    const key = [metric, ...Object.values(tags)].join(" ");
    let one = this.#samples.get(key);
    if (one === undefined) {
      one = { metric, kind, tags, at: [], values: [] };
      this.#samples.set(key, one);
    }
    one.at.push(kind === "duration" ? atMs + value : atMs);
    one.values.push(value);
  }

  get series(): SeriesData[] {
    return [...this.#samples.values()].map(({ metric, kind, tags, at, values }) => ({
      metric,
      kind,
      tags,
      atMs: new Float64Array(at),
      values: new Float64Array(values),
    }));
  }
}

const made = new Map<string, readonly SeriesData[]>();

/** Made once: most tests want the same. */
export function seriesOf(
  plan: Plan,
  audience: number,
  uncollapsed: boolean,
): readonly SeriesData[] {
  const { seed, phasesMs, load } = plan;
  const key = JSON.stringify([seed, phasesMs, load, audience, uncollapsed]);
  const known = made.get(key) ?? makeSeries(plan, audience, uncollapsed);
  made.set(key, known);
  return known;
}

/**
 * Samples at segment boundaries, because viewers arrive in groups. Durations are given by their
 * start.
 */
function makeSeries(plan: Plan, audience: number, uncollapsed: boolean): readonly SeriesData[] {
  const random = prng(plan.seed);
  const record = new Recording();
  const baseline = epochMs + 25_400;
  const faultAt = baseline + plan.phasesMs.baseline,
    recoveryAt = faultAt + plan.phasesMs.fault,
    end = recoveryAt + plan.phasesMs.recovery;
  const down = { fromMs: faultAt + 6000, untilMs: recoveryAt - 6000 };
  for (let at = baseline - leadInMs; at < end; at += 2000) {
    const phase: Phase = at < faultAt ? "baseline" : at < recoveryAt ? "fault" : "recovery";
    const broken = at >= down.fromMs && at < down.untilMs;
    for (const { lane, ratePerSecond } of plan.load)
      viewers(record, random, {
        at,
        lane,
        asked: Math.ceil(ratePerSecond[phase] * 2 * audience),
        broken,
        storm: phase === "fault",
        uncollapsed,
      });
    for (const edge of edges) {
      const asked = uncollapsed ? (plan.load[0]?.ratePerSecond[phase] ?? 0) : 2;
      record.add(
        "origin_gets",
        "increment",
        { lane: "live", entry: edge, origin: broken || edge === edges[1] ? "b" : "a" },
        at + 1000,
        asked + Math.round(random()),
      );
      for (let second = 0; second < 2; second++)
        record.add(
          "canary_ms",
          "duration",
          { entry: edge, outcome: "served" },
          at + second * 1000 + 400,
          6 + random() * 9 + (broken ? 14 : 0),
        );
    }
    for (const pipeline of ["a", "b"])
      for (const rendition of ["v1080", "audio"])
        record.add(
          "publish_ms",
          "duration",
          { pipeline, rendition, outcome: "acked" },
          at + 30,
          22 + random() * 40 + (phase === "fault" ? 18 : 0),
        );
    resources(record, random, plan, at, phase === "fault", broken);
  }
  return record.series;
}

interface Bunch {
  readonly at: number;
  readonly lane: string;
  readonly asked: number;
  readonly broken: boolean;
  readonly storm: boolean;
  readonly uncollapsed: boolean;
}

function viewers(
  record: Recording,
  random: () => number,
  { at, lane, asked, broken, storm, uncollapsed }: Bunch,
): void {
  for (let i = 0; i < asked; i++) {
    const edge = edges[i % 2] as string;
    const start = at + 100 + random() * 700;
    const tail = random() ** 6;
    const shed = lane === "dvr" && storm && random() < (broken ? 0.42 : 0.08);
    const bad = lane === "live" && uncollapsed && storm && random() < 0.31;
    const slow = lane === "live" && broken && random() < 0.0004;
    const outcome = shed
      ? "shed"
      : bad
        ? random() < 0.6
          ? "lost"
          : "late"
        : slow
          ? "late"
          : "served";
    const value = shed
      ? 3 + random() * 2
      : outcome === "lost"
        ? 2000
        : 9 + random() * 14 + tail * (broken ? 420 : storm ? 160 : 60) + (bad ? 900 : 0);
    record.add(
      "segment_ms",
      "duration",
      { lane, outcome, entry: edge, rendition: "v1080" },
      start,
      value,
    );
    record.add(
      "http_req_ms",
      "duration",
      { lane, status: shed ? "503" : outcome === "lost" ? "0" : "200", entry: edge },
      start,
      value,
    );
    if (i % 8 === 0)
      record.add("start_late_ms", "duration", { lane }, start, random() * 3 + tail * 9);
  }
}

function resources(
  record: Recording,
  random: () => number,
  plan: Plan,
  at: number,
  storm: boolean,
  broken: boolean,
): void {
  const busy: Readonly<Record<string, number>> = {
    packager: 0.06,
    "origin-publish": 0.08,
    "origin-read": 0.12,
    store: 0.34,
    cache: 0.03,
    edge: 0.16,
  };
  for (const service of [
    ...plan.services,
    { name: "k6", kind: "k6" },
    { name: "seawall", kind: "seawall" },
  ]) {
    if (broken && service.name === struck) continue;
    const cores = { k6: 0.35, seawall: 0.05 }[service.kind] ?? busy[service.kind] ?? 0.05;
    record.add(
      "cpu_seconds",
      "increment",
      { service: service.name },
      at + 900,
      2 * cores * (storm && service.kind !== "store" ? 2.1 : 1) * (0.85 + random() * 0.3),
    );
    record.add(
      "resident_bytes",
      "gauge",
      { service: service.name },
      at + 900,
      (service.kind === "store" ? 700 : 60) * 2 ** 20 * (1 + random() * 0.05),
    );
  }
}
