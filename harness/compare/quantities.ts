/** The quantities of a comparison: every duration, share and rate that both sides recorded. */
import { type Phase, phases } from "../base/phases.ts";
import type { Tags } from "../metrics/tags.ts";
import { windowsOf } from "../judge/windows.ts";
import { k6MetricNames } from "../metrics/k6-metrics.ts";
import { type Metric, metricIn, type Registry } from "../metrics/metrics.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { carries, eachIn, matching, type Window } from "../metrics/series.ts";
import { type Measure, type RunWindows, windowSum } from "./windowed.ts";

export interface Quantity {
  /** "order wait, p99". */
  readonly title: string;
  readonly metric: string;
  readonly where: Tags;
  /** For a share: the tags of the samples that it counts. */
  readonly having: Tags | null;
  readonly measure: Measure;
  readonly unit: string;
  readonly better: "lower" | "higher" | null;
  /** A share is compared in percentage points, anything else in per cent of A. */
  readonly scale: "relative" | "points";
  /**
   * Smaller differences are irrelevant, however certain: 0.05 = 5 per cent, or 0.001 = a tenth of a
   * percentage point.
   */
  readonly floor: number;
  /** Differences below this, in the quantity's own unit, are irrelevant, too. */
  readonly floorAbsolute: number;
  /**
   * The effect on users and publishers, the target's internals, and its resource usage. The first
   * has the largest part of the error rate.
   */
  readonly family: "felt" | "inside" | "resources";
  /** Of the most protected request class, which is shown first. */
  readonly first?: true;
}

const relativeFloor = 0.05;
/** A tenth of a percentage point: the error budget of the claims. */
const shareFloor = 0.001;
const floorMs = 2;

/** The union over all runs: two runs may have different metrics. */
function registryOf(runs: readonly Run[]): Registry {
  return Object.assign({}, ...runs.map(({ plan }) => plan.metrics)) as Registry;
}

function titleOf(metric: string, { title }: Metric): string {
  return title ?? metric.replaceAll("_", " ");
}

/**
 * The metrics of what users see: those that the target's pack declares. Where the runs recorded
 * none, what the scripts of the load measure themselves, and where those measure nothing, each HTTP
 * request. Without this, no gate could compare a target that has no pack.
 */
function metricsOfUsers(registry: Registry, names: readonly string[]): readonly string[] {
  const known = names.flatMap((name) => {
    const metric = metricIn(registry, name);
    return metric === undefined ? [] : [{ name, metric }];
  });
  const levels = [
    known.filter(({ metric }) => metric.felt === true),
    known.filter(({ name, metric }) => isMeasuredByScript(metric) && !k6MetricNames.includes(name)),
    known.filter(({ name }) => name === eachRequest),
  ];
  return levels.find((level) => level.length > 0)?.map(({ name }) => name) ?? [];
}

const eachRequest = "http_req_ms";

/** A wait, or a rate. What else a script counts may be anything. */
const isMeasuredByScript = ({ openTags, source, kind, most }: Metric): boolean =>
  openTags === true && source === "generator" && (kind === "duration" || most === 1);

/** The quantities that every run has, in a fixed order. */
export function quantitiesOf(runs: readonly Run[]): Quantity[] {
  const registry = registryOf(runs);
  const first = runs[0]?.plan.harm?.classes[0]?.lane;
  const names = [
    ...new Set(runs.flatMap((run) => run.series.map((series) => series.metric))),
  ].sort();
  const ofUsers = metricsOfUsers(registry, names);
  const isOfUsers = (metric: string): boolean => ofUsers.includes(metric);
  // Lists of figures keep this order, and what users see comes first in all of them.
  const ordered = [...names.filter(isOfUsers), ...names.filter((name) => !isOfUsers(name))];
  return ordered.flatMap((metric) => {
    const known = metricIn(registry, metric);
    return known === undefined || known.uncompared === true
      ? []
      : groupsOf(metric, known, runs).flatMap((where) =>
          ofGroup(metric, known, where, {
            isFirst: where["lane"] !== undefined && where["lane"] === first,
            isOfUsers: isOfUsers(metric),
          }),
        );
  });
}

