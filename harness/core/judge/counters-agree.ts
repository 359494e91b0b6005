/** Where edges or gateways count themselves what they answered, that is compared with what the generator says it was answered. */
import { metricIn } from "../metrics.ts";
import type { Finding, Run, SeriesData } from "../run.ts";
import { countIn, matching, valuesIn, type Window } from "../series.ts";
import { sum } from "../statistics.ts";
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
  const { edges, gateways = [] } = run.plan;
  const problems: string[] = [];
  const compared = new Set<string>();
  const counters = run.series.filter(
    ({ metric, tags }) =>
      isCounter(run, metric) && tags["outcome"] === "served" && tags["lane"] !== undefined,
  );
  for (const metric of new Set(counters.map((one) => one.metric))) {
    const of = counters.filter((one) => one.metric === metric);
    for (const [phase, window] of Object.entries(windows)) {
      for (const edge of edges) {
        const said = compare(
          run,
          `${edge}'s ${metric}`,
          of.filter(({ tags }) => tags["service"] === edge),
          succeeded(run, { edge }),
          [edge],
          window,
        );
        if (said !== null) compared.add(`${edge}'s ${metric}`);
        if (said?.problem != null) problems.push(`${phase}: ${said.problem}`);
      }
      for (const lane of new Set(of.map(({ tags }) => tags["lane"] ?? ""))) {
        const own = of.filter(
          ({ tags }) => tags["lane"] === lane && gateways.includes(tags["service"] ?? ""),
        );
        const said = compare(
          run,
          `the gateways' ${metric} of ${lane}`,
          own,
          succeeded(run, { lane }),
          gateways,
          window,
        );
        if (said !== null) compared.add(`the gateways' ${metric} of ${lane}`);
        if (said?.problem != null) problems.push(`${phase}: ${said.problem}`);
      }
    }
  }
  const askedOf = run.series.filter(
    ({ metric }) => metricIn(run.plan.metrics, metric)?.countsAsked === true,
  );
  for (const edge of edges) {
    const asked = askedOf.filter(({ tags }) => tags["edge"] === edge);
    const answered = matching(run.series, { metric: "http_req_ms", where: { edge } }).filter(
      ({ tags }) => /^[1-5]\d\d$/.test(tags["status"] ?? ""),
    );
    for (const [phase, window] of Object.entries(windows)) {
      const said = compare(run, `what ${edge} says it was asked`, asked, answered, [edge], window);
      if (said !== null) compared.add(`what ${edge} says it was asked`);
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

function succeeded(run: Run, where: Readonly<Record<string, string>>): readonly SeriesData[] {
  return matching(run.series, { metric: "http_req_ms", where }).filter(({ tags }) =>
    /^2\d\d$/.test(tags["status"] ?? ""),
  );
}

/** Null when there is nothing to compare: no such counter, no such requests, or a service that died and forgot what it had counted since its last reading. */
function compare(
  run: Run,
  name: string,
  counters: readonly SeriesData[],
  answers: readonly SeriesData[],
  services: readonly string[],
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
