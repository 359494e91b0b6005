/**
 * A service that has as many files and connections open as it may (EMFILE): those that it has go
 * on, and it opens no other. Proof: its limit, and a new connection without an answer.
 */
import { z } from "zod";
import type { Impairment } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import { defineFault, type RealStrike } from "../../target/fault.ts";
import { describePong } from "../../target/observer.ts";
import { impair } from "../impair.ts";
import { addressOf, all, said, theService } from "../proofs.ts";
import { onService, serviceField } from "../strikes.ts";

const unansweredMs = 500;

export const outOfDescriptors = defineFault({
  ...onService,
  schema: z.strictObject({ kind: z.literal("outOfDescriptors"), ...serviceField }),
  does: "the service opens no further file or connection (EMFILE); open ones stay",
  describe: ({ service }) => `let ${service} open no further file or connection`,
  proof: "its limit is reached, and its ports do not answer a new connection",
  undo: "restore the limit and check that it stands",
  needs: [],
  effect: "outOfDescriptors",
  inject: impair(refusesMore),
  simulate: "virtual time cannot simulate it",
});

async function refusesMore(impairment: Impairment, strike: RealStrike<unknown>): Promise<Evidence> {
  const instance = theService(strike);
  const pings = Object.entries(instance.service.pings ?? {}).map(async ([port, bytes]) => {
    const endpoint = instance.endpoint(port);
    const pong = await strike.observer.ping(endpoint, bytes, unansweredMs);
    return said(pong.outcome !== "answered", `${addressOf(endpoint)} ${describePong(pong)}`);
  });
  return all([await impairment.observe(), ...(await Promise.all(pings))]);
}
