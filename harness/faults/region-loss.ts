/** Every service of a region struck dead at once, healed by starting all of them again. Proof: each is gone and refuses connections. */
import { type FaultOf, servicesStruck } from "../core/faults.ts";
import type { Injector } from "../core/ports.ts";
import { strikeDead } from "./death.ts";

export const regionLoss: Injector<FaultOf<"regionLoss">> = (fault, deployment, context) => strikeDead(servicesStruck(fault, deployment.layout), deployment, context);
