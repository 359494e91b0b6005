/**
 * What each step of a plan affects. The plan records it, so that an old run is judged by its own
 * plan and not by today's registry.
 */
import type { Struck } from "../target/fault.ts";
import { effectsOf, kindOf, struckIn } from "../faults/faults.ts";
import type { Plan } from "./plan.ts";
import type { Link } from "../target/layout.ts";
import { linkName } from "../target/where.ts";

const nothing = { services: [], links: [], lasts: false, severs: false, silences: false };

/** All fields of `Struck`, except for the use of a service, which older records do not contain. */
type KnownStruck = Required<Omit<Struck, "use">> & Pick<Struck, "use">;

/** For an older record without this data, derives it from today's registry. */
export function struckBy(plan: Plan, step: number): KnownStruck {
  const fault = plan.steps[step]?.fault;
  const recorded = plan.struck?.[step];
  if (fault === undefined) return { ...nothing, ...recorded };
  return recorded === undefined
    ? struckIn(fault, plan)
    : { ...recorded, silences: recorded.silences ?? kindOf(fault).silences };
}

/** The links of a running target that the plan strikes, or whose traffic shows use. */
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

/** The links, by name, with a planned fault on answers, and the files of knowledge for it. */
export function answersStruck(plan: Plan): {
  readonly links: ReadonlySet<string>;
  readonly modules: readonly string[];
} {
  const steps = plan.steps.flatMap(({ fault }, step) =>
    kindOf(fault).needs.includes("answers") ? [{ kind: kindOf(fault), step }] : [],
  );
  return {
    links: new Set(steps.flatMap(({ step }) => struckBy(plan, step).links)),
    modules: [...new Set(steps.flatMap(({ kind }) => kind.knowledge ?? []))],
  };
}

/**
 * The effects that a substrate must prepare when it starts a service, because a step of the plan
 * will apply them.
 */
export function effectsOn(service: string, plan: Plan): ReadonlySet<string> {
  return effectsOf(
    plan.steps.flatMap(({ fault }, step) =>
      struckBy(plan, step).services.includes(service) ? [fault] : [],
    ),
  );
}
