/** What each step of a plan strikes. The plan records it, so that an old run is judged by what was planned and not by the table of today. */
import { type Fault, lasts, linksStruck, servicesStruck, sheetOf } from "./faults.ts";
import type { Plan, Struck } from "./run.ts";
import type { Link } from "./target.ts";
import { linkName, type Standing } from "./where.ts";

export function struckIn(fault: Fault, standing: Standing): Struck {
  return { services: servicesStruck(fault, standing), links: linksStruck(fault, standing).map(linkName), lasts: lasts(fault), severs: sheetOf(fault).severs === true };
}

/** Of an older record, which does not say, by the table of today. */
export function struckBy(plan: Plan, step: number): Struck {
  const recorded = plan.struck?.[step];
  if (recorded !== undefined) return recorded;
  const fault = plan.steps[step]?.fault;
  return fault === undefined ? { services: [], links: [], lasts: false, severs: false } : struckIn(fault, plan);
}

/** Those of a running target's links that any step of the plan strikes. */
export function struckLinks<T extends { readonly link: Link }>(links: readonly T[], plan: Plan): readonly T[] {
  const names = new Set(plan.steps.flatMap((_, step) => struckBy(plan, step).links));
  return links.filter(({ link }) => names.has(linkName(link)));
}
