/** The metrics that the claims of a plan use. */
import { selectorsOf } from "../claims/statistics/registry.ts";
import type { Plan } from "./plan.ts";

export function metricsAsked(plan: Pick<Plan, "hypothesis" | "abortWhen" | "recovery">): string[] {
  const { hypothesis, abortWhen, recovery } = plan;
  const claims = [...hypothesis, ...abortWhen.map(({ unless }) => unless)];
  const goodput = recovery === null ? [] : [recovery.goodput];
  return [...new Set([...claims.flatMap(selectorsOf), ...goodput].map(({ metric }) => metric))];
}