function ofGroup(
  metric: string,
  known: Metric,
  where: Tags,
  { isFirst, isOfUsers }: { readonly isFirst: boolean; readonly isOfUsers: boolean },
): Quantity[] {
  const { kind, unit, values, source } = known;
  const group = Object.values(where).join(" ");
  const named = (what: string): string =>
    [group, titleOf(metric, known), what].filter((part) => part !== "").join(" ");
  const base = {
    metric,
    where,
    having: null,
    unit,
    scale: "relative" as const,
    floor: relativeFloor,
    floorAbsolute: 0,
    family: isOfUsers ? ("felt" as const) : ("inside" as const),
    ...(isFirst ? { first: true as const } : {}),
  };
  if (kind === "duration") {
    const good = values?.["outcome"]?.[0];
    return [
      ...[0.5, 0.95, 0.99].map((q) => ({
        ...base,
        title: named(`p${q * 100}`),
        measure: { kind: "quantile", q } as const,
        better: "lower" as const,
        floorAbsolute: floorMs,
      })),
      ...(good === undefined
        ? []
        : [
            {
              ...base,
              title: named(`share ${good}`),
              having: { outcome: good },
              measure: { kind: "share" } as const,
              unit: "",
              better: "higher" as const,
              scale: "points" as const,
              floor: shareFloor,
            },
          ]),
    ];
  }
  const resources = source === "harness";
  if (kind === "increment" || kind === "gauge")
    return [
      {
        ...base,
        title: named(kind === "increment" ? "per second" : "mean"),
        measure: { kind: "mean" },
        better: resources ? "lower" : null,
        ...(resources ? { family: "resources" as const } : {}),
      },
    ];
  // Of a script's own: of a rate the mean is the share of ones.
  if (known.openTags === true && source === "generator")
    return [
      {
        ...base,
        title: named("mean"),
        measure: { kind: "mean" },
        better: null,
        ...(known.most === 1 ? { scale: "points" as const, floor: shareFloor } : {}),
      },
    ];
  return [];
}

/**
 * User-facing figures that only some runs recorded. A missing figure does not count as unchanged.
 */
export function unsharedOf(runs: readonly Run[]): string[] {
  const registry = registryOf(runs);
  const ofUsers = metricsOfUsers(registry, [
    ...new Set(runs.flatMap(({ series }) => series.map(({ metric }) => metric))),
  ]);
  const recorded = (run: Run): Set<string> => {
    const named = run.series.flatMap(({ metric, tags, atMs }) => {
      const known = metricIn(registry, metric);
      if (known === undefined || !ofUsers.includes(metric) || atMs.length === 0) return [];
      const lane = known.tags.includes("lane") ? `${tags["lane"] ?? ""} ` : "";
      return phasesWith(run, atMs).map((phase) => `${lane}${titleOf(metric, known)}, ${phase}`);
    });
    return new Set(named);
  };
  const all = runs.map(recorded);
  const names = new Set(all.flatMap((one) => [...one]));
  return [...names].filter((name) => all.some((one) => !one.has(name))).sort();
}

function phasesWith(run: Run, atMs: Float64Array): Phase[] {
  const windows = windowsOf(run.events);
  return phases.filter((phase) => {
    const window = windows[phase];
    return window !== undefined && atMs.some((ms) => ms >= window.fromMs && ms < window.untilMs);
  });
}

/**
 * Groups by lane for requests, by service for metrics of services, otherwise everything together.
 */
function groupsOf(metric: string, { tags, source }: Metric, runs: readonly Run[]): Tags[] {
  const tag = tags.includes("lane")
    ? "lane"
    : source === "harness" && tags.includes("service")
      ? "service"
      : null;
  if (tag === null)
    return runs.every((run) => run.series.some((series) => series.metric === metric)) ? [{}] : [];
  const valuesOf = (run: Run): Set<string> =>
    new Set(
      run.series
        .filter((series) => series.metric === metric)
        .map((series) => series.tags[tag] ?? ""),
    );
  const [first, ...others] = runs.map(valuesOf);
  return [...(first ?? [])]
    .filter((value) => others.every((other) => other.has(value)))
    .sort()
    .map((value) => ({ [tag]: value }));
}

/** The windows of one run for a quantity; an incomplete window at the end is omitted. */
export function windowsOfQuantity(
  run: Run,
  quantity: Quantity,
  phase: Window,
  windowMs: number,
): RunWindows {
  const count = Math.floor((phase.untilMs - phase.fromMs) / windowMs);
  const slots: number[][] = Array.from({ length: count }, () => []);
  const selected: readonly SeriesData[] = matching(run.series, quantity);
  const { having } = quantity;
  eachIn(
    selected,
    { fromMs: phase.fromMs, untilMs: phase.fromMs + count * windowMs },
    (value, startedMs, tags) => {
      const slot = slots[Math.floor((startedMs - phase.fromMs) / windowMs)];
      slot?.push(having === null ? value : carries(tags, having) ? 1 : 0);
    },
  );
  const rate = metricIn(run.plan.metrics, quantity.metric)?.kind === "increment";
  // The window of a counter is one number, its growth per second, so that the interval of readings
  // does not matter.
  return slots.map((values) =>
    windowSum(
      rate ? [values.reduce((sum, value) => sum + value, 0) / (windowMs / 1_000)] : values,
      quantity.measure,
    ),
  );
}
