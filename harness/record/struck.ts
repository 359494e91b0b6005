/**
 * What each step of a plan strikes. The plan records it, so that an old run is judged by what was
 * planned and not by the list of today.
 */
import type { Struck } from "../target/fault.ts";
import { effectsOf, kindOf, struckIn } from "../faults/faults.ts";
import type { Plan } from "./plan.ts";
import type { Link } from "../target/layout.ts";
import { linkName } from "../target/where.ts";

const nothing = { services: [], links: [], lasts: false, severs: false, silences: false };

/** All that a plan of today says but how a service is used, which older records do not tell. */
type Told = Required<Omit<Struck, "use">> & Pick<Struck, "use">;

/** Of an older record, which does not say, by the list of today. */
export function struckBy(plan: Plan, step: number): Told {
  const fault = plan.steps[step]?.fault;
  const recorded = plan.struck?.[step];
  if (fault === undefined) return { ...nothing, ...recorded };
  return recorded === undefined
    ? struckIn(fault, plan)
    : { ...recorded, silences: recorded.silences ?? kindOf(fault).silences };
}

/** Of a running target's links, those that the plan strikes or shows use by. */
export function countedLinks<T extends { readonly link: Link }>(
  links: readonly T[],
  plan: Plan,
): readonly T[] {
  const names = new Set(
    plan.steps.flatMap((_, step) => {
      const { links: struck, use = [] } = struckBy(plan, step);
      return [...struck, ...use.flatMap((one) => one.links)];
    }),
  );
  return links.filter(({ link }) => names.has(linkName(link)));
}

/**
 * What a substrate must make ready when it starts a service, because a step of the plan will do it.
 */
export function effectsOn(service: string, plan: Plan): ReadonlySet<string> {
  return effectsOf(
    plan.steps.flatMap(({ fault }, step) =>
      struckBy(plan, step).services.includes(service) ? [fault] : [],
    ),
  );
}
