/** No room is left in the folder of a service, which is all that it may write to. Proof: a write there fails for want of room. */
import type { FaultOf } from "../core/faults.ts";
import type { Injector } from "../core/ports.ts";
import { impaired } from "./impaired.ts";

export const fullDisk: Injector<FaultOf<"fullDisk">> = (fault, deployment, context) => impaired(deployment.instance(fault.service), { kind: "fullDisk" }, context);
