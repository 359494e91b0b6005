/**
 * A service whose metrics are constant while it works reports an earlier state. Metrics of an idle
 * service are constant, too, so another witness must have seen it work.
 */
import { entryTag } from "../metrics/tags.ts";
import { metricIn, sourceIn } from "../metrics/metrics.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { countIn, matching, valuesIn, type Window } from "../metrics/series.ts";
import { sum } from "../base/statistics.ts";
import type { FactOf } from "../record/facts.ts";
import { selectorsJudged } from "../record/metrics-asked.ts";
import type { Run } from "../record/run.ts";
import type { Judged } from "../record/verdict.ts";
import { linkName } from "../target/where.ts";
import { answer } from "./answer.ts";
import { spanOf } from "./gaps.ts";
import { readingGapMaxMs } from "./readings.ts";
import type { Windows } from "./windows.ts";

/** A value that changes every ten seconds shows its change at most one reading later. */
const stillMaxMs = readingGapMaxMs + 2_500;
/** Readings further apart than this say nothing about the time between them. */
const apartMaxMs = 5_000;
/**
 * The evidence that a service worked: this many answers, or bytes in addition to those of its
 * readings.
 */
const answersMin = 50,
  linkBytesMin = 100_000,
  ownBytesMin = 1_000_000;
/** A request counter grows by at least this fraction of them, whatever else it omits. */
const countedShare = 0.5;

type Frozen = FactOf<"target.metrics">;
type Work = Pick<FactOf<"target.metrics"> & { readonly fact: "frozen" }, "amount" | "seen">;
/**
 * A moment at which a service was read, and whether anything had changed since the previous
 * reading.
 */
interface Look {
  readonly atMs: number;
  readonly changed: boolean;
}

export function metricsMove(run: Run, windows: Windows): Judged {
  const span = spanOf(windows);
  const services = span === null ? [] : run.plan.services.map(({ name }) => name);
  const problems = services.flatMap((service): Frozen[] => {
    const own = run.series.filter(
      ({ metric, tags, kind }) =>
        tags["service"] === service &&
        sourceIn(run.plan.metrics, metric) === "service" &&
        metricIn(run.plan.metrics, metric)?.mayStay !== true &&
        (kind === "increment" || kind === "gauge"),
    );
    const still = stillOf(run, service, own, span as Window);
    if (still !== null) return [{ fact: "frozen", service, ...still }];
    return stoppedOf(run, service, own, span as Window);
  });
  return answer("target.metrics", problems, { samples: services.length });
}

/** The longest time without any change in a service's metrics although it worked. */
function stillOf(
  run: Run,
  service: string,
  own: readonly SeriesData[],
  span: Window,
): (Work & { readonly forMs: number }) | null {
  const noted = matching(run.series, { metric: "exposition_changed", where: { service } });
  // Older records contain only the requested series.
  const looks = looksIn(noted.length === 0 ? own : noted, span);
  const everChanged = looks.some(({ changed }) => changed);
  // Some services have no metric that changes; this is unknown if no claim rests on one.
  if (!everChanged && !isClaimed(run, own)) return null;
  for (const stretch of stretchesOf(looks)) {
    const work = workOf(run, service, stretch);
    if (work !== null) return { ...work, forMs: stretch.untilMs - stretch.fromMs };
  }
  return null;
}

/** The growth of a counter, a new value of a gauge, or a recorded change. */
function looksIn(series: readonly SeriesData[], { fromMs, untilMs }: Window): Look[] {
  const changes = new Map<number, boolean>();
  for (const { metric, kind, atMs, values } of series)
    atMs.forEach((at, index) => {
      if (at < fromMs || at >= untilMs) return;
      const value = values[index] as number;
      const changed =
        kind === "increment" || metric === "exposition_changed"
          ? value !== 0
          : index > 0 && value !== values[index - 1];
      changes.set(at, (changes.get(at) ?? false) || changed);
    });
  return [...changes].map(([atMs, changed]) => ({ atMs, changed })).sort((a, b) => a.atMs - b.atMs);
}

/** Long enough: from the last observed change to the last reading without one. */
function stretchesOf(looks: readonly Look[]): Window[] {
  const all: Window[] = [];
  let fromMs: number | null = null;
  for (const [index, { atMs, changed }] of looks.entries()) {
    const before = looks[index - 1]?.atMs ?? Number.NEGATIVE_INFINITY;
    if (changed || fromMs === null || atMs - before > apartMaxMs) fromMs = atMs;
    else {
      if (all.at(-1)?.fromMs === fromMs) all.pop();
      if (atMs - fromMs > stillMaxMs) all.push({ fromMs, untilMs: atMs });
    }
  }
  return all;
}

/** The observed work of a service; null if it may have been idle. */
function workOf(run: Run, service: string, window: Window): Work | null {
  const answers = countIn(answersOf(run, service), window);
  if (answers >= answersMin) return { amount: answers, seen: "answers" };
  const links = run.plan.links.filter(({ to }) => to === service).map(linkName);
  const grown = (metric: string, where: Readonly<Record<string, string>>): number =>
    sum(valuesIn(matching(run.series, { metric, where }), window));
  const carried = sum(links.map((link) => grown("link_bytes", { link })));
  if (carried >= linkBytesMin) return { amount: carried, seen: "linkBytes" };
  const moved = grown("io_bytes", { service });
  return moved >= ownBytesMin ? { amount: moved, seen: "ownBytes" } : null;
}

function answersOf(run: Run, service: string): readonly SeriesData[] {
  const where = { [entryTag]: service };
  return [
    ...matching(run.series, { metric: "http_req_ms", where }).filter(({ tags }) =>
      /^2\d\d$/.test(tags["status"] ?? ""),
    ),
    ...matching(run.series, { metric: "canary_ms", where: { ...where, outcome: "served" } }),
  ];
}

function isClaimed({ plan }: Run, own: readonly SeriesData[]): boolean {
  const asked = selectorsJudged(plan);
  return own.some(({ metric, tags }) =>
    asked.some(
      ({ metric: wanted, where = {} }) =>
        wanted === metric &&
        (where["service"] === undefined || where["service"] === tags["service"]),
    ),
  );
}

/**
 * A counter that grew with its service's answers, and then stopped: the service no longer reports
 * its requests. Unless another of its counters continues where this one stops.
 */
function stoppedOf(run: Run, service: string, own: readonly SeriesData[], span: Window): Frozen[] {
  const answers = answersOf(run, service);
  if (answers.length === 0) return [];
  const counters = [
    ...Map.groupBy(
      own.filter(({ kind }) => kind === "increment"),
      ({ metric }) => metric,
    ),
  ];
  const growth = (series: readonly SeriesData[], window: Window): number =>
    sum(valuesIn(series, window));
  return counters.flatMap(([metric, series]): Frozen[] => {
    const stretch = stretchesOf(looksIn(series, span)).find(
      (one) => countIn(answers, one) >= answersMin,
    );
    if (stretch === undefined) return [];
    const served = countIn(answers, stretch);
    const around = countIn(answers, span) - served;
    if (around < answersMin || growth(series, span) < countedShare * around) return [];
    const goesOn = counters.some(([, other]) => growth(other, stretch) >= countedShare * served);
    if (goesOn) return [];
    const forMs = stretch.untilMs - stretch.fromMs;
    return [{ fact: "stopped", source: service, metric, forMs, answers: served }];
  });
}
