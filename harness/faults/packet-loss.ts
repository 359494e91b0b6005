/** A share of a service's packets is lost. Proof: the substrate's own count of what was dropped, while pings give it something to drop. */
import type { FaultOf } from "../core/faults.ts";
import type { Impairment, InjectionContext, Injector, Instance } from "../core/ports.ts";
import type { Evidence } from "../core/run.ts";
import { ping } from "../system/ping.ts";
import { impaired } from "./impaired.ts";

/** At a loss of one in a hundred, two hundred packets leave one chance in seven of seeing none. */
const rounds = 10;
const pingsAtOnce = 20;
const pingMs = 300;

export const packetLoss: Injector<FaultOf<"packetLoss">> = (fault, deployment, context) => {
  const instance = deployment.instance(fault.service);
  return impaired(instance, { kind: "packetLoss", share: fault.share }, context, (impairment) => seenToDrop(impairment, instance, context));
};

async function seenToDrop(impairment: Impairment, instance: Instance, { signal }: InjectionContext): Promise<Evidence> {
  const [port, bytes] = Object.entries(instance.service.pings ?? {})[0] ?? [];
  let seen = await impairment.observe();
  for (let round = 0; round < rounds && !seen.landed && port !== undefined && bytes !== undefined && !signal.aborted; round++) {
    await Promise.all(Array.from({ length: pingsAtOnce }, () => ping(instance.endpoint(port), bytes, pingMs)));
    seen = await impairment.observe();
  }
  return seen;
}
