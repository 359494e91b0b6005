/** Injects a fault into a running target, on the services and links that the plan lists. */
import type { Deployment } from "../target/deployment.ts";
import type { Observer } from "../target/observer.ts";
import { linkName } from "../target/where.ts";
import type { Struck } from "../target/fault.ts";
import { type Fault, kindOf } from "./faults.ts";
import { carryOut, type Injection, type InjectionContext } from "./injection.ts";

export type InjectFault = (
  fault: Fault,
  struck: Struck,
  deployment: Deployment,
  context: InjectionContext,
) => Promise<Injection>;

export function injecting(observer: Observer): InjectFault {
  return async (fault, struck, deployment, context) => {
    const course = kindOf(fault).inject({
      fault,
      deployment,
      observer,
      ...onTarget(struck, deployment),
      ...context,
    });
    return await carryOut(course, context.clock);
  };
}

/** The running services and links that a plan lists. */
export function onTarget<D extends Deployment>(
  { services, links }: Struck,
  deployment: D,
): { services: ReturnType<D["instance"]>[]; links: D["links"][number][] } {
  return {
    services: services.map((name) => deployment.instance(name) as ReturnType<D["instance"]>),
    links: deployment.links.filter(({ link }) => links.includes(linkName(link))),
  };
}
