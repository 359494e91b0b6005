/**
 * The catalogue in virtual time, except for the experiments with gateways. Every experiment that
 * the model can simulate holds, and is refuted without each defence that it relies on, for the
 * claim that needs it.
 */
import { expect, it } from "vitest";
import {
  asksGateways,
  catalogue,
  eachHoldsInVirtualTime,
  refusal,
} from "../test/support/simulated/catalogue.ts";

/** Experiments that only real substrates run, with what the model lacks and the plan's message. */
const beyond: Readonly<Record<string, readonly [lacks: string, said: string]>> = {
  "object-store-storm": [
    "an object store, which refuses requests for their rate",
    "the model knows no service of kind object-store",
  ],
  "viewer-notice": [
    "notifications, which travel with segments",
    "the model knows no operation notify",
  ],
};

it("is refused beyond the model's reach, and nowhere else", () => {
  const refused = new Map(catalogue.map((experiment) => [experiment.name, refusal(experiment)]));
  expect([...refused].filter(([, why]) => why !== null).map(([name]) => name)).toEqual(
    Object.keys(beyond),
  );
  for (const [name, [, said]] of Object.entries(beyond))
    expect(refused.get(name), name).toContain(said);
});

eachHoldsInVirtualTime(
  catalogue.filter(
    (experiment) => !Object.hasOwn(beyond, experiment.name) && !asksGateways(experiment),
  ),
);
