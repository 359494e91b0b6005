/**
 * A query of Prometheus that looks back further than a phase is long covers another phase, too. Its
 * answer in the fault may be the baseline's.
 */
import { selectorsOf } from "../../claims/statistics/registry.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { durationMs } from "../../experiment/script-load.ts";
import { isQueried, type Layout } from "../../target/layout.ts";
import { ofClaim, type PlanProblem } from "./problem.ts";

export function queryProblems(experiment: Experiment, layout: Layout): PlanProblem[] {
  const queries = new Map(
    layout.services
      .flatMap(({ telemetry }) => telemetry.filter(isQueried))
      .flatMap((one) => Object.entries(one.queries).map(([name, { query }]) => [name, query])),
  );
  return experiment.hypothesis.flatMap((claim) =>
    selectorsOf(claim).flatMap(({ metric }) => {
      const query = queries.get(metric);
      if (query === undefined) return [];
      const ms = longestRangeMs(query);
      const short = claim.during.filter((phase) => experiment.phasesMs[phase] <= ms);
      return short.length === 0
        ? []
        : [
            ofClaim(
              claim,
              `its query looks back ${ms} ms, and phase ${short.join(" and ")} is no longer than ` +
                "that: the answer would be of another phase",
            ),
          ];
    }),
  );
}

/** Of `rate(x[30s])` and `max_over_time(y[5m:10s])`; 0 for a query without a range. */
function longestRangeMs(query: string): number {
  return [...query.matchAll(/\[([^\]:]+)[:\]]/g)].reduce(
    (longest, [, range]) =>
      Math.max(longest, durationMs((range as string).trim()) ?? Number.POSITIVE_INFINITY),
    0,
  );
}
