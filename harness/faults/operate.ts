/** An operator's act on a real service; what it is, and how it is shown, is the same in virtual time. */
import type { FaultOf } from "../core/faults.ts";
import { inject } from "../core/injection.ts";
import { operatorAct } from "../core/operator-act.ts";
import type { Injector } from "../core/ports.ts";

export const operate: Injector<FaultOf<"operate">> = (fault, deployment, { clock, signal }) => inject({ clock, signal }, operatorAct(fault, deployment, { clock, signal }));
