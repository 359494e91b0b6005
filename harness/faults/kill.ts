/** SIGKILL to a service, healed by starting it again. Proof: the process is gone and its ports refuse connections. */
import type { FaultOf } from "../core/faults.ts";
import type { Injector } from "../core/ports.ts";
import { strikeDead } from "./death.ts";

export const kill: Injector<FaultOf<"kill">> = (fault, deployment, context) => strikeDead([fault.service], deployment, context);
