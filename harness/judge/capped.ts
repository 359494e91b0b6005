/**
 * A limit on requests per second makes users wait. Near the limit, the record does not show what
 * they would have experienced.
 */
import type { FactOf } from "../record/facts.ts";
import type { Run } from "../record/run.ts";
import { eachIn, matching } from "../metrics/series.ts";
import type { Windows } from "./windows.ts";

/** Requests come in bunches, and a limiter spreads them: a second is never quite full. */
const fullShare = 0.9;

export function cappedProblems(run: Run, windows: Windows): FactOf<"generator.offered">[] {
  const { requestsPerSecondMax: max } = run.plan;
  if (max === undefined) return [];
  const requests = matching(run.series, { metric: "http_req_ms" });
  return Object.entries(windows).flatMap(([phase, window]): FactOf<"generator.offered">[] => {
    const seconds = new Map<number, number>();
    eachIn(requests, window, (_value, startedMs) => {
      const second = Math.floor(startedMs / 1_000);
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
    });
    const most = Math.max(0, ...seconds.values());
    return most < fullShare * max ? [] : [{ fact: "capped", phase, perSecond: most, max }];
  });
}
