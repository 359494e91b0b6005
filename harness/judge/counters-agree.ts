/** Where edges or gateways count themselves what they answered, that is compared with what the generator says it was answered. */
import { metricIn } from "../metrics/metrics.ts";
import type { Finding } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { countIn, matching, valuesIn, type Window } from "../metrics/series.ts";
import { sum } from "../base/statistics.ts";
import type { Tags } from "../metrics/tags.ts";
import { answer } from "./answer.ts";
import type { Windows } from "./windows.ts";

const countersAgreeTitle = "The generator and the target's own counters agree";

/**
 * What the counters must have grown by, as a share of the answers that the generator says it got, less some requests. Honest counters count
 * everybody, the prober too; what was under way at a phase's border is counted on its other side.
 */
const shareMin = 0.9,
  slack = 20;
/** Counters are read every 2 s, and at each phase's border. */
const readingMs = 2_500;

export function countersAgree(run: Run, windows: Windows): Finding {
  const problems: string[] = [];
  const compared = new Set<string>();
  for (const pair of [...servedPairs(run), ...askedPairs(run)]) {
    for (const [phase, window] of Object.entries(windows)) {
      const said = compare(run, pair, window);
      if (said !== null) compared.add(pair.name);
      if (said?.problem != null) problems.push(`${phase}: ${said.problem}`);
    }
  }
  const said =
    compared.size === 0
      ? "what viewers ask counts nothing by itself, so nothing was compared"
      : `compared with ${[...compared].join(", ")}`;
  return answer(
    "witnesses.counters",
    countersAgreeTitle,
    problems.length === 0 ? null : problems.join("; "),
    compared.size,
    undefined,
    said,
  );
}

/** Counters of some services, and the answers that the generator got of the same. */
interface Pair {
  /** The counters, for people. */
  readonly name: string;
  readonly services: readonly string[];
  readonly counters: readonly SeriesData[];
  readonly answers: readonly SeriesData[];
}

/** What edges, and gateways together, say that they served. */
function servedPairs(run: Run): Pair[] {
  const { edges, gateways = [] } = run.plan;
  const counters = run.series.filter(
    ({ metric, tags }) =>
      isCounter(run, metric) && tags["outcome"] === "served" && tags["lane"] !== undefined,
  );
  return [...Map.groupBy(counters, ({ metric }) => metric)].flatMap(([metric, own]) => [
    ...edges.map((edge) => ({
      name: `${edge}'s ${metric}`,
      services: [edge],
      counters: own.filter(({ tags }) => tags["service"] === edge),
      answers: answered(run, { edge }, succeeded),
    })),
    ...[...Map.groupBy(own, ({ tags }) => tags["lane"] ?? "")].map(([lane, ofLane]) => ({
      name: `the gateways' ${metric} of ${lane}`,
      services: gateways,
      counters: ofLane.filter(({ tags }) => gateways.includes(tags["service"] ?? "")),
      answers: answered(run, { lane }, succeeded),
    })),
  ]);
}

/** What edges say that they were asked. */
function askedPairs(run: Run): Pair[] {
  const counters = run.series.filter(
    ({ metric }) => metricIn(run.plan.metrics, metric)?.countsAsked === true,
  );
  return run.plan.edges.map((edge) => ({
    name: `what ${edge} says it was asked`,
    services: [edge],
    counters: counters.filter(({ tags }) => tags["edge"] === edge),
    answers: answered(run, { edge }, any),
  }));
}

/** What a service counts by class and outcome. */
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
/** Status 0: no answer came. */
const any = /^[1-5]\d\d$/;

function answered(run: Run, where: Tags, status: RegExp): readonly SeriesData[] {
  return matching(run.series, { metric: "http_req_ms", where }).filter(({ tags }) =>
    status.test(tags["status"] ?? ""),
  );
}

/** Null when there is nothing to compare: no such counter, no such requests, or a service that died and forgot what it had counted since its last reading. */
function compare(
  run: Run,
  { name, services, counters, answers }: Pair,
  { fromMs, untilMs }: Window,
): { readonly problem: string | null } | null {
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
  return {
    problem:
      counted < shareMin * got - slack
        ? `the generator got ${got} answers, and ${name} grew by ${Math.round(counted)}`
        : null,
  };
}
