/** SIGKILL to a service, healed by starting it again. Proof: the process is gone and its ports refuse connections. */
import type { Fault } from "../core/faults.ts";
import type { Injector } from "../core/ports.ts";
import { strikeDead } from "./death.ts";

export const kill: Injector<Extract<Fault, { kind: "kill" }>> = (fault, deployment, context) => strikeDead([fault.service], deployment, context);
