/**
 * Finds claims that the load alone decides. Whatever the target does, the load makes at least as
 * many requests, or its script emits the same value. Other counts of a script are unknown here,
 * because it may ask the target first.
 */
import { type Claim, statisticOf, statistics } from "../../claims/statistics/registry.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { SeriesData } from "../../metrics/samples.ts";
import { metricIn, type Registry } from "../../metrics/metrics.ts";
import { ofAbort, ofClaim, type PlanProblem } from "./problem.ts";

/** Tags that do not depend on the target. */
const byLoad = ["lane", "load"];

export function decidedByLoad(experiment: Experiment, registry: Registry): PlanProblem[] {
  const problemsOf = (claim: Claim): string[] => [
    ...leastProblems(claim, experiment, registry),
    ...valueProblems(claim, registry),
  ];
  return [
    ...experiment.hypothesis.flatMap((claim) =>
      problemsOf(claim).map((text) => ofClaim(claim, text)),
    ),
    ...experiment.abortWhen.flatMap(({ unless }) =>
      problemsOf(unless).map((text) => ofAbort(unless, text)),
    ),
  ];
}

/**
 * Each iteration sends at least one request, so a total that iterations alone reach proves nothing.
 */
function leastProblems(claim: Claim, experiment: Experiment, registry: Registry): string[] {
  const each = metricIn(registry, claim.metric)?.leastPerIteration;
  const { comparison, limit, where = {} } = claim;
  const isMore = comparison === ">=" || comparison === ">";
  const statistic = statisticOf(claim);
  if (each === undefined || typeof limit !== "number" || !isMore || !statistic.isTotal) return [];
  if (Object.keys(where).some((tag) => !byLoad.includes(tag))) return [];
  const own = experiment.load.filter(
    ({ name, lane }) => (where["lane"] ?? lane) === lane && (where["load"] ?? name) === name,
  );
  const phases = claim.during.filter((phase) => {
    const ms = experiment.phasesMs[phase];
    const perSecond = own.reduce((total, load) => total + load.ratePerSecond[phase], 0);
    const made = madeAtOnce(claim.metric, (each * perSecond * ms) / 1_000);
    const sight = { window: { fromMs: 0, untilMs: ms }, all: [made], selected: [made], dropped: 0 };
    return limit <= (statistic.observe(claim, sight).value ?? 0);
  });
  return phases.length === 0
    ? []
    : [
        `in ${phases.join(" and ")} the load alone reaches the limit of ${claim.metric}, ` +
          "whatever the target does",
      ];
}

function madeAtOnce(metric: string, value: number): SeriesData {
  const [atMs, values] = [Float64Array.of(0), Float64Array.of(value)];
  return { metric, kind: "increment", tags: {}, atMs, values };
}

function valueProblems(claim: Claim, registry: Registry): string[] {
  const known = metricIn(registry, claim.metric);
  const { readsValues, isTotal } = statisticOf(claim);
  if (known === undefined || !readsValues) return [];
  return [
    ...(known.codes === true
      ? [
          `the values of ${claim.metric} are codes: only ${countingNames()} apply, ` +
            `not ${claim.statistic}`,
        ]
      : []),
    ...(known.always !== undefined && !isTotal
      ? [`the script always sets ${claim.metric} to ${known.always}, whatever the target does`]
      : []),
  ];
}

function countingNames(): string {
  return statistics
    .filter(({ readsValues }) => !readsValues)
    .map(({ name }) => name)
    .join(" and ");
}
