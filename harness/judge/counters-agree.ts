/** Compares the answers that entries count themselves with those that the generator reports. */
import { metricIn } from "../metrics/metrics.ts";
import type { FactOf } from "../record/facts.ts";
import type { Judged } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { countIn, matching, valuesIn, type Window } from "../metrics/series.ts";
import { sum } from "../base/statistics.ts";
import { entryTag, type Tags } from "../metrics/tags.ts";
import { answer } from "./answer.ts";
import type { Windows } from "./windows.ts";

/**
 * Least growth of the counters, as a fraction of the answers that the generator reports, minus some
 * requests. Honest counters include every client, such as the prober. A request in progress at a
 * phase boundary is counted in the other phase.
 */
const shareMin = 0.9,
  slack = 20;
/** Counters are read every 2 s, and at each phase boundary. */
const readingMs = 2_500;

type Counted = FactOf<"witnesses.counters">;

export function countersAgree(run: Run, windows: Windows): Judged {
  const problems: Counted[] = [];
  const compared: Pair[] = [];
  for (const pair of [...servedPairs(run), ...askedPairs(run)]) {
    const { metric, source } = pair;
    for (const [phase, window] of Object.entries(windows)) {
      const seen = compare(run, pair, window);
      if (seen !== null && !compared.includes(pair)) compared.push(pair);
      if (seen?.isApart === true)
        problems.push({
          fact: "apart",
          phase,
          metric,
          source,
          answers: seen.answers,
          counted: seen.counted,
        });
    }
  }
  const remarks = compared.map(
    ({ metric, source }): Counted => ({ fact: "agrees", metric, source }),
  );
  return answer("witnesses.counters", problems, {
    samples: compared.length,
    remarks: remarks.length === 0 ? [{ fact: "nothing-compared" }] : remarks,
  });
}

/** Counters of some services, and the generator's answers from the same services. */
interface Pair {
  /** The counter's metric, and the services that it belongs to. */
  readonly metric: string;
  readonly source: string;
  readonly services: readonly string[];
  readonly counters: readonly SeriesData[];
  readonly answers: readonly SeriesData[];
}

/** The number of answers that each entry, and each group of other entries, reports. */
function servedPairs(run: Run): Pair[] {
  const { entries, otherEntries = {} } = run.plan;
  const counters = run.series.filter(
    ({ metric, tags }) =>
      isCounter(run, metric) && tags["outcome"] === "served" && tags["lane"] !== undefined,
  );
  return [...Map.groupBy(counters, ({ metric }) => metric)].flatMap(([metric, own]) => [
    ...entries.map((entry) => ({
      metric,
      source: entry,
      services: [entry],
      counters: own.filter(({ tags }) => tags["service"] === entry),
      answers: answered(run, { [entryTag]: entry }, succeeded),
    })),
    ...Object.entries(otherEntries).flatMap(([group, services]) =>
      [...Map.groupBy(own, ({ tags }) => tags["lane"] ?? "")].map(([lane, ofLane]) => ({
        metric,
        source: `the ${group} (${lane})`,
        services,
        counters: ofLane.filter(({ tags }) => services.includes(tags["service"] ?? "")),
        answers: answered(run, { lane }, succeeded),
      })),
    ),
  ]);
}

/** The number of requests that entries report. */
function askedPairs(run: Run): Pair[] {
  const counters = run.series.filter(
    ({ metric }) => metricIn(run.plan.metrics, metric)?.countsAsked === true,
  );
  return run.plan.entries.map((entry) => {
    const own = counters.filter(({ tags }) => tags[entryTag] === entry);
    return {
      metric: own[0]?.metric ?? "",
      source: entry,
      services: [entry],
      counters: own,
      answers: answered(run, { [entryTag]: entry }, any),
    };
  });
}

/** A service's counter by class and outcome. */
function isCounter({ plan }: Run, metric: string): boolean {
  const known = metricIn(plan.metrics, metric);
  return (
    known?.source === "service" &&
    known.countsRequests === true &&
    known.tags.includes("lane") &&
    known.tags.includes("outcome")
  );
}

const succeeded = /^2\d\d$/;
/** Status 0: no answer arrived. */
const any = /^[1-5]\d\d$/;

function answered(run: Run, where: Tags, status: RegExp): readonly SeriesData[] {
  return matching(run.series, { metric: "http_req_ms", where }).filter(({ tags }) =>
    status.test(tags["status"] ?? ""),
  );
}

/**
 * Null if there is nothing to compare: no such counter or requests, or a service that died and lost
 * its counts since the last reading.
 */
function compare(
  run: Run,
  { services, counters, answers }: Pair,
  { fromMs, untilMs }: Window,
): { readonly isApart: boolean; readonly answers: number; readonly counted: number } | null {
  const wide = { fromMs: fromMs - readingMs, untilMs: untilMs + readingMs };
  const died = run.events.some(
    (event) =>
      event.kind === "exited" &&
      services.includes(event.service) &&
      event.atMs >= wide.fromMs &&
      event.atMs < wide.untilMs,
  );
  const got = countIn(answers, { fromMs, untilMs });
  if (counters.length === 0 || got === 0 || died) return null;
  const counted = sum(valuesIn(counters, wide));
  return { isApart: counted < shareMin * got - slack, answers: got, counted: Math.round(counted) };
}
