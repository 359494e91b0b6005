/**
 * A service without free file descriptors (EMFILE). Its open files and connections stay; it can
 * open no other. Proof: its limit, and a new connection without an answer.
 */
import { z } from "zod";
import type { Impairment } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import { defineFault, type RealStrike } from "../../target/fault.ts";
import { describePong } from "../../target/observer.ts";
import { impair } from "../impair.ts";
import { all, pingAll, evidenceOf, theService } from "../proofs.ts";
import { onService, serviceField } from "../strikes.ts";

const unansweredMs = 500;
const answeredMs = 5_000;

export const outOfDescriptors = defineFault({
  ...onService,
  schema: z.strictObject({ kind: z.literal("outOfDescriptors"), ...serviceField }),
  does: "the service opens no further file or connection (EMFILE); open ones stay",
  describe: ({ service }) => `let ${service} open no further file or connection`,
  proof: "its limit is reached, and its ports do not answer a new connection",
  undo: "restore the limit and check that its ports answer",
  needs: [],
  effect: "outOfDescriptors",
  inject: impair(refusesMore, takesMore),
  simulate: "virtual time cannot simulate it",
});

async function refusesMore(impairment: Impairment, strike: RealStrike<unknown>): Promise<Evidence> {
  return all([await impairment.observe(), ...(await answers(strike, unansweredMs, false))]);
}

async function takesMore(strike: RealStrike<unknown>): Promise<Evidence> {
  return all(await answers(strike, answeredMs, true));
}

async function answers(
  strike: RealStrike<unknown>,
  withinMs: number,
  expected: boolean,
): Promise<Evidence[]> {
  const instance = theService(strike);
  const pongs = await pingAll(instance, strike.observer, withinMs);
  return pongs.length === 0
    ? [evidenceOf(true, `${instance.service.name} has no port that can be asked`)]
    : pongs.map(({ at, pong }) =>
        evidenceOf((pong.outcome === "answered") === expected, `${at} ${describePong(pong)}`),
      );
}
