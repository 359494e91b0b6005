/**
 * A fault on services affects the target only if one of them is in use before it, or is declared a
 * standby. The loss of an unused service shows nothing.
 */
import { entryTag } from "../metrics/tags.ts";
import { sum } from "../base/statistics.ts";
import type { Use } from "../target/fault.ts";
import { sourceIn } from "../metrics/metrics.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { countIn, matching, valuesIn, type Window } from "../metrics/series.ts";
import type { FactOf } from "../record/facts.ts";
import type { Run } from "../record/run.ts";
import { struckBy } from "../record/struck.ts";
import { counterGrowth, type Growth, linkGrowth } from "./beyond-checks.ts";
import type { Windows } from "./windows.ts";

/** The service may count each reading by the harness as one request and one answer. */
const countedPerReading = 2;

export function useProblem(
  run: Run,
  fault: string,
  index: number,
  windows: Windows,
): FactOf<"faults.use"> | null {
  const { use = [] } = struckBy(run.plan, index);
  const injecting = run.events.find((event) => event.kind === "injecting" && event.step === index);
  const { baseline } = windows;
  // Another rule reports a fault that was never injected, or a missing baseline.
  if (use.length === 0 || injecting === undefined || baseline === undefined) return null;
  const before: Window = { fromMs: baseline.fromMs, untilMs: injecting.atMs };
  const growth = use.map((one) => (one.standby === true ? "use" : growthOf(run, one, before)));
  if (growth.includes("use")) return null;
  const [first] = use as readonly [Use, ...Use[]];
  const { links, isEntry, counters, bytes } = first;
  return {
    fact: growth.includes("checks") ? "only-checks" : "unused",
    fault,
    service: first.service,
    others: use.length - 1,
    checked: [
      ...(links.length > 0 ? (["links"] as const) : []),
      ...(isEntry ? (["requests"] as const) : []),
      ...(counters.length > 0 ? (["counters"] as const) : []),
      ...(bytes ? (["bytes"] as const) : []),
    ],
  };
}

/** The strongest evidence of its use. */
function growthOf(run: Run, use: Use, window: Window): Growth {
  const { service } = use;
  const written = matching(run.series, { metric: "io_bytes", where: { service } });
  const all = [
    ...use.links.map((link) => linkGrowth(run, link, window)),
    ...use.counters.map((metric) => countedAsked(run, metric, service, window)),
    ...((use.isEntry && countIn(askedOf(run, service), window) > 0) ||
    (use.bytes && sum(valuesIn(written, window)) > 0)
      ? (["use"] as const)
      : []),
  ];
  return (["use", "checks"] as const).find((one) => all.includes(one)) ?? "none";
}

/** Requests of the load to a service; requests without a service name count for the unnamed one. */
function askedOf({ plan, series }: Run, service: string): readonly SeriesData[] {
  const isNamed = plan.entries.includes(service);
  return series.filter(({ metric, tags }) => {
    const asked = tags[entryTag];
    return isNamed
      ? sourceIn(plan.metrics, metric) === "generator" && asked === service
      : metric === "http_req_ms" && asked === undefined;
  });
}

/** Minus what the harness's own readings may have added. */
function countedAsked(run: Run, metric: string, service: string, window: Window): Growth {
  const values = valuesIn(matching(run.series, { metric, where: { service } }), window);
  // Neither readings nor health checks request what is served.
  if (run.plan.metrics[metric]?.countsRequests === true) return sum(values) > 0 ? "use" : "none";
  const grown = sum(values) - countedPerReading * values.length;
  return counterGrowth(run, { service, metric }, grown, window);
}
