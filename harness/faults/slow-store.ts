/** A store that answers late, as seen by all that use it over a link. Proof: an exchange in the store's own protocol takes that long. */
import type { FaultOf } from "../core/faults.ts";
import type { Injector } from "../core/ports.ts";
import { delayLinks } from "./latency.ts";
import { linksOf } from "./links.ts";

export const slowStore: Injector<FaultOf<"slowStore">> = (fault, deployment, context) => delayLinks(linksOf(fault, deployment), fault, deployment, context);
