/** What the claims of a plan read. */
import { selectorsOf } from "../claims/statistics/registry.ts";
import type { Selector } from "../metrics/samples.ts";
import type { Plan } from "./plan.ts";

type Asking = Pick<Plan, "hypothesis" | "recovery">;

/** The selectors of what is judged: of the hypothesis and of the recovery. */
export function selectorsJudged({ hypothesis, recovery }: Asking): readonly Selector[] {
  return [...hypothesis.flatMap(selectorsOf), ...(recovery === null ? [] : [recovery.goodput])];
}

/** The metrics that any claim uses, abort conditions included. */
export function metricsAsked(plan: Asking & Pick<Plan, "abortWhen">): string[] {
  const watched = plan.abortWhen.flatMap(({ unless }) => selectorsOf(unless));
  return [...new Set([...selectorsJudged(plan), ...watched].map(({ metric }) => metric))];
}
